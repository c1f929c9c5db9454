using Org.BouncyCastle.Asn1.X509;
using Yinxin.Trust.Suites;

namespace Yinxin.Trust.Certificates.Paths;

/// <summary>Signatures of certificates and lists, by the algorithms that profile and caller allow.</summary>
internal static class SignatureCheck
{
    /// <summary>Why the algorithm is not allowed, or null.</summary>
    public static string? Refuse(AlgorithmIdentifier algorithm, PathProfile profile, PathRequest request)
    {
        var scheme = SignatureScheme.Of(algorithm);
        return scheme switch
        {
            null => $"the signature algorithm {algorithm.Algorithm.Id} is not known",
            _ when !profile.OldAlgorithms && (scheme is DsaScheme || scheme.DataHash is HashFunction.Sha1 or HashFunction.Sha224) => "the signature algorithm is too weak",
            _ when request.Suite is { } suite && suite != (scheme is Sm2Scheme ? SignatureSuite.Sm : SignatureSuite.International) => "the signature algorithm is of another suite",
            _ when request.SignatureAlgorithms is { } allowed && !allowed.Contains(algorithm.Algorithm.Id) => "the signature algorithm is not one of those asked for",
            _ => null,
        };
    }
}

/// <summary>
/// A signed structure that remembers the key that its signature was last found right with: whoever validates it again and again, with the same
/// objects, hashes nothing. That a signature is right never changes.
/// </summary>
/// <param name="data">The signed bytes.</param>
/// <param name="algorithm">How they are signed.</param>
/// <param name="signature">Empty when it is no whole number of octets: nothing verifies then.</param>
internal sealed class SignedBytes(ReadOnlyMemory<byte> data, AlgorithmIdentifier algorithm, ReadOnlyMemory<byte> signature)
{
    private volatile byte[]? provenKey;

    public AlgorithmIdentifier Algorithm => algorithm;

    /// <summary>True when the answer costs nothing.</summary>
    public bool IsProven(ReadOnlyMemory<byte> publicKey) => provenKey is { } known && publicKey.Span.SequenceEqual(known);

    public bool IsSignedBy(ReadOnlyMemory<byte> publicKey)
    {
        if (IsProven(publicKey))
        {
            return true;
        }

        var right = RememberedSignatures.Verify(publicKey.Span, algorithm, data.Span, signature.Span);
        if (right)
        {
            provenKey = publicKey.ToArray();
        }

        return right;
    }
}
