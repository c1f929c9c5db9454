using Org.BouncyCastle.X509;
using Xunit;
using Yinxin.Testing;
using Yinxin.Trust.Certificates;
using Yinxin.Trust.Cms;
using Yinxin.Trust.Suites;
using Yinxin.Trust.Validation;

namespace Yinxin.Trust.Tests.Suites;

/// <summary>Certificates, requests, revocation lists and CMS carry any of the algorithms, judged by openssl where it can.</summary>
public sealed class CarrierTests
{
    private static readonly byte[] Content = "content"u8.ToArray();

    public static TheoryData<SignatureAlgorithm> All => [.. Enum.GetValues<SignatureAlgorithm>()];

    [Theory]
    [MemberData(nameof(All))]
    public void A_request_is_read_when_its_own_key_signed_it(SignatureAlgorithm algorithm)
    {
        using var key = SoftwareSigner.Generate(algorithm);
        var der = CertificateRequest.Create(key, DistinguishedName.Of("样例局", "测试"));
        Assert.Equal(algorithm.Suite(), CertificateRequest.Read(der).Suite);
        der[^1] ^= 1;
        Assert.ThrowsAny<System.Security.Cryptography.CryptographicException>(() => CertificateRequest.Read(der));
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Openssl_verifies_a_chain_and_refuses_its_twin(SignatureAlgorithm algorithm)
    {
        using var folder = new Folder();
        using var chain = new Chain(algorithm);
        var end = chain.End.GetEncoded();
        Assert.True(SignatureVerifier.Verify(
            chain.RootKey.PublicKey.Span, chain.End.CertificateStructure.SignatureAlgorithm, chain.End.GetTbsCertificate(), chain.End.GetSignature()));
        var root = folder.Write("root.pem", Pem(chain.Root.GetEncoded()));
        string[] distid = algorithm == SignatureAlgorithm.Sm2 ? ["-vfyopt", "distid:1234567812345678"] : [];
        // openssl gives the user id to the end's certificate only: it cannot check the own signature of an SM2 root that it trusts.
        string[] own = algorithm == SignatureAlgorithm.Sm2 ? [] : ["-check_ss_sig"];
        var (exit, output) = await Judge.RunAsync("openssl", ["verify", .. distid, .. own, "-CAfile", root, folder.Write("end.pem", Pem(end))]);
        Assert.True(exit == 0, output);
        end[^1] ^= 1;
        Assert.NotEqual(0, (await Judge.RunAsync("openssl", ["verify", .. distid, "-CAfile", root, folder.Write("twin.pem", Pem(end))])).ExitCode);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_cms_holds_for_its_content_only(SignatureAlgorithm algorithm)
    {
        using var chain = new Chain(algorithm);
        var cms = CmsReading.Read(Sign(chain, algorithm));
        Assert.Equal((algorithm.ContentHash(), algorithm.Suite()), (cms.ContentHash, cms.Suite));
        Assert.Equal(Outcome.Passed, Check.Overall(cms.Verify(cms.ContentHash.Hash(Content))));
        Assert.Equal(Outcome.Failed, Check.Overall(cms.Verify(cms.ContentHash.Hash("contenT"u8))));
    }

    [Theory]
    [InlineData(SignatureAlgorithm.Es256)]
    [InlineData(SignatureAlgorithm.Es384)]
    [InlineData(SignatureAlgorithm.Rs256)]
    [InlineData(SignatureAlgorithm.Ps256)]
    public async Task Openssl_accepts_our_cms_and_refuses_it_over_other_content(SignatureAlgorithm algorithm)
    {
        using var folder = new Folder();
        using var chain = new Chain(algorithm);
        var root = folder.Write("root.pem", Pem(chain.Root.GetEncoded()));
        var cms = folder.Write("cms.der", Sign(chain, algorithm));
        Assert.True(await AcceptsAsync(Content));
        Assert.False(await AcceptsAsync("contenT"u8.ToArray()));

        async Task<bool> AcceptsAsync(byte[] content) => (await Judge.RunAsync(
            "openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", cms, "-content", folder.Write("content", content), "-CAfile", root, "-purpose", "any", "-out", "/dev/null")).ExitCode == 0;
    }

    private static byte[] Sign(Chain chain, SignatureAlgorithm algorithm) =>
        CmsSignatures.CreateDetached(chain.EndKey, [chain.End], algorithm.ContentHash().Hash(Content));

    private static byte[] Pem(byte[] certificate) =>
        System.Text.Encoding.ASCII.GetBytes(System.Security.Cryptography.PemEncoding.WriteString("CERTIFICATE", certificate));

    private sealed class Chain : IDisposable
    {
        public Chain(SignatureAlgorithm algorithm)
        {
            RootKey = SoftwareSigner.Generate(algorithm);
            EndKey = SoftwareSigner.Generate(algorithm);
            Root = new CertificateIssuer(RootKey).Issue(TestPki.Content("root", RootKey, "Root"));
            End = new CertificateIssuer(RootKey, Root).Issue(TestPki.Content("department", EndKey));
        }

        public SoftwareSigner RootKey { get; }

        public SoftwareSigner EndKey { get; }

        public X509Certificate Root { get; }

        public X509Certificate End { get; }

        public void Dispose()
        {
            RootKey.Dispose();
            EndKey.Dispose();
        }
    }

    private sealed class Folder : IDisposable
    {
        private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("yinxin-carrier-");

        public string Write(string name, byte[] bytes)
        {
            var path = Path.Combine(folder.FullName, name);
            File.WriteAllBytes(path, bytes);
            return path;
        }

        public void Dispose() => folder.Delete(recursive: true);
    }
}
