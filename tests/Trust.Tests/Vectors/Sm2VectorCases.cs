using System.Security.Cryptography;
using System.Text;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.Asn1.X9;
using Org.BouncyCastle.Crypto.Digests;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;
using Org.BouncyCastle.Math;

namespace Yinxin.Trust.Tests.Vectors;

/// <summary>The classes of right and wrong that the file holds: those of Wycheproof's ECDSA files, and those that only SM2 has.</summary>
internal static class Sm2VectorCases
{
    private static readonly byte[] Message = "印信"u8.ToArray();
    private static readonly BigInteger N = Sm2TestKey.Order;
    private static readonly BigInteger P = new("FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF", 16);

    public static IEnumerable<Sm2Case> Right(Sm2TestKey key)
    {
        foreach (var length in new[] { 0, 1, 3, 55, 56, 63, 64, 65, 1000 })
        {
            yield return Valid(key, $"message of {length} bytes", [.. Enumerable.Range(0, length).Select(i => (byte)i)], 0);
        }

        // Short r or s make short integers: some readers want 70 bytes at least.
        yield return Valid(key, "r of fewer than 32 bytes", Message, Enumerable.Range(1, 5000).First(n => key.Sign(Message, n).R.BitLength <= 248));
        yield return Valid(key, "s of fewer than 32 bytes", Message, Enumerable.Range(1, 5000).First(n => key.Sign(Message, n).S.BitLength <= 248));
        yield return Valid(key, "r and s with a sign byte", Message, Enumerable.Range(1, 100).First(n => key.Sign(Message, n) is var (r, s) && r.BitLength == 256 && s.BitLength == 256));
        yield return Valid(key, "r and s without a sign byte", Message, Enumerable.Range(1, 100).First(n => key.Sign(Message, n) is var (r, s) && r.BitLength < 256 && s.BitLength < 256));
    }

    public static IEnumerable<Sm2Case> Ranges(Sm2TestKey key)
    {
        var (r, s) = key.Sign(Message);
        yield return new Sm2Case("the signature that the others are made of", Message, r, s, valid: true);
        BigInteger[] special = [BigInteger.Zero, BigInteger.One, N.Subtract(BigInteger.One), N, N.Add(BigInteger.One), P, BigInteger.One.Negate(), N.Negate(), BigInteger.One.ShiftLeft(256)];
        string[] names = ["0", "1", "n - 1", "n", "n + 1", "p", "-1", "-n", "2^256"];
        for (var i = 0; i < special.Length; i++)
        {
            yield return new Sm2Case($"r = {names[i]}", Message, special[i], s);
            yield return new Sm2Case($"s = {names[i]}", Message, r, special[i]);
            for (var j = 0; j < special.Length; j++)
            {
                yield return new Sm2Case($"r = {names[i]}, s = {names[j]}", Message, special[i], special[j]);
            }
        }

        yield return new Sm2Case("r + n", Message, r.Add(N), s);
        yield return new Sm2Case("s + n", Message, r, s.Add(N));
        yield return new Sm2Case("r - n", Message, r.Subtract(N), s);
        yield return new Sm2Case("s - n", Message, r, s.Subtract(N));
        yield return new Sm2Case("-r", Message, r.Negate(), s);
        yield return new Sm2Case("-s", Message, r, s.Negate());
        yield return new Sm2Case("r + 2^256", Message, r.Add(BigInteger.One.ShiftLeft(256)), s);
        yield return new Sm2Case("r + 2^320", Message, r.Add(BigInteger.One.ShiftLeft(320)), s);
        yield return new Sm2Case("n - s, which ECDSA would accept", Message, r, N.Subtract(s));
        yield return new Sm2Case("r + s = n: t is zero", Message, r, N.Subtract(r));
        yield return new Sm2Case("s = 1 and r = n - 1: t is zero", Message, N.Subtract(BigInteger.One), BigInteger.One);
        // With t = 0 the point is s·G; without that check r could be fitted to it.
        yield return FittedToZero(key);
    }

