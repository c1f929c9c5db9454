using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Yinxin.ServiceDefaults.Security;
using Yinxin.ServiceDefaults.Settings;

namespace Yinxin.License.Server.Features.Files;

/// <summary>Licence files under the data directory, encrypted (they hold personal data), each written whole or not at all.</summary>
internal sealed class LicenseFiles(IOptions<AppSettings> settings, IDataCipher cipher)
{
    private const string Purpose = "licence-file";
    private readonly string directory = Path.Combine(settings.Value.DataDirectory, "licences");

    public async Task SaveAsync(string identifier, string kind, byte[] content, CancellationToken cancellationToken)
    {
        var path = PathOf(identifier, kind);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var temporary = $"{path}.{Guid.NewGuid():N}.new";
        await using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write))
        {
            await stream.WriteAsync(cipher.Encrypt(Purpose, content), cancellationToken);
            stream.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>Deletes the files of a licence that was never handed out.</summary>
    public void Delete(string identifier)
    {
        File.Delete(PathOf(identifier, "pdf"));
        File.Delete(PathOf(identifier, "json"));
    }

    public async Task<byte[]> ReadAsync(string identifier, string kind, CancellationToken cancellationToken) =>
        cipher.Decrypt(Purpose, await File.ReadAllBytesAsync(PathOf(identifier, kind), cancellationToken));

    /// <summary>A hash as name: an identifier from outside never becomes part of a path; two levels keep directories small.</summary>
    private string PathOf(string identifier, string kind)
    {
        var name = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(identifier)));
        return Path.Combine(directory, name[..2], $"{name}.{kind}");
    }
}
