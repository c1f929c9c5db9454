using System.Security.Cryptography;
using System.Text.Json;

namespace Yinxin.Launch.Platform;

/// <summary>
/// Secrets of one platform, made at first run and kept in a file that only its owner may read.
/// In production each comes from the operator's secret store under the same configuration keys.
/// </summary>
internal sealed class PlatformSecrets
{
    private const string FileName = "secrets.json";
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true };

    public Dictionary<string, string> MasterKeys { get; set; } = [];

    public Dictionary<string, string> ClientSecrets { get; set; } = [];

    public string SandboxApiKey { get; set; } = "";

    public string ChannelSecret { get; set; } = "";

    /// <summary>Sandbox authority → the key by which it signs (base64 PKCS#8); Identity pins the public half.</summary>
    public Dictionary<string, string> AuthorityKeys { get; set; } = [];

    /// <summary>Encrypts the private key of the certificate that the platform's own CA issues for its address.</summary>
    public string CertificatePassword { get; set; } = "";

    /// <summary>One password for all sample accounts of this platform; never the same on two machines.</summary>
    public string SamplePassword { get; set; } = "";

    public static PlatformSecrets LoadOrCreate(string directory)
    {
        var path = Path.Combine(directory, FileName);
        var secrets = File.Exists(path)
            ? JsonSerializer.Deserialize<PlatformSecrets>(File.ReadAllText(path), Json) ?? throw new PlatformException($"{path}: empty file.", $"{path} 为空。")
            : new PlatformSecrets();
        secrets.Complete();
        Save(path, secrets);
        return secrets;
    }

    private void Complete()
    {
        foreach (var app in PlatformApp.All)
        {
            MasterKeys.TryAdd(app.Name, Random(32));
            ClientSecrets.TryAdd(app.Name, Random(32));
        }

        foreach (var authority in PlatformConfiguration.SigningAuthorities.Values)
        {
            AuthorityKeys.TryAdd(authority, NewKey());
        }

        ClientSecrets.TryAdd("launch", Random(32));
        ClientSecrets.TryAdd("sample-confidential", Random(32));
        SandboxApiKey = SandboxApiKey.Length > 0 ? SandboxApiKey : Random(32);
        ChannelSecret = ChannelSecret.Length > 0 ? ChannelSecret : Random(32);
        CertificatePassword = CertificatePassword.Length > 0 ? CertificatePassword : Random(32);
        SamplePassword = SamplePassword.Length > 0 ? SamplePassword : "Yx-" + RandomNumberGenerator.GetString("abcdefghjkmnpqrstuvwxyz23456789", 10) + "9A";
    }

    /// <summary>The public half of an authority's key, as Identity pins it.</summary>
    public string PublicKeyOf(string authority)
    {
        using var key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(Convert.FromBase64String(AuthorityKeys[authority]), out _);
        return Convert.ToBase64String(key.ExportSubjectPublicKeyInfo());
    }

    private static string NewKey()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return Convert.ToBase64String(key.ExportPkcs8PrivateKey());
    }

    private static string Random(int bytes) => Convert.ToBase64String(RandomNumberGenerator.GetBytes(bytes));

    private static void Save(string path, PlatformSecrets secrets)
    {
        var temporary = path + ".new";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var stream = new FileStream(temporary, options))
        {
            JsonSerializer.Serialize(stream, secrets, Json);
            stream.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }
}
