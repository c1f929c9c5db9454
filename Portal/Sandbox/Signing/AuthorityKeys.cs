using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;
using Yinxin.ServiceDefaults.Settings;

namespace Yinxin.Sandbox.Signing;

/// <summary>Each authority's own ES256 key: given by the configuration, or made at first use and kept in the data directory.</summary>
internal sealed class AuthorityKeys(IOptions<SandboxSettings> settings, IOptions<AppSettings> app)
{
    /// <summary>Names as <c>iss</c> of answers and as the first segment of paths.</summary>
    public static readonly IReadOnlyList<string> Names =
        ["population", "market", "quality", "staffing", "civil-affairs", "tax", "bank-card", "housing-fund", "alipay", "real-person", "carrier"];

    private readonly Lock gate = new();
    private readonly Dictionary<string, ECDsaSecurityKey> keys = new(StringComparer.Ordinal);

    /// <exception cref="ArgumentException">No authority of that name.</exception>
    public ECDsaSecurityKey Of(string authority)
    {
        if (!Names.Contains(authority, StringComparer.Ordinal))
        {
            throw new ArgumentException("There is no such authority.", nameof(authority));
        }

        lock (gate)
        {
            if (!keys.TryGetValue(authority, out var key))
            {
                keys[authority] = key = Load(authority);
            }

            return key;
        }
    }

    private ECDsaSecurityKey Load(string authority)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        if (settings.Value.AnswerKeys.TryGetValue(authority, out var given))
        {
            key.ImportPkcs8PrivateKey(Convert.FromBase64String(given), out _);
            return Named(authority, key);
        }

        var path = Path.Combine(app.Value.DataDirectory, $"answer-key-{authority}.p8");
        if (File.Exists(path))
        {
            key.ImportPkcs8PrivateKey(File.ReadAllBytes(path), out _);
            return Named(authority, key);
        }

        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var stream = new FileStream(path, options);
        stream.Write(key.ExportPkcs8PrivateKey());
        return Named(authority, key);
    }

    private static ECDsaSecurityKey Named(string authority, ECDsa key) => new(key) { KeyId = $"{authority}-{Convert.ToHexStringLower(SHA256.HashData(key.ExportSubjectPublicKeyInfo()))[..16]}" };
}
