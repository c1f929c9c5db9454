using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Crypto.EC;
using Org.BouncyCastle.Crypto.Engines;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Math;
using Xunit;

namespace Yinxin.Trust.Tests.Suites;

/// <summary>The annexes of GB/T 32907 (SM4) and GB/T 32918.5 (SM2 encryption) through the library that we stand on; SM3 and the SM2 signature are in <see cref="SuiteTests"/>.</summary>
public sealed class AnnexVectorTests
{
    private const string Key = "0123456789abcdeffedcba9876543210";

    [Theory]
    [InlineData(1, "681edf34d206965e86b3e94f536e4246")]
    [InlineData(1_000_000, "595298c7c6fd271f0402f804c33d3f66")]
    public void Sm4_gives_the_published_block(int rounds, string expected)
    {
        var engine = new SM4Engine();
        engine.Init(forEncryption: true, new KeyParameter(Convert.FromHexString(Key)));
        var block = Convert.FromHexString(Key);
        for (var i = 0; i < rounds; i++)
        {
            engine.ProcessBlock(block, block);
        }

        Assert.Equal(expected, Convert.ToHexStringLower(block));
    }

    [Fact]
    public void Sm2_decrypts_the_published_ciphertext_and_not_its_twin()
    {
        const string text = "04"
            + "04EBFC718E8D1798620432268E77FEB6415E2EDE0E073C0F4F640ECD2E149A73" + "E858F9D81E5430A57B36DAAB8F950A3C64E6EE6A63094D99283AFF767E124DF0"
            + "59983C18F809E262923C53AEC295D30383B54E39D609D160AFCB1908D0BD8766" + "21886CA989CA9C7D58087307CA93092D651EFA";
        var curve = new DerObjectIdentifier("1.2.156.10197.1.301");
        var key = new ECPrivateKeyParameters(
            "EC", new BigInteger("3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8", 16), new ECNamedDomainParameters(curve, CustomNamedCurves.GetByOid(curve)));
        var ciphertext = Convert.FromHexString(text);
        Assert.Equal("encryption standard"u8.ToArray(), Decrypt(ciphertext));
        ciphertext[^1] ^= 1;
        Assert.ThrowsAny<Org.BouncyCastle.Crypto.CryptoException>(() => Decrypt(ciphertext));

        byte[] Decrypt(byte[] bytes)
        {
            var engine = new SM2Engine(SM2Engine.Mode.C1C3C2);
            engine.Init(forEncryption: false, key);
            return engine.ProcessBlock(bytes, 0, bytes.Length);
        }
    }
}
