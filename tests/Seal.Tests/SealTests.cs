using Org.BouncyCastle.Asn1.Tsp;
using SkiaSharp;
using Xunit;
using Yinxin.Seal.Making;
using Yinxin.Seal.Pictures;
using Yinxin.Seal.Ses;
using Yinxin.Seal.Validation;
using Yinxin.Testing;
using Yinxin.Trust.Suites;
using Yinxin.Trust.Timestamps;
using Yinxin.Trust.Validation;

namespace Yinxin.Seal.Tests;

/// <summary>GB/T 38540-2020 seals and seal signatures: made, applied, verified, and refused when anything is off.</summary>
public sealed class SealTests : IDisposable
{
    private readonly TestPki pki = new(SignatureSuite.Sm);
    private readonly SoftwareSigner makerKey = SoftwareSigner.Generate(SignatureSuite.Sm);
    private readonly SoftwareSigner signerKey = SoftwareSigner.Generate(SignatureSuite.Sm);
    private readonly SoftwareSigner tsaKey = SoftwareSigner.Generate(SignatureSuite.Sm);
    private readonly byte[] hash = Digests.Sm3("原文"u8);

    [Fact]
    public void A_timestamped_seal_signature_is_valid_for_its_original()
    {
        var report = SealVerification.Verify(Sealed().Encoded, hash, pki.Bundle());
        Assert.True(report.Outcome == Outcome.Passed, string.Join('\n', report.Checks));
        Assert.True(report.TimeProven);
    }

    [Fact]
    public void Another_original_is_named_as_the_failure()
    {
        var report = SealVerification.Verify(Sealed().Encoded, Digests.Sm3("别的"u8), pki.Bundle());
        Assert.Equal("data.hash", Assert.Single(report.Checks, c => c.Outcome == Outcome.Failed).Code);
    }

    [Fact]
    public void Without_a_timestamp_the_time_is_only_claimed()
    {
        var report = SealVerification.Verify(Unstamped().Encoded, hash, pki.Bundle());
        Assert.Equal(Outcome.CannotTell, report.Outcome);
        Assert.Contains(report.Checks, c => c.Code == "signature.timeUnproven");
    }

    [Fact]
    public void A_strangers_root_is_not_trusted()
    {
        using var other = new TestPki(SignatureSuite.Sm);
        var report = SealVerification.Verify(Sealed().Encoded, hash, other.Bundle());
        Assert.Contains(report.Checks, c => c is { Code: "signer.untrusted", Outcome: Outcome.Failed });
        Assert.Contains(report.Checks, c => c is { Code: "seal.maker.untrusted", Outcome: Outcome.Failed });
    }

    [Fact]
    public void No_flipped_byte_of_seal_or_signature_is_accepted()
    {
        var sealedDocument = Sealed();
        var encoded = sealedDocument.Encoded.ToArray();
        var bundle = pki.Bundle();
        var end = encoded.Length - sealedDocument.Timestamp!.Value.Length;
        // The ends are walked wholly; between them the picture's bytes, all under one signature, are sampled.
        var positions = Enumerable.Range(0, 200).Concat(Enumerable.Range(end - 900, 900)).Concat(Enumerable.Range(0, end / 97).Select(i => i * 97)).Distinct();
        foreach (var i in positions)
        {
            var changed = (byte[])encoded.Clone();
            changed[i] ^= 0x01;
            Assert.NotEqual(Outcome.Passed, SealVerification.Verify(changed, hash, bundle).Outcome);
        }
    }

    [Fact]
    public void No_flipped_byte_of_the_timestamp_moves_the_proven_time()
    {
        var sealedDocument = Sealed();
        var encoded = sealedDocument.Encoded.ToArray();
        var bundle = pki.Bundle();
        var right = SealVerification.Verify(encoded, hash, bundle).SealedAt;
        for (var i = encoded.Length - sealedDocument.Timestamp!.Value.Length; i < encoded.Length; i += 3)
        {
            var changed = (byte[])encoded.Clone();
            changed[i] ^= 0x01;
            // CMS leaves some bytes unsigned (version, algorithm sets, further certificates): such a flip may pass, but then nothing said has changed.
            var report = SealVerification.Verify(changed, hash, bundle);
            Assert.True(report.Outcome != Outcome.Passed || report.SealedAt == right, $"byte {i}");
        }
    }

