using Microsoft.EntityFrameworkCore;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.Trust.Certificates;
using Yinxin.Trust.Revocation;
using Yinxin.Trust.Server.Data;
using Yinxin.Trust.Server.Features.Authorities;
using Yinxin.Trust.Server.Features.Expiry;
using Yinxin.Trust.Server.Features.Issued;
using Yinxin.Trust.Server.Features.Issuing;
using Yinxin.Trust.Server.Features.Revocation;

namespace Yinxin.Trust.Server.Features.Renewal;

/// <summary>What became of a renewal.</summary>
/// <param name="Renewed">The old certificate.</param>
/// <param name="Successor">The new one.</param>
/// <param name="IsNew">It was issued now; else the same request came before.</param>
/// <param name="Superseded">The old one was revoked now.</param>
internal sealed record RenewalOutcome(IssuedCertificate Renewed, IssuedCertificate Successor, bool IsNew, bool Superseded);

/// <summary>
/// Renews one certificate in one transaction, under the lock that orders all changes of its CA: of many requests at once one issues, and none races a revocation.
/// The new certificate, the link between both, the end of the notices, the audit and the message to the log are stored together or not at all.
/// </summary>
internal sealed class RenewalLedger(
    TrustContext database, CertificateSigning signing, CertificateIssuance issuance, RevocationLedger revocation, AuthorityStore authorities, IAuditTrail audit, TimeProvider time)
{
    public async Task<RenewalOutcome> RenewAsync(string authority, string serial, RenewalOrder order, CancellationToken cancellationToken)
    {
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        await revocation.LockAsync(authority, cancellationToken);
        var renewed = await FindAsync(authority, serial, cancellationToken) ?? throw CertificateView.Unknown.Exception();
        RenewalRules.CheckPossession(renewed, order.Request);
        var known = renewed.RenewedBy is { } by ? await FindAsync(authority, by, cancellationToken) : null;
        var isRepeated = known is not null && CertificateReading.Read(known.Certificate).SubjectPublicKeyInfo.GetDerEncoded().AsSpan().SequenceEqual(order.Request.Request.PublicKey);
        var successor = isRepeated ? known! : await IssueAsync(renewed, order, cancellationToken);
        var superseded = order.Supersede && time.GetUtcNow() < renewed.NotAfter
            && await revocation.ChangeAsync(renewed, new RevocationOrder(RevocationReason.Superseded, InvalidityDate: null), order.Caller, cancellationToken);
        await database.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(CancellationToken.None);
        return new RenewalOutcome(renewed, successor, !isRepeated, superseded);
    }

    private Task<IssuedCertificate?> FindAsync(string authority, string serial, CancellationToken cancellationToken) =>
        database.Certificates.SingleOrDefaultAsync(c => c.Authority == authority && c.Serial == serial, cancellationToken);

    private async Task<IssuedCertificate> IssueAsync(IssuedCertificate renewed, RenewalOrder order, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var profile = RenewalRules.Check(renewed, order.Request, now);
        var authority = authorities.AuthorityOf(profile, order.Request.Request);
        if (authority.Name != renewed.Authority)
        {
            throw RequestJudgement.WrongSuite.Exception();
        }

        // The subject as it stood: a name that is merely equivalent may be written otherwise.
        var asked = RequestJudgement.Order(order.Request.Request, profile, order.Caller) with { Subject = order.Request.Signer.SubjectDN };
        var signed = issuance.Add(signing.SignJudged(authority, asked));
        signed.Record.Renews = renewed.Serial;
        renewed.RenewedBy = signed.Record.Serial;
        await database.EndNoticesAsync(renewed, "renewed", now, cancellationToken);
        audit.Add(new AuditEntry("trust.certificate.renewed", $"{renewed.Authority}/{renewed.Serial}", order.Caller, Details: new { by = signed.Record.Serial, order.Supersede }));
        return signed.Record;
    }
}
