using System.Formats.Asn1;
using System.Security.Cryptography;

namespace Yinxin.Trust.Suites.Verification;

/// <summary>SubjectPublicKeyInfo (RFC 5280 §4.1.2.7) taken apart, in DER only.</summary>
/// <param name="Algorithm">OID of the key's kind.</param>
/// <param name="Parameters">The parameters as encoded; empty when absent.</param>
/// <param name="Key">Content of the BIT STRING.</param>
internal sealed record PublicKeyInfo(string Algorithm, ReadOnlyMemory<byte> Parameters, ReadOnlyMemory<byte> Key)
{
    public const string Ec = "1.2.840.10045.2.1";
    public const string Rsa = "1.2.840.113549.1.1.1";
    public const string RsaPss = "1.2.840.113549.1.1.10";
    public const string Ed25519 = "1.3.101.112";
    public const string Ed448 = "1.3.101.113";
    public const string Dsa = "1.2.840.10040.4.1";
    public const string MlDsa44 = "2.16.840.1.101.3.4.3.17";
    public const string MlDsa65 = "2.16.840.1.101.3.4.3.18";
    public const string MlDsa87 = "2.16.840.1.101.3.4.3.19";

    /// <summary>The largest key that is looked at: an RSA key of 16384 bits needs some 2 kB, a DSA key with its parameters less than 2 kB.</summary>
    private const int Largest = 8 * 1024;

    /// <exception cref="CryptographicException">Not DER of this structure.</exception>
    public static PublicKeyInfo Read(ReadOnlySpan<byte> spki)
    {
        if (spki.Length > Largest)
        {
            throw new CryptographicException("The public key is too large.");
        }

        try
        {
            var reader = new AsnReader(spki.ToArray(), AsnEncodingRules.DER);
            var info = reader.ReadSequence();
            reader.ThrowIfNotEmpty();
            var algorithm = info.ReadSequence();
            var oid = algorithm.ReadObjectIdentifier();
            ReadOnlyMemory<byte> parameters = algorithm.HasData ? algorithm.ReadEncodedValue() : default;
            algorithm.ThrowIfNotEmpty();
            var key = info.ReadBitString(out var unused);
            info.ThrowIfNotEmpty();
            return unused == 0 ? new PublicKeyInfo(oid, parameters, key) : throw new CryptographicException("The public key has unused bits.");
        }
        catch (AsnContentException e)
        {
            throw new CryptographicException("Not a DER SubjectPublicKeyInfo.", e);
        }
    }

    /// <summary>The parameters as an OID, as a named curve has them; null when they are anything else.</summary>
    public string? NamedCurve()
    {
        try
        {
            return Parameters.IsEmpty ? null : AsnDecoder.ReadObjectIdentifier(Parameters.Span, AsnEncodingRules.DER, out _);
        }
        catch (AsnContentException)
        {
            return null;
        }
    }
}
