using System.Buffers.Binary;
using Org.BouncyCastle.Crypto.Digests;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Math.EC;
using Org.BouncyCastle.Security;
using Yinxin.Trust.Suites;

namespace Yinxin.Trust.Keys.Pkcs11;

/// <summary>What a token with SM2 signs: e = SM3(Z ‖ M), where Z binds the default user id, the curve and the public key (GB/T 32918.2 §5.5, §6.1).</summary>
internal static class Sm2Digest
{
    /// <summary>The digest for a message.</summary>
    /// <param name="publicKey">DER SubjectPublicKeyInfo.</param>
    /// <param name="data">M.</param>
    public static byte[] Of(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> data)
    {
        var digest = new SM3Digest();
        digest.BlockUpdate(Z((ECPublicKeyParameters)PublicKeyFactory.CreateKey(publicKey.ToArray())));
        digest.BlockUpdate(data);
        return Finish(digest);
    }

    private static byte[] Z(ECPublicKeyParameters key)
    {
        var digest = new SM3Digest();
        Span<byte> length = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)(SoftwareSigner.DefaultUserId.Length * 8));
        digest.BlockUpdate(length);
        digest.BlockUpdate(SoftwareSigner.DefaultUserId);
        var domain = key.Parameters;
        ECFieldElement[] elements =
            [domain.Curve.A, domain.Curve.B, domain.G.AffineXCoord, domain.G.AffineYCoord, key.Q.AffineXCoord, key.Q.AffineYCoord];
        foreach (var element in elements)
        {
            digest.BlockUpdate(element.GetEncoded());
        }

        return Finish(digest);
    }

    private static byte[] Finish(SM3Digest digest)
    {
        var hash = new byte[digest.GetDigestSize()];
        digest.DoFinal(hash);
        return hash;
    }
}
