using System.Formats.Asn1;
using System.Security.Cryptography;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.X509;
using Yinxin.Trust.Suites;

namespace Yinxin.Trust.Ocsp;

/// <summary>Names a certificate by its issuer's name and key, both as digests, and its serial number (CertID, RFC 6960 §4.1.1).</summary>
/// <param name="Hash">The function of both digests; here they are only names, so SHA-1 harms nobody.</param>
/// <param name="Algorithm">Its AlgorithmIdentifier as it was written, DER.</param>
/// <param name="IssuerNameHash">Digest of the issuer's name, DER.</param>
/// <param name="IssuerKeyHash">Digest of the issuer's key: the BIT STRING's content.</param>
/// <param name="SerialNumber">Content of the INTEGER.</param>
public sealed record CertificateId(
    HashFunction Hash, ReadOnlyMemory<byte> Algorithm, ReadOnlyMemory<byte> IssuerNameHash, ReadOnlyMemory<byte> IssuerKeyHash, ReadOnlyMemory<byte> SerialNumber)
{
    private const int LongestSerial = 32;

    /// <summary>The serial number as a number.</summary>
    public BigInteger Serial => new(SerialNumber.ToArray());

    /// <summary>The name of a certificate.</summary>
    /// <param name="serial">Its serial number.</param>
    /// <param name="issuer">Its issuer's certificate.</param>
    /// <param name="hash">SHA-256, SHA-1 for old responders, or SM3.</param>
    public static CertificateId Of(BigInteger serial, X509Certificate issuer, HashFunction hash)
    {
        // NULL for the old hash, absent for the others: what responders in the field compare byte by byte.
        var algorithm = hash == HashFunction.Sha1 ? new AlgorithmIdentifier(hash.Identifier().Algorithm, Org.BouncyCastle.Asn1.DerNull.Instance) : hash.Identifier();
        return new CertificateId(hash, algorithm.GetDerEncoded(), NameHash(issuer, hash), KeyHash(issuer, hash), serial.ToByteArray());
    }

    /// <summary>Whether the digests are those of this issuer.</summary>
    public bool IsIssuedBy(X509Certificate issuer) =>
        IssuerNameHash.Span.SequenceEqual(NameHash(issuer, Hash)) && IssuerKeyHash.Span.SequenceEqual(KeyHash(issuer, Hash));

    internal static CertificateId Read(AsnReader reader)
    {
        var id = reader.ReadSequence();
        var algorithm = id.ReadEncodedValue();
        var hash = Digests.OfIdentifier(AlgorithmIdentifier.GetInstance(algorithm.ToArray())) ?? throw new CryptographicException("The hash of a certificate id is not known.");
        var (name, key, serial) = (id.ReadOctetString(), id.ReadOctetString(), id.ReadIntegerBytes());
        id.ThrowIfNotEmpty();
        return name.Length == key.Length && name.Length == hash.Size() && serial.Length <= LongestSerial
            ? new CertificateId(hash, algorithm, name, key, serial) : throw new CryptographicException("A certificate id has digests of the wrong length.");
    }

    internal void Write(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            writer.WriteEncodedValue(Algorithm.Span);
            writer.WriteOctetString(IssuerNameHash.Span);
            writer.WriteOctetString(IssuerKeyHash.Span);
            writer.WriteInteger(SerialNumber.Span);
        }
    }

    private static byte[] NameHash(X509Certificate issuer, HashFunction hash) => hash.Hash(issuer.SubjectDN.GetDerEncoded());

    internal static byte[] KeyHash(X509Certificate issuer, HashFunction hash) => hash.Hash(issuer.SubjectPublicKeyInfo.PublicKey.GetBytes());
}
