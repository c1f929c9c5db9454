using Yinxin.Testing;
using Yinxin.Trust.Suites;

namespace Yinxin.Trust.Tests.Suites;

/// <summary>openssl signs and verifies by each of the algorithms, in a folder of its own.</summary>
internal sealed class OpensslJudge : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("yinxin-openssl-");

    /// <summary>Makes a key and answers it as PKCS#8, DER.</summary>
    public async Task<byte[]> MakeKeyAsync(params string[] options)
    {
        await DemandAsync(["genpkey", .. options, "-outform", "DER", "-out", In("made.der")]);
        await DemandAsync(["pkcs8", "-topk8", "-nocrypt", "-inform", "DER", "-in", In("made.der"), "-outform", "DER", "-out", In("key.der")]);
        return await File.ReadAllBytesAsync(In("key.der"));
    }

    /// <summary>The public half of the key made last, DER.</summary>
    public async Task<byte[]> PublicKeyAsync()
    {
        await DemandAsync("pkey", "-inform", "DER", "-in", In("key.der"), "-pubout", "-outform", "DER", "-out", In("public.der"));
        return await File.ReadAllBytesAsync(In("public.der"));
    }

    public async Task<byte[]> SignAsync(byte[] data, params string[] options)
    {
        await File.WriteAllBytesAsync(In("data"), data);
        await DemandAsync([.. Options(options), "-sign", .. Key(options, "key.der", isPublic: false), .. Ends(options, "-out", "signature")]);
        return await File.ReadAllBytesAsync(In("signature"));
    }

    public async Task<bool> VerifiesAsync(ReadOnlyMemory<byte> publicKey, byte[] data, byte[] signature, params string[] options)
    {
        await File.WriteAllBytesAsync(In("public.der"), publicKey.ToArray());
        await File.WriteAllBytesAsync(In("data"), data);
        await File.WriteAllBytesAsync(In("signature"), signature);
        var (exit, _) = await Judge.RunAsync("openssl", [.. Options(options), "-verify", .. Key(options, "public.der", isPublic: true), .. Ends(options, IsPkeyutl(options) ? "-sigfile" : "-signature", "signature")]);
        return exit == 0;
    }

    /// <summary>Options of <c>openssl dgst</c>, or of <c>openssl pkeyutl</c> where the algorithm hashes by itself.</summary>
    public static string[] OptionsOf(SignatureAlgorithm algorithm) => algorithm switch
    {
        SignatureAlgorithm.Es256 or SignatureAlgorithm.Rs256 => ["-sha256"],
        SignatureAlgorithm.Es384 => ["-sha384"],
        SignatureAlgorithm.Ps256 => ["-sha256", "-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:32"],
        SignatureAlgorithm.Ed25519 => ["pkeyutl"],
        _ => ["-sm3", "-sigopt", "distid:1234567812345678"],
    };

    public void Dispose() => folder.Delete(recursive: true);

    private static bool IsPkeyutl(string[] options) => options is ["pkeyutl"];

    private static string[] Options(string[] options) => IsPkeyutl(options) ? ["pkeyutl", "-rawin"] : ["dgst", .. options];

    private string[] Key(string[] options, string name, bool isPublic) =>
        IsPkeyutl(options) ? [.. isPublic ? ["-pubin"] : Array.Empty<string>(), "-keyform", "DER", "-inkey", In(name)] : [In(name), "-keyform", "DER"];

    private string[] Ends(string[] options, string what, string name) =>
        IsPkeyutl(options) ? ["-in", In("data"), what, In(name)] : [what, In(name), In("data")];

    private string In(string name) => Path.Combine(folder.FullName, name);

    private static async Task DemandAsync(params string[] arguments)
    {
        var (exit, output) = await Judge.RunAsync("openssl", arguments);
        if (exit != 0)
        {
            throw new InvalidOperationException($"openssl {string.Join(' ', arguments)}: {output}");
        }
    }
}
