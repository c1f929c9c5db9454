using System.Security.Cryptography;
using Xunit;
using Yinxin.License.Documents;
using Yinxin.Seal.Ses;
using Yinxin.Testing;
using Yinxin.Trust.Bundles;

namespace Yinxin.Interop;

/// <summary>Programs that share no code with us judge a licence of the running platform, the good one and its tampered twin.</summary>
public sealed class LicenceJudgesTests(IssuedLicence licence)
{
    [Fact]
    public async Task Pdfsig_trusts_the_licence_by_the_platforms_root_and_rejects_the_tampered_one()
    {
        var bundle = TrustBundle.Parse(await File.ReadAllBytesAsync(licence.File("trust-bundle.json")));
        var root = bundle.Anchors.Single(a => a is { Purpose: "root", Suite: "international" });
        await File.WriteAllTextAsync(licence.File("root.pem"), Pem(Convert.FromBase64String(root.Certificate)));
        var nss = Directory.CreateDirectory(licence.File("nss")).FullName;
        await Judge.RunAsync("certutil", "-N", "-d", "sql:" + nss, "--empty-password");
        await Judge.RunAsync("certutil", "-A", "-d", "sql:" + nss, "-n", "root", "-t", "C,C,C", "-i", licence.File("root.pem"));
        var (_, accepted) = await Judge.RunAsync("pdfsig", "-nssdir", "sql:" + nss, licence.File("licence.pdf"));
        Assert.Contains("Signature is Valid.", accepted, StringComparison.Ordinal);
        Assert.Contains("Certificate is Trusted.", accepted, StringComparison.Ordinal);
        var (_, rejected) = await Judge.RunAsync("pdfsig", "-nssdir", "sql:" + nss, licence.File("tampered.pdf"));
        Assert.DoesNotContain("Signature is Valid.", rejected, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Openssl_verifies_the_departments_sm2_signature_over_the_licence_data()
    {
        var document = LicenseDocument.Parse(await File.ReadAllBytesAsync(licence.File("licence.json")));
        var signature = SesSignature.Read(Convert.FromBase64String(document.Seal!.Signature));
        Assert.Equal(document.SealedDigest(), signature.DataHash.ToArray());
        Assert.Equal(0, await OpensslAsync(signature.SignedPart.ToArray(), signature));
        var changed = signature.SignedPart.ToArray();
        changed[^1] ^= 1;
        Assert.NotEqual(0, await OpensslAsync(changed, signature));
    }

    [Fact]
    public async Task Openssl_verifies_the_seal_signers_chain_to_the_sm_root()
    {
        var document = LicenseDocument.Parse(await File.ReadAllBytesAsync(licence.File("licence.json")));
        var signature = SesSignature.Read(Convert.FromBase64String(document.Seal!.Signature));
        var bundle = TrustBundle.Parse(await File.ReadAllBytesAsync(licence.File("trust-bundle.json")));
        await File.WriteAllTextAsync(licence.File("sm-root.pem"), Pem(Convert.FromBase64String(bundle.Anchors.Single(a => a is { Purpose: "root", Suite: "sm" }).Certificate)));
        await File.WriteAllTextAsync(licence.File("sm-seals.pem"), Pem(Convert.FromBase64String(bundle.Anchors.Single(a => a is { Purpose: "seal-maker", Suite: "sm" }).Certificate)));
        await File.WriteAllTextAsync(licence.File("signer.pem"), Pem(signature.SignerCertificate.Span));

        // openssl 3.0 gives the SM2 id to the certificate in question only, so each link is judged by itself.
        await AssertLinkAsync("sm-root.pem", "sm-seals.pem");
        await AssertLinkAsync("sm-seals.pem", "signer.pem");

        async Task AssertLinkAsync(string issuer, string certificate)
        {
            var (code, output) = await Judge.RunAsync(
                "openssl", "verify", "-partial_chain", "-vfyopt", "distid:1234567812345678", "-CAfile", licence.File(issuer), licence.File(certificate));
            Assert.True(code == 0, output);
        }
    }

    private async Task<int> OpensslAsync(byte[] data, SesSignature signature)
    {
        await File.WriteAllBytesAsync(licence.File("signed"), data);
        await File.WriteAllBytesAsync(licence.File("signature"), signature.Signature);
        await File.WriteAllTextAsync(licence.File("certificate.pem"), Pem(signature.SignerCertificate.Span));
        var (_, key) = await Judge.RunAsync("openssl", "x509", "-in", licence.File("certificate.pem"), "-pubkey", "-noout");
        await File.WriteAllTextAsync(licence.File("key.pem"), key);
        var (code, _) = await Judge.RunAsync(
            "openssl", "dgst", "-sm3", "-verify", licence.File("key.pem"), "-signature", licence.File("signature"), "-sigopt", "distid:1234567812345678", licence.File("signed"));
        return code;
    }

    private static string Pem(ReadOnlySpan<byte> certificate) => new(PemEncoding.Write("CERTIFICATE", certificate));
}