    public static IEnumerable<Sm2Case> Encodings(Sm2TestKey key)
    {
        var nonce = Enumerable.Range(1, 100).First(n => key.Sign(Message, n) is var (r, s) && r.BitLength == 256 && s.BitLength == 256);
        var (r, s) = key.Sign(Message, nonce);
        return Sm2Encoding.Wrong(r, s).Select(e => new Sm2Case(e.Name, Message, e.Bytes)).Prepend(new Sm2Case("DER in its one form", Message, r, s, valid: true));
    }

    public static IEnumerable<Sm2Case> Elsewhere(Sm2TestKey key)
    {
        var (r, s) = key.Sign(Message);
        yield return new Sm2Case("r and s swapped", Message, s, r);
        yield return new Sm2Case("another message", [.. Message, 0x00], r, s);
        yield return new Sm2Case("the empty message", [], r, s);
        var (otherR, otherS) = new Sm2TestKey("second").Sign(Message);
        yield return new Sm2Case("made with another key", Message, otherR, otherS);
        yield return new Sm2Case("r of another signature", Message, key.Sign(Message, 1).R, s);
        yield return new Sm2Case("ECDSA with SM3 by the same key", Message, Ecdsa(key, Sm3(Message)));
        yield return new Sm2Case("ECDSA with SHA-256 by the same key", Message, Ecdsa(key, SHA256.HashData(Message)));
        var (digestR, digestS) = key.Sign(Sm3(Message));
        yield return new Sm2Case("SM2 over the message's digest", Message, digestR, digestS);
    }

    public static IEnumerable<Sm2Case> Ids(Sm2TestKey key)
    {
        byte[] own = "ALICE123@YAHOO.COM"u8.ToArray();
        yield return Signed("the group's id", own, null, valid: true);
        yield return Signed("made with the default id", Sm2TestKey.DefaultId, null);
        yield return Signed("made with the empty id", [], null);
        yield return Signed("made with an id one letter off", "ALICE123@YAHOO.COn"u8.ToArray(), null);
        yield return Signed("made with a shorter id", own[..^1], null);
        yield return Signed("the test's own id, the default", Sm2TestKey.DefaultId, Sm2TestKey.DefaultId, valid: true);
        yield return Signed("the test's own id, empty", [], [], valid: true);
        yield return Signed("the test's own id, 1000 bytes", Long(1000), Long(1000), valid: true);
        yield return Signed("the test's own id, the longest that 16 bits of length can say", Long(8191), Long(8191), valid: true);
        yield return Signed("made with the group's id, the test says the default", own, Sm2TestKey.DefaultId);
        yield return Signed("an id whose length in bits overflows 16 bits, as if it were empty", [], Long(8192));

        static byte[] Long(int length) => Encoding.ASCII.GetBytes(new string('x', length));
        Sm2Case Signed(string comment, byte[] madeWith, byte[]? stated, bool valid = false)
        {
            var (r, s) = key.Sign(Message, 0, madeWith);
            return new Sm2Case(comment, Message, Sm2Encoding.Der(r, s), valid, stated);
        }
    }

