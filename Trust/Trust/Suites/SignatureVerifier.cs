using System.Security.Cryptography;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.X509;
using Yinxin.Trust.Suites.Verification;

namespace Yinxin.Trust.Suites;

/// <summary>
/// Verifies signatures, strictly: DER in its one form, integers in their range, exact lengths, keys of the right kind that are valid by
/// themselves. A malformed key or signature is simply not valid: nothing here throws for what a stranger sent.
/// </summary>
public static class SignatureVerifier
{
    /// <summary>True when the signature over <paramref name="data"/> was made with the private half of this key, by the suite's first algorithm (ES256 or SM2).</summary>
    /// <param name="publicKey">DER SubjectPublicKeyInfo.</param>
    /// <param name="suite">The suite that the signed structure names; a key of the other suite does not verify.</param>
    /// <param name="data">The signed bytes, not their digest.</param>
    /// <param name="signature">DER <c>SEQUENCE { r, s }</c>.</param>
    public static bool Verify(ReadOnlySpan<byte> publicKey, SignatureSuite suite, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature) =>
        Verify(publicKey, suite.FirstAlgorithm(), data, signature);

    /// <summary>As <see cref="Verify(ReadOnlySpan{byte}, SignatureSuite, ReadOnlySpan{byte}, ReadOnlySpan{byte})"/> for any of the platform's own algorithms.</summary>
    /// <param name="publicKey">DER SubjectPublicKeyInfo.</param>
    /// <param name="algorithm">Algorithm, curve and hash in one: ES256 wants a key on P-256, SM2 the default user id.</param>
    /// <param name="data">The signed bytes, not their digest.</param>
    /// <param name="signature">DER <c>SEQUENCE { r, s }</c> for ECDSA and SM2, the bare bytes for RSA and Ed25519.</param>
    public static bool Verify(ReadOnlySpan<byte> publicKey, SignatureAlgorithm algorithm, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature) =>
        Verify(publicKey, SignatureScheme.Of(algorithm), data, signature);

    /// <summary>
    /// For certificates, CRLs, OCSP, CMS and whatever else carries an AlgorithmIdentifier. Known are
    /// <list type="bullet">
    /// <item>what the platform itself uses: ecdsa-with-SHA256 and -SHA384, sha256WithRSAEncryption, RSASSA-PSS with SHA-256, Ed25519, SM2-with-SM3;</item>
    /// <item>for foreign material only: ECDSA on P-256, P-384 and P-521 with SHA-1, SHA-224, SHA-256, SHA-384 or SHA-512 in any mix, RSA PKCS#1 with SHA-1,
    /// SHA-224, SHA-384 or SHA-512, RSASSA-PSS with any hash, mask hash and salt length, Ed448, ML-DSA, DSA with SHA-1, SHA-224 or SHA-256.</item>
    /// </list>
    /// True says that the arithmetic is right, not that the algorithm is still good: a policy that refuses SHA-1 or DSA asks <see cref="SignatureScheme.Of(AlgorithmIdentifier)"/>
    /// for the scheme and its hash. RSA moduli below 2048 bits never verify. Parameters are as the standards want them (RFC 5758 and RFC 8410 absent,
    /// RFC 4055 NULL or absent for PKCS#1 and mandatory for PSS, GB/T 33560 both). DSA keys need their parameters in the key itself.
    /// </summary>
    /// <param name="publicKey">DER SubjectPublicKeyInfo.</param>
    /// <param name="algorithm">As in the signed structure.</param>
    /// <param name="data">The signed bytes, not their digest.</param>
    /// <param name="signature">Content of the BIT STRING or OCTET STRING.</param>
    /// <returns>False also for unknown algorithms, for wrong parameters, and for a key that does not belong to the algorithm.</returns>
    public static bool Verify(ReadOnlySpan<byte> publicKey, AlgorithmIdentifier algorithm, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature) =>
        SignatureScheme.Of(algorithm) is { } scheme && Verify(publicKey, scheme, data, signature);

    /// <summary>By a scheme chosen by the caller: for formats without an AlgorithmIdentifier (JOSE, published test vectors).</summary>
    /// <param name="publicKey">DER SubjectPublicKeyInfo.</param>
    /// <param name="scheme">Algorithm and parameters.</param>
    /// <param name="data">The signed bytes, not their digest.</param>
    /// <param name="signature">As the scheme writes it.</param>
    public static bool Verify(ReadOnlySpan<byte> publicKey, SignatureScheme scheme, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        try
        {
            return KeptKeys.Get(publicKey).Verify(scheme, data, signature);
        }
        catch (Exception e) when (e is CryptographicException || Malformed.Is(e))
        {
            return false;
        }
    }

    /// <summary>Whether keys on this curve can be read at all; which of them verify is the scheme's affair.</summary>
    /// <param name="curve">OID in dotted form.</param>
    public static bool KnowsCurve(string curve) => EcPoint.Curve(new DerObjectIdentifier(curve)) is not null;

    /// <summary>The suite that a public key belongs to, or null when it is malformed or of a kind that the platform does not use itself.</summary>
    /// <param name="publicKey">DER SubjectPublicKeyInfo.</param>
    public static SignatureSuite? SuiteOf(ReadOnlySpan<byte> publicKey)
    {
        try
        {
            var info = PublicKeyInfo.Read(publicKey);
            return info.Algorithm switch
            {
                PublicKeyInfo.Ec => info.NamedCurve() is var curve && curve == SuiteIdentifiers.Sm2Curve.Id ? SignatureSuite.Sm
                    : curve is EcKey.P256 or EcKey.P384 ? SignatureSuite.International : null,
                PublicKeyInfo.Rsa or PublicKeyInfo.RsaPss or PublicKeyInfo.Ed25519 => SignatureSuite.International,
                _ => null,
            };
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
