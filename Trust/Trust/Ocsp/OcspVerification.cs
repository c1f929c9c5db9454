using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.X509;
using Yinxin.Trust.Revocation;
using Yinxin.Trust.Suites;
using Yinxin.Trust.Validation;

namespace Yinxin.Trust.Ocsp;

/// <summary>What a response must answer.</summary>
/// <param name="Certificate">The certificate in question.</param>
/// <param name="Issuer">Its issuer, already trusted as such by the caller.</param>
/// <param name="At">The time at which the answer must hold.</param>
public sealed record OcspExpectation(X509Certificate Certificate, X509Certificate Issuer, DateTimeOffset At)
{
    /// <summary>The nonce of the request; null when none was sent.</summary>
    public ReadOnlyMemory<byte>? Nonce { get; init; }

    /// <summary>How far the responder's clock may be ahead of the caller's.</summary>
    public TimeSpan ClockTolerance { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How old an answer may be that names no next update.</summary>
    public TimeSpan GreatestAge { get; init; } = TimeSpan.FromDays(1);

    /// <summary>Signatures over SHA-1 count: only for material from before its end.</summary>
    public bool AcceptSha1 { get; init; }
}

/// <summary>What became of a response.</summary>
/// <param name="Checks">Each step with its outcome, in order; none after the first that failed.</param>
/// <param name="Answer">What it says about the certificate, if all checks passed; else null.</param>
public sealed record OcspResult(IReadOnlyList<Check> Checks, OcspAnswer? Answer)
{
    /// <summary>The answer may be relied on.</summary>
    public bool Valid => Answer is not null;
}

/// <summary>The conditions under which a response counts (RFC 6960 §3.2), strictly.</summary>
internal static class OcspVerification
{
    public static OcspResult Verify(OcspResponse response, OcspExpectation expectation)
    {
        var answer = response.Answers.FirstOrDefault(a => a.Certificate.Serial.Equals(expectation.Certificate.SerialNumber) && a.Certificate.IsIssuedBy(expectation.Issuer));
        var checks = new List<Check>();
        foreach (var step in new Func<Check>[]
        {
            () => Check.Of("ocsp.status", "应答状态", "Response status", response.Status == OcspResponseStatus.Successful, response.Status.ToString()),
            () => Check.Of("ocsp.extension", "关键扩展项", "Critical extensions", !response.HasUnknownCriticalExtension),
            () => Check.Of("ocsp.certificate", "所询证书", "Certificate asked for", answer is not null),
            () => Signer(response, expectation),
            () => Time(answer!, response, expectation),
            () => Nonce(response, expectation),
        })
        {
            try
            {
                checks.Add(step());
            }
            catch (Exception e) when (Malformed.Is(e))
            {
                checks.Add(Check.Of("ocsp.form", "编码", "Encoding", passed: false, "A certificate in the response is malformed."));
            }

            if (checks[^1].Outcome != Outcome.Passed)
            {
                return new OcspResult(checks, Answer: null);
            }
        }

        return new OcspResult(checks, answer);
    }

    /// <summary>The issuer itself, or a responder whom the issuer appointed directly (§4.2.2.2); a configured third party is not known here.</summary>
    private static Check Signer(OcspResponse response, OcspExpectation expectation)
    {
        var named = response.Certificates.Where(c => IsNamed(response, c) && IsAppointed(c, expectation));
        var candidates = IsNamed(response, expectation.Issuer) ? named.Prepend(expectation.Issuer) : named;
        var signed = candidates.Any(c => Verifies(
            c.SubjectPublicKeyInfo.GetDerEncoded(), response.SignatureAlgorithm!, response.SignedData.Span, response.Signature.Span, expectation.AcceptSha1));
        return Check.Of("ocsp.signer", "应答签名", "Signature of an authorised responder", signed);
    }

    private static bool IsNamed(OcspResponse response, X509Certificate certificate) => response switch
    {
        { ResponderName: { } name } => name.Span.SequenceEqual(certificate.SubjectDN.GetDerEncoded()),
        { ResponderKey: { } key } => key.Span.SequenceEqual(CertificateId.KeyHash(certificate, HashFunction.Sha1)),
        _ => false,
    };

    private static bool IsAppointed(X509Certificate responder, OcspExpectation expectation)
    {
        var issuer = expectation.Issuer;
        return responder.IssuerDN.Equivalent(issuer.SubjectDN, inOrder: true)
            && responder.GetExtendedKeyUsage()?.Contains(KeyPurposeID.id_kp_OCSPSigning) == true
            && (responder.GetKeyUsage() is not { } usage || usage[0] || usage[1])
            && responder.GetCriticalExtensionOids()?.All(Processed.Contains) != false
            && expectation.At.UtcDateTime >= responder.NotBefore && expectation.At.UtcDateTime <= responder.NotAfter
            && responder.CertificateStructure.SignatureAlgorithm.Equals(responder.TbsCertificate.Signature)
            && Verifies(issuer.SubjectPublicKeyInfo.GetDerEncoded(), responder.CertificateStructure.SignatureAlgorithm, responder.GetTbsCertificate(), responder.GetSignature(), expectation.AcceptSha1);
    }

    private static readonly HashSet<string> Processed = new(StringComparer.Ordinal)
    {
        X509Extensions.KeyUsage.Id, X509Extensions.ExtendedKeyUsage.Id, X509Extensions.BasicConstraints.Id, Org.BouncyCastle.Asn1.Ocsp.OcspObjectIdentifiers.PkixOcspNocheck.Id,
    };

    private static bool Verifies(byte[] key, AlgorithmIdentifier algorithm, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature, bool sha1) =>
        SignatureScheme.Of(algorithm) is { } scheme && (sha1 || scheme.DataHash != HashFunction.Sha1) && RememberedSignatures.Verify(key, algorithm, data, signature);

    /// <summary>§4.2.2.1: thisUpdate not in the future, nextUpdate not in the past.</summary>
    private static Check Time(OcspAnswer answer, OcspResponse response, OcspExpectation expectation)
    {
        var begun = answer.ThisUpdate <= expectation.At + expectation.ClockTolerance && response.ProducedAt <= expectation.At + expectation.ClockTolerance;
        var end = answer.NextUpdate ?? (answer.ThisUpdate + expectation.GreatestAge);
        return Check.Of("ocsp.time", "应答时效", "Time of the answer", begun && expectation.At <= end && end >= answer.ThisUpdate, $"{answer.ThisUpdate:u} – {answer.NextUpdate:u}");
    }

    /// <summary>A responder that serves answers made before leaves the nonce out; the caller who sent one does not accept that.</summary>
    private static Check Nonce(OcspResponse response, OcspExpectation expectation)
    {
        var same = expectation.Nonce is not { } sent || (response.Nonce is { } received && received.Span.SequenceEqual(sent.Span));
        return Check.Of("ocsp.nonce", "随机数", "Nonce", same);
    }
}
