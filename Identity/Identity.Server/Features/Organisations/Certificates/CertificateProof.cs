using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.IdentityModel.Tokens;
using Org.BouncyCastle.X509;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance.Evidences;
using Yinxin.Identity.Server.Features.Raising;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.Trust.Certificates;
using Yinxin.Trust.Certificates.Paths;
using Yinxin.Trust.Cms.Cades;
using Yinxin.Trust.Validation;
using Yinxin.Trust.Validation.Policies;

namespace Yinxin.Identity.Server.Features.Organisations.Certificates;

/// <summary>
/// An organisation proves itself by its digital certificate: it signs a challenge of this session and this organisation with the key of a certificate that leads to a trusted
/// anchor for client authentication, is in force and not revoked, and names this organisation by its credit code. Either suite.
/// </summary>
internal sealed class CertificateProof(
    IdentityContext database, PersonalData personal, TrustMaterial trust, OnlineStatus online, OutsideSteps steps, IAuditTrail audit, TimeProvider time)
{
    /// <summary>A signature with a chain is some kilobytes; the receipt must hold it.</summary>
    public const int LargestSignature = 32 * 1024;

    private const string Action = "organisation.certificate";
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(15);
    private static readonly ValidationPolicy Policy = LoadPolicy();

    private static readonly Problem Lapsed = new(
        "identity.certificate.challenge", 422, "签署内容已失效、已使用，或不属于本次登录。请重新生成。", "The challenge has lapsed, was used, or is not of this session. Please have a new one made.");

    private static readonly Problem NotSigned = new(
        "identity.certificate.signature", 422, "上传的不是对这份签署内容的有效签名（CMS，分离式，含证书）。", "What was uploaded is no valid signature over this challenge (CMS, detached, with certificate).");

    private static readonly Problem NotTrusted = new(
        "identity.certificate.notTrusted", 422, "证书不是信任列表中的机构签发的客户端认证证书。", "The certificate is none for client authentication from a CA of the trust lists.");

    private static readonly Problem Revoked = new("identity.certificate.revoked", 422, "证书已被吊销或挂起。", "The certificate is revoked or on hold.");

    private static readonly Problem Expired = new("identity.certificate.expired", 422, "证书不在有效期内。", "The certificate is not within its validity.");

    private static readonly Problem StatusUnknown = new(
        "identity.certificate.statusUnknown", 503, "暂时无法确认证书是否被吊销，请稍后重新生成并签署。", "Whether the certificate is revoked cannot be told at the moment; please make and sign a new challenge in a while.");

    private static readonly Problem OtherOrganisation = new(
        "identity.certificate.otherOrganisation", 422, "证书不属于该组织（主体中的统一社会信用代码不一致）。", "The certificate is another organisation's: the credit code in its subject differs.");

    /// <summary>Makes a challenge.</summary>
    public Task<OutsideStep> BeginAsync(Organisation organisation, Guid session, string? returnUrl, CancellationToken cancellationToken)
    {
        var until = (time.GetUtcNow() + Life).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        var text = $"Yinxin enterprise certificate challenge\norganisation: {organisation.Uscc}\nchallenge: {Base64UrlEncoder.Encode(RandomNumberGenerator.GetBytes(32))}\nuntil: {until}\n";
        return steps.BeginAsync(EvidenceKinds.EnterpriseCertificate, session, organisation.Id, text, reference: null, returnUrl, Life, cancellationToken);
    }

    /// <summary>The challenge of this session and organisation while it can be used.</summary>
    public async Task<OutsideStep?> FindAsync(Organisation organisation, Guid session, string? challenge, CancellationToken cancellationToken) =>
        await steps.FindAsync(challenge, EvidenceKinds.EnterpriseCertificate, session, cancellationToken) is { } step && step.SubjectId == organisation.Id ? step : null;

    /// <summary>Checks what was signed; a challenge is spent by the first signature that is looked at, right or wrong.</summary>
    /// <exception cref="ProblemException">Refused; each reason with its code.</exception>
    public async Task ProveAsync(Organisation organisation, Guid actor, Guid session, string? challenge, byte[] signature, CancellationToken cancellationToken)
    {
        // Ours is asked first: an outage of the trust lists must not cost the person the challenge.
        var material = await trust.CurrentAsync(cancellationToken);
        if (await FindAsync(organisation, session, challenge, cancellationToken) is null ||
            await steps.TakeAsync(challenge, EvidenceKinds.EnterpriseCertificate, session, cancellationToken) is not { } step)
        {
            throw Lapsed.Exception();
        }

        var now = time.GetUtcNow();
        var result = await ValidateAsync(signature, Encoding.UTF8.GetBytes(step.Challenge), material, now, cancellationToken);
        var refusal = RefusalOf(result, organisation);
        audit.Add(new AuditEntry(Action, organisation.Id.ToString(), actor.ToString(), Details: new { serial = Serial(result), conclusion = result?.Conclusion.SubIndication?.ToString() }, Result: refusal?.Code ?? "ok"));
        if (refusal is null)
        {
            Record(organisation.Id, step.Challenge, signature, result!.SigningCertificate!, now);
        }

        await database.SaveChangesAsync(cancellationToken);
        if (refusal is not null)
        {
            throw refusal.Exception();
        }
    }

    /// <summary>
    /// Whether the certificate behind a record stands no more: it was revoked or put on hold, or a trust list says that its CA's time of trust has ended. The kept signature is
    /// judged anew, so that the trust of today counts; what cannot be told leaves the record as it is.
    /// </summary>
    /// <returns>A word for machines; null while it stands.</returns>
    /// <exception cref="ProblemException">The trust lists cannot be had.</exception>
    /// <exception cref="CryptographicException">The receipt is not the one of this record.</exception>
    public async Task<string?> LostAsync(Evidence evidence, CancellationToken cancellationToken)
    {
        if (EvidenceReceipt.Read(evidence, personal) is not { } receipt || JsonSerializer.Deserialize<Receipt>(receipt, JsonSerializerOptions.Web) is not { Challenge: { } challenge, Cms: { } cms })
        {
            return null;
        }

        var material = await trust.CurrentAsync(cancellationToken);
        var result = await ValidateAsync(Convert.FromBase64String(cms), Encoding.UTF8.GetBytes(challenge), material, time.GetUtcNow(), cancellationToken);
        return RefusalOf(result) == Revoked ? CertificateRechecks.Revoked : IsDistrusted(result) ? CertificateRechecks.Distrusted : null;
    }

    /// <summary>
    /// The bundle names the CA, and its time of trust has ended. A CA that the bundle does not name says nothing: a list whose next edition is a day late leaves the bundle whole,
    /// and its certificates are as honest as yesterday.
    /// </summary>
    private static bool IsDistrusted(ValidationResult? result) =>
        result?.Conclusion is { Indication: not Indication.Failed, SubIndication: SubIndication.NoCertificateChainFoundNoPoe };

    private async Task<ValidationResult?> ValidateAsync(byte[] signature, byte[] content, ValidationMaterial material, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var subjects = CadesReader.Read(signature, DetachedContent.Of(content));
        if (subjects.Count != 1)
        {
            return null;
        }

        // First without the network: only a path that leads to a trusted anchor makes us ask its CAs.
        var result = SignatureValidation.Validate(subjects[0], material, Policy, now);
        if (result.Path.Count < 2 || result.Conclusion.Indication == Indication.Failed)
        {
            return result;
        }

        var fetched = await online.FetchAsync(result.Path, cancellationToken);
        return SignatureValidation.Validate(subjects[0], material with { Revocation = [.. material.Revocation, .. fetched] }, Policy, now);
    }

    private static Problem? RefusalOf(ValidationResult? result, Organisation organisation) =>
        result is { Conclusion.IsPassed: true, SigningCertificate: { } certificate } && CodeOf(certificate) != organisation.Uscc ? OtherOrganisation : RefusalOf(result);

    private static Problem? RefusalOf(ValidationResult? result) => result switch
    {
        null => NotSigned,
        { Conclusion.IsPassed: true, SigningCertificate: not null } => null,
        { Conclusion.Indication: Indication.Failed } => NotSigned,
        _ => result.Conclusion.SubIndication switch
        {
            SubIndication.RevokedNoPoe or SubIndication.RevokedCaNoPoe or SubIndication.Revoked => Revoked,
            SubIndication.OutOfBoundsNoPoe or SubIndication.OutOfBoundsNotRevoked or SubIndication.Expired or SubIndication.NotYetValid => Expired,
            SubIndication.TryLater => result.Find("certificate.notOnHold") is { Status: ConstraintStatus.NotOk } ? Revoked : StatusUnknown,
            SubIndication.SignedDataNotFound or SubIndication.NoSigningCertificateFound => NotSigned,
            _ => NotTrusted,
        },
    };

    private void Record(Guid organisation, string challenge, byte[] signature, PathCertificate certificate, DateTimeOffset now)
    {
        var evidence = EvidenceRecords.New(
            organisation, EvidenceKinds.EnterpriseCertificate, "trust-list", "signed-challenge", certificate.Issuer.ToString() is { Length: <= 200 } issuer ? issuer : "ca", now,
            certificate.NotAfter, ["uscc"], Convert.ToHexStringLower(certificate.SerialNumber.Span));
        EvidenceReceipt.Attach(evidence, personal, JsonSerializer.Serialize(new Receipt(challenge, Convert.ToBase64String(signature)), JsonSerializerOptions.Web));
        database.Evidence.Add(evidence);
    }

    private static string? CodeOf(PathCertificate certificate) => Read(certificate).SubjectDN.SocialCreditCode();

    private static string? Serial(ValidationResult? result) => result?.SigningCertificate is { } certificate ? Convert.ToHexStringLower(certificate.SerialNumber.Span) : null;

    private static X509Certificate Read(PathCertificate certificate) => CertificateReading.Read(certificate.Encoded.Span);

    private static ValidationPolicy LoadPolicy()
    {
        using var stream = typeof(CertificateProof).Assembly.GetManifestResourceStream("organisations/enterprise-policy.json")!;
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        return ValidationPolicy.Parse(memory.ToArray());
    }

    /// <param name="Challenge">What was signed.</param>
    /// <param name="Cms">The signature, Base64.</param>
    private sealed record Receipt(string? Challenge, string? Cms);
}
