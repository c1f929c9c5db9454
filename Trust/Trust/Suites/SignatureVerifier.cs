using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.Asn1.X9;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;
using Org.BouncyCastle.Security;

namespace Yinxin.Trust.Suites;

/// <summary>Verifies signatures of both suites, strictly: DER, minimal positive integers below the group order, nothing after them.</summary>
public static class SignatureVerifier
{
    private static readonly BigInteger P256Order = BigInteger.Parse("0FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551", System.Globalization.NumberStyles.HexNumber, System.Globalization.CultureInfo.InvariantCulture);
    private static readonly BigInteger Sm2Order = BigInteger.Parse("0FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123", System.Globalization.NumberStyles.HexNumber, System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>True when the signature over <paramref name="data"/> was made with the private half of this key. Malformed keys and signatures are simply not valid.</summary>
    /// <param name="publicKey">DER SubjectPublicKeyInfo.</param>
    /// <param name="suite">The suite that the signed structure names; a key of the other suite does not verify.</param>
    /// <param name="data">The signed bytes, not their digest.</param>
    /// <param name="signature">DER <c>SEQUENCE { r, s }</c>.</param>
    public static bool Verify(ReadOnlySpan<byte> publicKey, SignatureSuite suite, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        try
        {
            if (SuiteOf(publicKey) != suite || !IsStrict(signature, suite == SignatureSuite.Sm ? Sm2Order : P256Order))
            {
                return false;
            }

            return suite == SignatureSuite.Sm ? VerifySm2(publicKey, data, signature) : VerifyEcdsa(publicKey, data, signature);
        }
        catch (Exception e) when (e is CryptographicException || Malformed.Is(e))
        {
            return false;
        }
    }

    /// <summary>The suite that a public key belongs to, or null.</summary>
    /// <param name="publicKey">DER SubjectPublicKeyInfo.</param>
    public static SignatureSuite? SuiteOf(ReadOnlySpan<byte> publicKey)
    {
        try
        {
            var info = SubjectPublicKeyInfo.GetInstance(publicKey.ToArray());
            if (!info.Algorithm.Algorithm.Equals(X9ObjectIdentifiers.IdECPublicKey))
            {
                return null;
            }

            var curve = Org.BouncyCastle.Asn1.DerObjectIdentifier.GetInstance(info.Algorithm.Parameters);
            return curve.Equals(SuiteIdentifiers.Sm2Curve) ? SignatureSuite.Sm : curve.Equals(SuiteIdentifiers.P256) ? SignatureSuite.International : null;
        }
        catch (Exception e) when (Malformed.Is(e))
        {
            return null;
        }
    }

    private static bool IsStrict(ReadOnlySpan<byte> signature, BigInteger order)
    {
        try
        {
            var reader = new AsnReader(signature.ToArray(), AsnEncodingRules.DER);
            var sequence = reader.ReadSequence();
            reader.ThrowIfNotEmpty();
            var r = sequence.ReadInteger();
            var s = sequence.ReadInteger();
            sequence.ThrowIfNotEmpty();
            return r.Sign > 0 && s.Sign > 0 && r < order && s < order;
        }
        catch (AsnContentException)
        {
            return false;
        }
    }

    private static bool VerifyEcdsa(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        using var key = ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(publicKey, out var read);
        return read == publicKey.Length && key.VerifyData(data, signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
    }

    private static bool VerifySm2(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        // The factory refuses points that are not on the curve or are infinity.
        var key = (ECPublicKeyParameters)PublicKeyFactory.CreateKey(publicKey.ToArray());
        var signer = new SM2Signer();
        signer.Init(forSigning: false, new ParametersWithID(key, SoftwareSigner.DefaultUserId));
        signer.BlockUpdate(data);
        return signer.VerifySignature(signature.ToArray());
    }
}
