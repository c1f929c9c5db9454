using Yinxin.Trust.Suites;

namespace Yinxin.Trust.Keys.Software;

/// <summary>Software keys by algorithm.</summary>
internal static class SoftwareKeys
{
    public static SoftwareSigner Generate(SignatureAlgorithm algorithm) => SoftwareSigner.Generate(Suite(algorithm));

    public static SoftwareSigner Open(ReadOnlySpan<byte> pkcs8, SignatureAlgorithm algorithm)
    {
        _ = Suite(algorithm);
        return SoftwareSigner.FromPkcs8(pkcs8);
    }

    private static SignatureSuite Suite(SignatureAlgorithm algorithm) => algorithm switch
    {
        SignatureAlgorithm.Es256 => SignatureSuite.International,
        SignatureAlgorithm.Sm2 => SignatureSuite.Sm,
        _ => throw new KeyStoreException(KeyStoreException.NotSupported, $"Software keys of {algorithm} are not supported.", $"不支持 {algorithm} 软件密钥。"),
    };
}
