using System.Text;
using Xunit;
using Yinxin.License.Documents;
using Yinxin.License.Identifiers;
using Yinxin.License.Validation;
using Yinxin.Testing;
using Yinxin.Trust.Validation;

namespace Yinxin.License.Tests;

/// <summary>A licence as a file: what independent programs say of it, and what our verifier says of every way to change it.</summary>
public sealed class LicenseTests(LicenseFixture fixture) : IClassFixture<LicenseFixture>
{
    [Theory]
    [InlineData("11340000MB05AMP171001", "11340000MB05AMP171", "2026000000000001", 1, 'O')]
    [InlineData("11340000MB05AMP171001", "11340000MB05AMP171", "2026000000000001", 2, 'M')]
    [InlineData("11340000MB05AMP171001", "11340100MB05AMP251", "0000000001", 1, 'Z')]
    public void Identifiers_get_the_check_character_of_the_standard(string type, string issuer, string serial, int version, char check)
    {
        var text = new LicenseIdentifier(type, issuer, serial, version).ToString();
        Assert.Equal(check, text[^1]);
        Assert.True(LicenseIdentifier.TryParse(text, out _));
        Assert.False(LicenseIdentifier.TryParse(text[..^1] + (check == '0' ? '1' : '0'), out _));
    }

    [Fact]
    public void Iso_7064_sample() => Assert.Equal('J', LicenseIdentifier.CheckCharacter("0794"));

    [Fact]
    public void An_issued_licence_is_valid_in_every_check()
    {
        var report = Verify(fixture.Pdf);
        Assert.True(report.Result == "valid", string.Join('\n', report.Checks.Where(c => c.Outcome != Outcome.Passed)));
        Assert.NotNull(report.SealedAt);
        Assert.True(fixture.Pdf.Length <= 160 * 1024, $"{fixture.Pdf.Length} bytes");
    }

