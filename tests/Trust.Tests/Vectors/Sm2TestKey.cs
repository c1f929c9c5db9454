using System.Security.Cryptography;
using System.Text;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.Asn1.X9;
using Org.BouncyCastle.Crypto.EC;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.Security;
using Org.BouncyCastle.X509;

namespace Yinxin.Trust.Tests.Vectors;

/// <summary>A key whose every signature comes from a seed.</summary>
internal sealed class Sm2TestKey
{
    public static readonly byte[] DefaultId = "1234567812345678"u8.ToArray();
    public static readonly DerObjectIdentifier Curve = new("1.2.156.10197.1.301");
    public static readonly BigInteger Order = CustomNamedCurves.GetByOid(Curve).N;

    private static readonly ECNamedDomainParameters Domain = new(Curve, CustomNamedCurves.GetByOid(Curve));
    private readonly ECPrivateKeyParameters key;

    public Sm2TestKey(string seed)
        : this(new BigInteger(1, SHA256.HashData(Encoding.ASCII.GetBytes(seed))).Mod(Order.Subtract(BigInteger.Two)).Add(BigInteger.One))
    {
    }

    public Sm2TestKey(BigInteger d) => key = new ECPrivateKeyParameters("EC", d, Domain);

    public ECPrivateKeyParameters Private => key;

    public byte[] Uncompressed() => Domain.G.Multiply(key.D).Normalize().GetEncoded(compressed: false);

    public byte[] PublicKeyDer() => PublicKeyDer(Uncompressed());

    /// <summary>The frame of an SM2 key around any bytes.</summary>
    public static byte[] PublicKeyDer(byte[] point) =>
        new SubjectPublicKeyInfo(new AlgorithmIdentifier(X9ObjectIdentifiers.IdECPublicKey, Curve), point).GetDerEncoded();

    /// <param name="message">What is signed.</param>
    /// <param name="nonce">Another nonce gives another signature.</param>
    /// <param name="id">Null for the default id.</param>
    public (BigInteger R, BigInteger S) Sign(byte[] message, int nonce = 0, byte[]? id = null)
    {
        var signer = new SM2Signer();
        signer.Init(forSigning: true, new ParametersWithID(new ParametersWithRandom(key, new SeededRandom(nonce)), id ?? DefaultId));
        signer.BlockUpdate(message);
        var pair = Asn1Sequence.GetInstance(signer.GenerateSignature());
        return (DerInteger.GetInstance(pair[0]).PositiveValue, DerInteger.GetInstance(pair[1]).PositiveValue);
    }

    /// <summary>A stream of bytes that depends on its seed alone.</summary>
    private sealed class SeededRandom(int seed) : SecureRandom(generator: null)
    {
        private int block;

        public override void NextBytes(byte[] buf) => NextBytes(buf, 0, buf.Length);

        public override void NextBytes(byte[] buf, int off, int len) => NextBytes(buf.AsSpan(off, len));

        public override void NextBytes(Span<byte> buffer)
        {
            while (!buffer.IsEmpty)
            {
                var bytes = SHA256.HashData(Encoding.ASCII.GetBytes(FormattableString.Invariant($"nonce {seed} {block++}")));
                var part = bytes.AsSpan(0, Math.Min(bytes.Length, buffer.Length));
                part.CopyTo(buffer);
                buffer = buffer[part.Length..];
            }
        }
    }
}
