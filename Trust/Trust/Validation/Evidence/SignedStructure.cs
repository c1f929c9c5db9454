using System.Formats.Asn1;
using System.Security.Cryptography;
using Org.BouncyCastle.Asn1.X509;
using Yinxin.Trust.Suites;

namespace Yinxin.Trust.Validation.Evidence;

/// <summary>What certificates and revocation lists have in common: content, algorithm, signature (RFC 5280 §4.1.1, §5.1.1).</summary>
internal static class SignedStructure
{
    public static AlgorithmIdentifier AlgorithmOf(ReadOnlyMemory<byte> der)
    {
        try
        {
            var outer = new AsnReader(der, AsnEncodingRules.DER).ReadSequence();
            outer.ReadEncodedValue();
            return AlgorithmIdentifier.GetInstance(outer.ReadEncodedValue().ToArray());
        }
        catch (Exception e) when (e is AsnContentException || Malformed.Is(e))
        {
            throw new CryptographicException("Not a signed structure.", e);
        }
    }
}