    [Fact]
    public async Task Pdfsig_accepts_it_and_rejects_the_tampered_twin()
    {
        using var place = new TemporaryPlace();
        var root = place.Write("root.pem", Encoding.ASCII.GetBytes(new string(System.Security.Cryptography.PemEncoding.Write("CERTIFICATE", fixture.Root))));
        var nss = Directory.CreateDirectory(place.Path("nss")).FullName;
        await Judge.RunAsync("certutil", "-N", "-d", "sql:" + nss, "--empty-password");
        await Judge.RunAsync("certutil", "-A", "-d", "sql:" + nss, "-n", "root", "-t", "C,C,C", "-i", root);
        var (_, accepted) = await Judge.RunAsync("pdfsig", "-nssdir", "sql:" + nss, place.Write("licence.pdf", fixture.Pdf));
        Assert.Contains("Signature is Valid.", accepted, StringComparison.Ordinal);
        Assert.Contains("Certificate is Trusted.", accepted, StringComparison.Ordinal);
        Assert.Contains("Total document signed", accepted, StringComparison.Ordinal);
        Assert.DoesNotContain("Not total document signed", accepted, StringComparison.Ordinal);

        var (_, rejected) = await Judge.RunAsync("pdfsig", "-nssdir", "sql:" + nss, place.Write("tampered.pdf", Flip(fixture.Pdf, 5000)));
        Assert.DoesNotContain("Signature is Valid.", rejected, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Qpdf_and_mutool_find_a_sound_file()
    {
        using var place = new TemporaryPlace();
        var file = place.Write("licence.pdf", fixture.Pdf);
        var (code, output) = await Judge.RunAsync("qpdf", "--check", file);
        Assert.True(code == 0, output);
        var (_, signature) = await Judge.RunAsync("mutool", "sign", "-v", file);
        Assert.Contains("unchanged since signing", signature, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Text_comes_back_exactly_with_rare_names_and_embedded_fonts()
    {
        const string rare = "䶮㛃𬀪𫖯𠮷";
        using var place = new TemporaryPlace();
        var file = place.Write("licence.pdf", fixture.Issue(rare));
        var (_, text) = await Judge.RunAsync("pdftotext", file, "-");
        Assert.Contains(rare, text, StringComparison.Ordinal);
        Assert.Contains("出版物经营许可证", text.Replace("\n", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("样例市新闻出版局", text, StringComparison.Ordinal);
        var (_, fonts) = await Judge.RunAsync("pdffonts", file);
        var rows = fonts.Split('\n').Skip(2).Where(l => l.Length > 0).ToList();
        Assert.NotEmpty(rows);
        Assert.All(rows, row => Assert.Contains("yes yes yes", row, StringComparison.Ordinal));
    }

    [Fact]
    public void A_character_that_no_font_has_fails_loudly() =>
        Assert.Throws<Rendering.MissingCharacterException>(() => fixture.Issue("张\U000E0041"));

    [Fact]
    public void No_flipped_byte_is_accepted()
    {
        var hole = fixture.Pdf.AsSpan().LastIndexOf("/Contents <"u8);
        var positions = Enumerable.Range(0, fixture.Pdf.Length / 997).Select(i => i * 997).Concat(Enumerable.Range(0, 260).Select(i => hole + (i * 61)));
        foreach (var i in positions)
        {
            foreach (var mask in new byte[] { 0x01, 0x20 })
            {
                var report = Verify(Flip(fixture.Pdf, i, mask));
                Assert.True(report.Result != "valid", $"byte {i}, {i - hole - 11} of the signature: {Encoding.ASCII.GetString(fixture.Pdf, Math.Max(0, i - 60), 120)}");
            }
        }
    }

    [Fact]
    public void Truncated_is_named()
    {
        var report = Verify(fixture.Pdf[..^20]);
        Assert.Equal("pdf.coverage", report.FirstFailure?.Code);
    }

    [Fact]
    public void Appended_to_is_named()
    {
        var report = Verify([.. fixture.Pdf, .. "\n% more"u8]);
        Assert.Equal("pdf.coverage", report.FirstFailure?.Code);
    }

    [Fact]
    public void A_second_signature_dictionary_is_refused() =>
        Assert.Equal("pdf.signature.count", Verify([.. fixture.Pdf, .. "/ByteRange [0 1 2 3]"u8]).FirstFailure?.Code);

    [Fact]
    public void Swapped_signatures_are_refused()
    {
        var other = fixture.Issue("李样例");
        var (from, to) = (Encoding.Latin1.GetString(other), Encoding.Latin1.GetString(fixture.Pdf));
        var (start, begin) = (from.LastIndexOf("/Contents <", StringComparison.Ordinal), to.LastIndexOf("/Contents <", StringComparison.Ordinal));
        var swapped = (byte[])fixture.Pdf.Clone();
        other.AsSpan(start, 24 * 1024).CopyTo(swapped.AsSpan(begin));
        var report = Verify(swapped);
        Assert.Equal("invalid", report.Result);
        Assert.Equal("signature.digest", report.FirstFailure?.Code);
    }

    [Fact]
    public void An_organ_of_the_same_name_elsewhere_signs_in_vain() =>
        Assert.Equal("signature.authority", Verify(fixture.Issue("张样例", signedBy: "11340100MB05AMP251")).FirstFailure?.Code);

    [Fact]
    public void An_organ_of_the_same_name_elsewhere_seals_in_vain() =>
        Assert.Equal("seal/owner", Verify(fixture.Issue("张样例", sealedBy: "11340100MB05AMP251")).FirstFailure?.Code);

    [Fact]
    public void Another_authoritys_roots_do_not_accept_it()
    {
        using var other = new LicenseFixture();
        var report = LicenseVerification.Verify(fixture.Pdf, other.Bundle, DateTimeOffset.UtcNow);
        Assert.Contains(report.Checks, c => c is { Code: "certificate.chain", Outcome: Outcome.Failed });
    }

    [Fact]
    public void Expired_is_named() => Assert.Equal(
        "licence.validity", LicenseVerification.Verify(fixture.Pdf, fixture.Bundle, DateTimeOffset.UtcNow.AddYears(6)).FirstFailure?.Code);

    [Fact]
    public void The_json_alone_verifies_and_a_changed_member_does_not()
    {
        var document = fixture.Seal(fixture.Document("张样例"));
        Assert.Equal("valid", Verify(document.ToJson()).Result);
        var changed = document with { Metadata = document.Metadata with { CertificateHolderName = "王样例" } };
        Assert.Equal("seal/data.hash", Verify(changed.ToJson()).FirstFailure?.Code);
        var text = Encoding.UTF8.GetString(document.ToJson());
        Assert.Equal("licence.format", Verify(Encoding.UTF8.GetBytes(text.Replace("\"format\"", "\"extra\": \"x\", \"format\"", StringComparison.Ordinal))).FirstFailure?.Code);
    }

    [Theory]
    [InlineData("")]
    [InlineData("%PDF-1.7")]
    [InlineData("%PDF-1.7 /ByteRange [0 9999999999 9999999999 9999999999]")]
    [InlineData("%PDF-1.7 /ByteRange [0 1 2 58] xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx")]
    [InlineData("{")]
    [InlineData("{\"format\":\"yinxin-licence/1\"}")]
    [InlineData("PK\u0003\u0004")]
    public void Hostile_files_end_in_a_report(string text) => Assert.Equal("invalid", Verify(Encoding.UTF8.GetBytes(text)).Result);

    private VerificationReport Verify(byte[] file) => LicenseVerification.Verify(file, fixture.Bundle, DateTimeOffset.UtcNow);

    private static byte[] Flip(byte[] bytes, int index, byte mask = 0x01)
    {
        var changed = (byte[])bytes.Clone();
        changed[index] ^= mask;
        return changed;
    }
}

/// <summary>A directory for one test.</summary>
internal sealed class TemporaryPlace : IDisposable
{
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("yinxin-license-");

    public string Path(string name) => System.IO.Path.Combine(directory.FullName, name);

    public string Write(string name, byte[] content)
    {
        File.WriteAllBytes(Path(name), content);
        return Path(name);
    }

    public void Dispose() => directory.Delete(recursive: true);
}
