using System.Security.Cryptography;
using Org.BouncyCastle.X509;
using Xunit;
using Yinxin.Testing;
using Yinxin.Trust.Certificates;
using Yinxin.Trust.Ocsp;
using Yinxin.Trust.Revocation;
using Yinxin.Trust.Suites;
using Yinxin.Trust.Validation;

namespace Yinxin.Trust.Tests.Ocsp;

/// <summary>Requests and responses of both suites: what counts, and one thing wrong at a time.</summary>
public sealed class OcspTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.ToUnixTimeSeconds());

    public static TheoryData<SignatureSuite> Suites => [SignatureSuite.International, SignatureSuite.Sm];

    [Theory]
    [MemberData(nameof(Suites))]
    public void A_request_says_what_was_put_in(SignatureSuite suite)
    {
        using var pki = new TestPki(suite);
        var end = pki.Issue("department");
        foreach (var hash in new[] { HashFunction.Sha1, HashFunction.Sha256, HashFunction.Sm3 })
        {
            var nonce = OcspRequest.NewNonce();
            var read = OcspRequest.Read(new OcspRequest([CertificateId.Of(end.SerialNumber, pki.Issuing, hash)], nonce).Encode());
            var id = Assert.Single(read.Certificates);
            Assert.True(id.IsIssuedBy(pki.Issuing));
            Assert.False(id.IsIssuedBy(pki.Root));
            Assert.Equal((hash, end.SerialNumber), (id.Hash, id.Serial));
            Assert.Equal(nonce, read.Nonce!.Value.ToArray());
        }
    }

    [Theory]
    [MemberData(nameof(Suites))]
    public void Good_revoked_and_unknown_are_told_apart(SignatureSuite suite)
    {
        using var scene = new Scene(suite);
        Assert.Equal(OcspCertificateStatus.Good, scene.Judge(scene.Answer()).Answer!.Status);
        Assert.Equal(OcspCertificateStatus.Unknown, scene.Judge(scene.Answer() with { Status = OcspCertificateStatus.Unknown }).Answer!.Status);
        var revoked = scene.Judge(scene.Answer() with { Status = OcspCertificateStatus.Revoked, RevokedAt = Now.AddDays(-1), Reason = RevocationReason.KeyCompromise }).Answer!;
        Assert.Equal((OcspCertificateStatus.Revoked, Now.AddDays(-1), RevocationReason.KeyCompromise), (revoked.Status, revoked.RevokedAt!.Value, revoked.Reason!.Value));
        Assert.True(scene.Judge(OcspAnswer.NeverIssued(scene.Id, Now, null)).Answer!.IsNeverIssued);
        var archived = scene.Judge(scene.Answer() with { ArchiveCutoff = Now.AddYears(-3) }).Answer!;
        Assert.Equal(Now.AddYears(-3), archived.ArchiveCutoff);
    }

    [Theory]
    [MemberData(nameof(Suites))]
    public void The_issuer_itself_may_answer(SignatureSuite suite)
    {
        using var issuingKey = SoftwareSigner.Generate(suite);
        var issuing = new CertificateIssuer(issuingKey).Issue(TestPki.Content("root", issuingKey, "Issuing"));
        using var key = SoftwareSigner.Generate(suite);
        var end = new CertificateIssuer(issuingKey, issuing).Issue(TestPki.Content("department", key));
        var answer = new OcspAnswer(CertificateId.Of(end.SerialNumber, issuing, HashFunction.Sha256), OcspCertificateStatus.Good, Now, Now.AddHours(1));
        Assert.True(OcspResponse.Read(new OcspResponder(issuingKey, issuing).Sign([answer], Now)).Verify(new OcspExpectation(end, issuing, Now)).Valid);
    }

    [Theory]
    [MemberData(nameof(Suites))]
    public void Whom_the_issuer_did_not_appoint_cannot_answer(SignatureSuite suite)
    {
        using var scene = new Scene(suite);
        using var stranger = new Scene(suite);
        using var key = SoftwareSigner.Generate(suite);
        scene.Refused("ocsp.signer", new OcspResponder(key, scene.Pki.Issue("department", key)).Sign([scene.Answer()], Now));
        scene.Refused("ocsp.signer", new OcspResponder(key, stranger.Pki.Issue("ocsp-responder", key)).Sign([scene.Answer()], Now));

        // The right certificate with another key.
        scene.Refused("ocsp.signer", new OcspResponder(key, scene.ResponderCertificate).Sign([scene.Answer()], Now));
        Assert.Contains(
            scene.Response(scene.Answer()).Verify(scene.Expectation with { At = scene.Expectation.At.AddDays(400), GreatestAge = TimeSpan.FromDays(500) }).Checks,
            c => c is { Code: "ocsp.signer", Outcome: Outcome.Failed });
    }

    [Fact]
    public void The_time_of_an_answer_counts()
    {
        using var scene = new Scene(SignatureSuite.International);
        scene.Refused("ocsp.time", scene.Sign(scene.Answer() with { ThisUpdate = Now.AddMinutes(6) }));
        scene.Refused("ocsp.time", scene.Sign(scene.Answer() with { ThisUpdate = Now.AddHours(-2), NextUpdate = Now.AddHours(-1) }));
        scene.Refused("ocsp.time", scene.Sign(scene.Answer() with { ThisUpdate = Now.AddDays(-2), NextUpdate = null }));
        scene.Refused("ocsp.time", scene.Sign(scene.Answer() with { NextUpdate = Now.AddHours(-1) }));
        Assert.True(scene.Judge(scene.Answer() with { ThisUpdate = Now.AddMinutes(4), NextUpdate = null }).Valid);
    }

    [Fact]
    public void The_nonce_must_come_back()
    {
        using var scene = new Scene(SignatureSuite.Sm);
        var nonce = OcspRequest.NewNonce();
        var asked = scene.Expectation with { Nonce = nonce };
        Assert.True(OcspResponse.Read(scene.Responder.Sign([scene.Answer()], Now, nonce)).Verify(asked).Valid);
        Assert.False(OcspResponse.Read(scene.Responder.Sign([scene.Answer()], Now)).Verify(asked).Valid);
        Assert.False(OcspResponse.Read(scene.Responder.Sign([scene.Answer()], Now, OcspRequest.NewNonce())).Verify(asked).Valid);
    }

    [Fact]
    public void An_answer_about_another_certificate_is_none()
    {
        using var scene = new Scene(SignatureSuite.International);
        scene.Refused("ocsp.certificate", scene.Sign(scene.Answer() with { Certificate = CertificateId.Of(scene.End.SerialNumber.Add(Org.BouncyCastle.Math.BigInteger.One), scene.Pki.Issuing, HashFunction.Sha256) }));
        scene.Refused("ocsp.certificate", scene.Sign(scene.Answer() with { Certificate = CertificateId.Of(scene.End.SerialNumber, scene.Pki.Root, HashFunction.Sha256) }));
        scene.Refused("ocsp.status", OcspResponder.Error(OcspResponseStatus.TryLater));
    }

    [Fact]
    public void Every_changed_byte_and_every_cut_shows()
    {
        using var scene = new Scene(SignatureSuite.International);
        var der = scene.Sign(scene.Answer());
        for (var i = 0; i < der.Length; i++)
        {
            var changed = (byte[])der.Clone();
            changed[i] ^= 0x01;
            Assert.False(IsValid(changed), FormattableString.Invariant($"byte {i}"));
            Assert.False(IsValid(der[..i]));
        }

        Assert.False(IsValid([.. der, 0]));

        bool IsValid(byte[] bytes)
        {
            try
            {
                return OcspResponse.Read(bytes).Verify(scene.Expectation).Valid;
            }
            catch (CryptographicException)
            {
                return false;
            }
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("3000")]
    [InlineData("30023000")]
    [InlineData("300430023000")]
    [InlineData("3080300230000000")]
    [InlineData("3084FFFFFFFF")]
    [InlineData("3082FFFF")]
    [InlineData("0500")]
    [InlineData("30030A0100")]
    public void What_is_no_request_is_refused(string hex) => Assert.Throws<CryptographicException>(() => OcspRequest.Read(Convert.FromHexString(hex)));

    [Theory]
    [InlineData(0)]
    [InlineData(129)]
    public void A_nonce_has_1_to_128_bytes(int length)
    {
        using var pki = new TestPki(SignatureSuite.International);
        var id = CertificateId.Of(pki.Issuing.SerialNumber, pki.Root, HashFunction.Sha256);
        Assert.Throws<CryptographicException>(() => OcspRequest.Read(new OcspRequest([id], new byte[length]).Encode()));
        Assert.Equal(128, OcspRequest.Read(new OcspRequest([id], new byte[128]).Encode()).Nonce!.Value.Length);
    }

    /// <summary>An end certificate, its issuer, and the responder whom the issuer appointed.</summary>
    private sealed class Scene : IDisposable
    {
        private readonly SoftwareSigner key;

        public Scene(SignatureSuite suite)
        {
            Pki = new TestPki(suite);
            key = SoftwareSigner.Generate(suite);
            End = Pki.Issue("department");
            ResponderCertificate = Pki.Issue("ocsp-responder", key);
            Responder = new OcspResponder(key, ResponderCertificate);
            Id = CertificateId.Of(End.SerialNumber, Pki.Issuing, HashFunction.Sha256);
        }

        public TestPki Pki { get; }

        public X509Certificate End { get; }

        public X509Certificate ResponderCertificate { get; }

        public OcspResponder Responder { get; }

        public CertificateId Id { get; }

        public OcspExpectation Expectation => new(End, Pki.Issuing, Now);

        public OcspAnswer Answer() => new(Id, OcspCertificateStatus.Good, Now, Now.AddHours(12));

        public byte[] Sign(OcspAnswer answer) => Responder.Sign([answer], Now);

        public OcspResponse Response(OcspAnswer answer) => OcspResponse.Read(Sign(answer));

        public OcspResult Judge(OcspAnswer answer) => Response(answer).Verify(Expectation);

        public void Refused(string code, byte[] response)
        {
            var result = OcspResponse.Read(response).Verify(Expectation);
            Assert.False(result.Valid);
            Assert.Equal((code, Outcome.Failed), (result.Checks[^1].Code, result.Checks[^1].Outcome));
        }

        public void Dispose()
        {
            key.Dispose();
            Pki.Dispose();
        }
    }
}
