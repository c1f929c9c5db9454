using System.Security.Cryptography;
using Net.Pkcs11Interop.Common;
using Net.Pkcs11Interop.HighLevelAPI;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.EdEC;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.Asn1.X9;
using Yinxin.Trust.Suites;

namespace Yinxin.Trust.Keys.Pkcs11;

/// <summary>Reads a public key object of a token as a SubjectPublicKeyInfo.</summary>
internal static class TokenPublicKey
{
    /// <summary>The key, or null when it is of a kind that we do not use.</summary>
    public static (byte[] PublicKey, SignatureAlgorithm Algorithm)? Read(ISession session, IObjectHandle handle, VendorSm2? sm2)
    {
        var type = session.GetAttributeValue(handle, [CKA.CKA_KEY_TYPE])[0].GetValueAsUlong();
        var parameters = type == (ulong)CKK.CKK_RSA ? [] : session.GetAttributeValue(handle, [CKA.CKA_EC_PARAMS])[0].GetValueAsByteArray() ?? [];
        return TokenAlgorithm.Recognise(type, parameters, sm2) switch
        {
            null => null,
            SignatureAlgorithm.Rs256 => (Rsa(session, handle), SignatureAlgorithm.Rs256),
            SignatureAlgorithm.Ed25519 => (Edwards(Point(session, handle)), SignatureAlgorithm.Ed25519),
            { } algorithm => (Curve(parameters, Point(session, handle)), algorithm),
        };
    }

    public static string KeyId(ReadOnlySpan<byte> publicKey) => Convert.ToHexStringLower(SHA256.HashData(publicKey).AsSpan(0, 20));

    private static byte[] Rsa(ISession session, IObjectHandle handle)
    {
        var values = session.GetAttributeValue(handle, [CKA.CKA_MODULUS, CKA.CKA_PUBLIC_EXPONENT]);
        using var rsa = RSA.Create(new RSAParameters { Modulus = Trimmed(values[0]), Exponent = Trimmed(values[1]) });
        return rsa.ExportSubjectPublicKeyInfo();

        static byte[] Trimmed(IObjectAttribute value) => value.GetValueAsByteArray().AsSpan().TrimStart((byte)0).ToArray();
    }

    private static byte[] Curve(byte[] parameters, byte[] point) =>
        new SubjectPublicKeyInfo(new AlgorithmIdentifier(X9ObjectIdentifiers.IdECPublicKey, Asn1Object.FromByteArray(parameters)), point).GetDerEncoded();

    private static byte[] Edwards(byte[] point) => new SubjectPublicKeyInfo(new AlgorithmIdentifier(EdECObjectIdentifiers.id_Ed25519), point).GetDerEncoded();

    /// <summary>The standard wraps the point in an OCTET STRING; some tokens leave the wrapping out.</summary>
    private static byte[] Point(ISession session, IObjectHandle handle)
    {
        var value = session.GetAttributeValue(handle, [CKA.CKA_EC_POINT])[0].GetValueAsByteArray();
        return value is [0x04, var length, ..] && length == value.Length - 2 ? value[2..] : value;
    }
}
