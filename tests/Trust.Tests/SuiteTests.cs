using Xunit;
using Yinxin.Trust.Suites;

namespace Yinxin.Trust.Tests;

/// <summary>Both suites: published vectors, round trips, and every malformed signature refused.</summary>
public sealed class SuiteTests
{
    // GB/T 32918.5 annex A: the recommended curve, ID 1234567812345678, M = "message digest".
    private const string Spki = "3059301306072a8648ce3d020106082a811ccf5501822d0342000409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13";
    private const string Signature = "3046022100f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3022100b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa";

    [Theory]
    [InlineData("", "1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b")]
    [InlineData("abc", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0")]
    [InlineData("abcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcd", "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732")]
    public void Sm3_gives_the_published_digests(string text, string digest) =>
        Assert.Equal(digest, Convert.ToHexStringLower(Digests.Sm3(System.Text.Encoding.ASCII.GetBytes(text))));

    [Fact]
    public void Sm2_accepts_the_published_signature() =>
        Assert.True(SignatureVerifier.Verify(Convert.FromHexString(Spki), SignatureSuite.Sm, "message digest"u8, Convert.FromHexString(Signature)));

    [Fact]
    public void Sm2_refuses_the_published_signature_over_another_message() =>
        Assert.False(SignatureVerifier.Verify(Convert.FromHexString(Spki), SignatureSuite.Sm, "message digesT"u8, Convert.FromHexString(Signature)));

    [Theory]
    [InlineData(SignatureSuite.Sm)]
    [InlineData(SignatureSuite.International)]
    public void A_signature_verifies_and_no_flipped_byte_of_it_does(SignatureSuite suite)
    {
        using var signer = SoftwareSigner.Generate(suite);
        var data = "印信"u8.ToArray();
        var signature = signer.Sign(data);
        Assert.True(SignatureVerifier.Verify(signer.PublicKey.Span, suite, data, signature));
        for (var i = 0; i < signature.Length; i++)
        {
            var changed = (byte[])signature.Clone();
            changed[i] ^= 0x01;
            Assert.False(SignatureVerifier.Verify(signer.PublicKey.Span, suite, data, changed), $"byte {i}");
        }
    }

    [Theory]
    [InlineData(SignatureSuite.Sm)]
    [InlineData(SignatureSuite.International)]
    public void A_key_survives_export_and_import(SignatureSuite suite)
    {
        using var signer = SoftwareSigner.Generate(suite);
        using var again = SoftwareSigner.FromPkcs8(signer.ExportPkcs8());
        Assert.Equal(signer.KeyId, again.KeyId);
        Assert.True(SignatureVerifier.Verify(signer.PublicKey.Span, suite, [1], again.Sign([1])));
    }

    [Theory]
    [InlineData("300602010002010 1", "r is zero")]
    [InlineData("3006020101020100", "s is zero")]
    [InlineData("3006020181020101", "r is negative")]
    [InlineData("300702020001020101", "r is not minimal")]
    [InlineData("300602010102010100", "a byte follows")]
    [InlineData("30060201010201", "truncated")]
    [InlineData("", "empty")]
    public void Malformed_signatures_are_refused_in_both_suites(string hex, string why)
    {
        var signature = Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
        foreach (var suite in Enum.GetValues<SignatureSuite>())
        {
            using var signer = SoftwareSigner.Generate(suite);
            Assert.False(SignatureVerifier.Verify(signer.PublicKey.Span, suite, [1, 2, 3], signature), why);
        }
    }

    [Fact]
    public void Values_at_and_above_the_group_order_are_refused()
    {
        const string order = "FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123";
        foreach (var r in new[] { order, order[..^1] + "4" })
        {
            var signature = Convert.FromHexString("3026022100" + r + "020101");
            Assert.False(SignatureVerifier.Verify(Convert.FromHexString(Spki), SignatureSuite.Sm, "message digest"u8, signature));
        }
    }

    [Fact]
    public void A_point_off_the_curve_is_refused()
    {
        var spki = Convert.FromHexString(Spki);
        spki[^1] ^= 1;
        Assert.False(SignatureVerifier.Verify(spki, SignatureSuite.Sm, "message digest"u8, Convert.FromHexString(Signature)));
    }

    [Fact]
    public void A_key_of_one_suite_does_not_verify_for_the_other()
    {
        using var signer = SoftwareSigner.Generate(SignatureSuite.International);
        Assert.False(SignatureVerifier.Verify(signer.PublicKey.Span, SignatureSuite.Sm, [1], signer.Sign([1])));
    }
}