    [Fact]
    public void A_departments_signer_cannot_make_a_seal_in_anothers_name()
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.ToUnixTimeSeconds());
        var certificate = pki.Issue("seal-signer", signerKey);
        var forged = SealMaking.Make(
            new SesSealInfo
            {
                EsId = "34990000000002",
                Name = "别的局",
                SignerCertificates = [certificate.GetEncoded()],
                CreatedAt = now,
                ValidFrom = now.AddMinutes(-1),
                ValidTo = now.AddDays(100),
                Picture = SealPicture.Round("别的局"),
                WidthMm = 42,
                HeightMm = 42,
            },
            signerKey,
            certificate);
        var signature = SealMaking.Apply(forged, signerKey, certificate, now, hash, "x");
        var report = SealVerification.Verify(signature.Encoded, hash, pki.Bundle());
        Assert.Contains(report.Checks, c => c is { Code: "seal.maker.keyUsage", Outcome: Outcome.Failed });
    }

    [Fact]
    public void A_signer_who_is_not_listed_cannot_seal()
    {
        using var other = SoftwareSigner.Generate(SignatureSuite.Sm);
        var error = Assert.Throws<SesFormatException>(() => SealMaking.Apply(Seal(), other, pki.Issue("seal-signer", other), DateTimeOffset.UtcNow, hash, "x"));
        Assert.Equal("signer.notInSeal", error.Code);
    }

    [Theory]
    [InlineData(-1, "seal.notYetValid")]
    [InlineData(101, "seal.expired")]
    public void A_seal_is_judged_at_the_time_in_question(int days, string code) =>
        Assert.Contains(SealVerification.SealChecks(Seal(), DateTimeOffset.UtcNow.AddDays(days), pki.Bundle()), c => c.Outcome == Outcome.Failed && c.Code == code);

    [Fact]
    public void A_claimed_time_outside_the_certificate_is_refused()
    {
        var late = SealMaking.Apply(Seal(), signerKey, signer!, DateTimeOffset.UtcNow.AddDays(301), hash, "x");
        Assert.Contains(SealVerification.Verify(late.Encoded, hash, pki.Bundle()).Checks, c => c is { Code: "signature.time", Outcome: Outcome.Failed });
    }

    [Fact]
    public void A_timestamp_over_another_signature_is_refused()
    {
        var moved = SealMaking.WithTimestamp(Unstamped(), Sealed().Timestamp!.Value.Span);
        var report = SealVerification.Verify(moved.Encoded, hash, pki.Bundle());
        Assert.Equal(Outcome.Failed, report.Outcome);
        Assert.False(report.TimeProven);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public void Another_version_is_named(int version)
    {
        var other = Seal().Info with { Version = version };
        Assert.Equal("seal.version", Assert.Throws<SesFormatException>(() => SealMaking.Make(other, makerKey, pki.Issue("seal-maker", makerKey))).Code);
    }

    [Fact]
    public void An_sm2_seal_takes_no_other_key()
    {
        using var ecdsa = SoftwareSigner.Generate(SignatureSuite.International);
        Assert.Equal("seal.algorithm", Assert.Throws<SesFormatException>(() => SealMaking.Make(Seal().Info, ecdsa, pki.Issue("seal-maker", makerKey))).Code);
    }

    [Fact]
    public void Deep_nesting_and_great_size_end_quickly()
    {
        var nested = new byte[] { 0x30, 0x00 };
        for (var i = 0; i < 2000; i++)
        {
            var writer = new System.Formats.Asn1.AsnWriter(System.Formats.Asn1.AsnEncodingRules.DER);
            using (writer.PushSequence())
            {
                writer.WriteEncodedValue(nested);
            }

            nested = writer.Encode();
        }

        Assert.Throws<SesFormatException>(() => SesSignature.Read(nested));
        Assert.Throws<SesFormatException>(() => SesSignature.Read(new byte[2 * 1024 * 1024]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("30")]
    [InlineData("3080")]
    [InlineData("30847fffffff")]
    [InlineData("300302010a")]
    public void Hostile_bytes_are_a_format_error(string hex)
    {
        var bytes = Convert.FromHexString(hex);
        Assert.Throws<SesFormatException>(() => SesSeal.Read(bytes));
        Assert.Throws<SesFormatException>(() => SesSignature.Read(bytes));
        Assert.Equal(Outcome.Failed, SealVerification.Verify(bytes, hash, pki.Bundle()).Outcome);
    }

    [Fact]
    public void Trailing_bytes_and_truncation_are_format_errors()
    {
        var encoded = Sealed().Encoded.ToArray();
        Assert.Throws<SesFormatException>(() => SesSignature.Read(encoded.Append((byte)0).ToArray()));
        Assert.Throws<SesFormatException>(() => SesSignature.Read(encoded.AsMemory(0, encoded.Length - 1)));
    }

    [Fact]
    public async Task Openssl_verifies_maker_and_signer()
    {
        var signature = Sealed();
        await AssertOpensslAsync(signature.SignedPart, signature.Signature, signature.SignerCertificate, accepted: true);
        await AssertOpensslAsync(signature.Seal.SignedInfo, signature.Seal.Signature, signature.Seal.MakerCertificate, accepted: true);
        var changed = signature.SignedPart.ToArray();
        changed[^1] ^= 1;
        await AssertOpensslAsync(changed, signature.Signature, signature.SignerCertificate, accepted: false);
    }

    [Fact]
    public void The_picture_is_round_red_and_transparent_at_300_dpi_or_more()
    {
        using var bitmap = SKBitmap.Decode(SealPicture.Round("样例市新闻出版局", "测试"));
        Assert.True(bitmap.Width >= 42 / 25.4 * 300);
        Assert.Equal(bitmap.Width, bitmap.Height);
        Assert.Equal(0, bitmap.GetPixel(1, 1).Alpha);
        Assert.True(bitmap.GetPixel(bitmap.Width / 2, bitmap.Height / 2) is { Red: > 180, Green: < 60, Alpha: 255 });
    }

    [Fact]
    public void A_character_without_a_font_fails_loudly() => Assert.Throws<ArgumentException>(() => SealPicture.Round("样例\U000E0041局"));

    public void Dispose()
    {
        pki.Dispose();
        makerKey.Dispose();
        signerKey.Dispose();
        tsaKey.Dispose();
    }

    private SesSeal Seal()
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.ToUnixTimeSeconds());
        signer ??= pki.Issue("seal-signer", signerKey);
        return SealMaking.Make(
            new SesSealInfo
            {
                EsId = "34990000000001",
                Name = "样例市新闻出版局",
                SignerCertificates = [signer.GetEncoded()],
                CreatedAt = now,
                ValidFrom = now.AddMinutes(-1),
                ValidTo = now.AddDays(100),
                Picture = SealPicture.Round("样例市新闻出版局", "测试"),
                WidthMm = 42,
                HeightMm = 42,
            },
            makerKey,
            pki.Issue("seal-maker", makerKey));
    }

    private Org.BouncyCastle.X509.X509Certificate? signer;

    private SesSignature Unstamped()
    {
        var seal = Seal();
        return SealMaking.Apply(seal, signerKey, signer!, DateTimeOffset.UtcNow, hash, "/licence.json");
    }

    private SesSignature Sealed()
    {
        var unstamped = Unstamped();
        var authority = new TimestampAuthority(tsaKey, [pki.Issue("tsa", tsaKey), pki.Issuing], TimeProvider.System);
        var query = new TimeStampReq(new MessageImprint(SignatureSuite.Sm.DigestAlgorithm(), Digests.Sm3(unstamped.Signature.Span)), null, null, Org.BouncyCastle.Asn1.DerBoolean.True, null);
        return SealMaking.WithTimestamp(unstamped, TimeStampResp.GetInstance(authority.Answer(query.GetDerEncoded())).TimeStampToken.GetDerEncoded());
    }

    private static async Task AssertOpensslAsync(ReadOnlyMemory<byte> data, ReadOnlyMemory<byte> signature, ReadOnlyMemory<byte> certificate, bool accepted)
    {
        var directory = Directory.CreateTempSubdirectory("yinxin-seal-");
        string File(string name) => Path.Combine(directory.FullName, name);
        await System.IO.File.WriteAllBytesAsync(File("data"), data);
        await System.IO.File.WriteAllBytesAsync(File("signature"), signature);
        await System.IO.File.WriteAllTextAsync(File("certificate.pem"), new string(System.Security.Cryptography.PemEncoding.Write("CERTIFICATE", certificate.Span)));
        var (_, key) = await Judge.RunAsync("openssl", "x509", "-in", File("certificate.pem"), "-pubkey", "-noout");
        await System.IO.File.WriteAllTextAsync(File("key.pem"), key);
        var (code, output) = await Judge.RunAsync("openssl", "dgst", "-sm3", "-verify", File("key.pem"), "-signature", File("signature"), "-sigopt", "distid:1234567812345678", File("data"));
        Assert.True(accepted == (code == 0), output);
        directory.Delete(recursive: true);
    }
}
