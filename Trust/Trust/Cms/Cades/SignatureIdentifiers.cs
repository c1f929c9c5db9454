using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.X509;
using Yinxin.Trust.Suites;

namespace Yinxin.Trust.Cms.Cades;

/// <summary>CMS of others may name only the key's algorithm and leave the hash to the digest algorithm (RFC 3370 §3.2, GM/T 0010).</summary>
internal static class SignatureIdentifiers
{
    private const string Rsa = "1.2.840.113549.1.1.1";
    private const string Sm2Signing = "1.2.156.10197.1.301.1";

    private static readonly Dictionary<HashFunction, string> RsaWith = new()
    {
        [HashFunction.Sha1] = "1.2.840.113549.1.1.5",
        [HashFunction.Sha224] = "1.2.840.113549.1.1.14",
        [HashFunction.Sha256] = "1.2.840.113549.1.1.11",
        [HashFunction.Sha384] = "1.2.840.113549.1.1.12",
        [HashFunction.Sha512] = "1.2.840.113549.1.1.13",
    };

    public static AlgorithmIdentifier Complete(AlgorithmIdentifier signature, HashFunction? digest) => signature.Algorithm.Id switch
    {
        Rsa when digest is { } hash && RsaWith.TryGetValue(hash, out var oid) => new AlgorithmIdentifier(new DerObjectIdentifier(oid), DerNull.Instance),
        Sm2Signing when digest == HashFunction.Sm3 => SignatureAlgorithm.Sm2.Identifier(),
        _ => signature,
    };
}