    public static IEnumerable<(string Comment, byte[] Der, byte[] Uncompressed, Sm2Case[] Cases)> Keys(Sm2TestKey key)
    {
        var (r, s) = key.Sign(Message);
        Sm2Case[] Wrong(string comment) => [new(comment, Message, r, s), new("r = s = 1", Message, BigInteger.One, BigInteger.One)];
        var point = key.Uncompressed();
        yield return Own("private key 1: the public key is the generator", new Sm2TestKey(BigInteger.One));
        yield return Own("private key n - 2, the largest", new Sm2TestKey(N.Subtract(BigInteger.Two)));
        yield return Framed("y one off: not on the curve", [.. point[..^1], (byte)(point[^1] ^ 1)]);
        yield return Framed("x = y = 0: not on the curve", [0x04, .. new byte[64]]);
        yield return Framed("x not below p", [0x04, .. Enumerable.Repeat((byte)0xff, 32), .. point[33..]]);
        yield return Framed("infinity", [0x00]);
        yield return Framed("infinity, written long", [0x00, .. new byte[64]]);
        yield return Framed("the hybrid form", [(byte)(0x06 | (point[^1] & 1)), .. point[1..]]);
        yield return Framed("a byte missing", point[..^1]);
        yield return Framed("a byte too many", [.. point, 0x00]);
        yield return Framed("no point", []);
        var generator = ECNamedCurveTable.GetByName("P-256").G.GetEncoded(compressed: false);
        yield return Framed("a point of P-256", generator);
        yield return ("a key on P-256", Spki(new X962Parameters(X9ObjectIdentifiers.Prime256v1), generator), generator, Wrong("not an SM2 key"));
        yield return ("the point under P-256", Spki(new X962Parameters(X9ObjectIdentifiers.Prime256v1), point), point, Wrong("not a point of the stated curve"));
        yield return ("no curve", new SubjectPublicKeyInfo(new AlgorithmIdentifier(X9ObjectIdentifiers.IdECPublicKey), point).GetDerEncoded(), point, Wrong("the key names no curve"));
        yield return ("a byte after the key", [.. key.PublicKeyDer(), 0x00], point, Wrong("the key is not DER"));
        yield return ("no key", [], [], Wrong("there is no key"));

        (string, byte[], byte[], Sm2Case[]) Framed(string comment, byte[] bytes) => (comment, Sm2TestKey.PublicKeyDer(bytes), bytes, Wrong(comment));
        static (string, byte[], byte[], Sm2Case[]) Own(string comment, Sm2TestKey own) => (comment, own.PublicKeyDer(), own.Uncompressed(), [Valid(own, comment, Message, 0)]);
    }

    private static Sm2Case Valid(Sm2TestKey key, string comment, byte[] message, int nonce)
    {
        var (r, s) = key.Sign(message, nonce);
        return new Sm2Case(comment, message, r, s, valid: true);
    }

    /// <summary>r = e + x(s·G) and s = n - r at once cannot be found; but r = e + x(1·G) with s = 1 shows whoever forgets t·P altogether.</summary>
    private static Sm2Case FittedToZero(Sm2TestKey key)
    {
        var signer = new SM2Digest(key, Message);
        var r = signer.E.Add(key.Private.Parameters.G.AffineXCoord.ToBigInteger()).Mod(N);
        return new Sm2Case("r = e + x(G), s = 1: right if the public key's part were left out", Message, r, BigInteger.One);
    }

    private static byte[] Ecdsa(Sm2TestKey key, byte[] hash)
    {
        var signer = new ECDsaSigner(new HMacDsaKCalculator(new SM3Digest()));
        signer.Init(forSigning: true, key.Private);
        var pair = signer.GenerateSignature(hash);
        return Sm2Encoding.Der(pair[0], pair[1]);
    }

    private static byte[] Sm3(byte[] data) => Yinxin.Trust.Suites.Digests.Sm3(data);

    private static byte[] Spki(X962Parameters curve, byte[] point) => new SubjectPublicKeyInfo(new AlgorithmIdentifier(X9ObjectIdentifiers.IdECPublicKey, curve), point).GetDerEncoded();

    /// <summary>e = SM3(Z ‖ M) by the formula of GB/T 32918.2 §6.1.</summary>
    private sealed class SM2Digest(Sm2TestKey key, byte[] message)
    {
        public BigInteger E { get; } = new(1, Sm3([.. Z(key), .. message]));

        private static byte[] Z(Sm2TestKey key)
        {
            var domain = key.Private.Parameters;
            return Sm3([0x00, 0x80, .. Sm2TestKey.DefaultId, .. domain.Curve.A.GetEncoded(), .. domain.Curve.B.GetEncoded(),
                .. domain.G.AffineXCoord.GetEncoded(), .. domain.G.AffineYCoord.GetEncoded(), .. key.Uncompressed()[1..]]);
        }
    }
}
