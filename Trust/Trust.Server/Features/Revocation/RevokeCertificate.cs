using System.Text;
using Microsoft.EntityFrameworkCore;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.ServiceDefaults.Security;
using Yinxin.ServiceDefaults.Tokens;
using Yinxin.ServiceDefaults.Transparency;
using Yinxin.Trust.Revocation;
using Yinxin.Trust.Server.Data;
using Yinxin.Trust.Server.Features.Expiry;
using Yinxin.Trust.Server.Features.Issued;
using Yinxin.Trust.Server.Features.Issuing;

namespace Yinxin.Trust.Server.Features.Revocation;

/// <summary>POST /api/certificates/{authority}/{serial}/revocation: revokes, puts on hold, or lifts a hold. The same order again changes nothing and answers the same.</summary>
internal static class RevokeCertificate
{
    private static readonly Problem BadReason = new(
        "trust.revocation.reason", 422, "吊销原因不正确。",
        "The reason is one of keyCompromise, cACompromise, affiliationChanged, superseded, cessationOfOperation, certificateHold, removeFromCRL, privilegeWithdrawn (RFC 5280 §5.3.1).");

    public static void Map(WebApplication app) =>
        app.MapPost("/api/certificates/{authority}/{serial}/revocation", HandleAsync).RequireAuthorization(ApiTokens.Scope("trust.revoke"));

    private static async Task<CertificateView> HandleAsync(
        string authority, string serial, Request request, HttpContext http, RevocationLedger ledger, RevocationWatch watch, CancellationToken cancellationToken)
    {
        if (RevocationReasons.Parse(request.Reason) is not { } reason || reason is RevocationReason.Unspecified or RevocationReason.AaCompromise)
        {
            throw BadReason.Exception();
        }

        // Stored to the second, as lists and responses say it: the same order again is then the same.
        var date = request.InvalidityDate is { } given ? DateTimeOffset.FromUnixTimeSeconds(given.ToUnixTimeSeconds()) : (DateTimeOffset?)null;
        var certificate = await ledger.ApplyAsync(authority, serial.ToLowerInvariant(), new RevocationOrder(reason, date), Caller.Of(http), cancellationToken);

        // It is durable; from here on nothing is taken back. This node tells the new status at once, others within the interval of their watch.
        watch.Changed(authority, certificate.Serial);
        return CertificateView.Of(certificate, withDer: false);
    }

    /// <param name="Reason">CRLReason by name.</param>
    /// <param name="InvalidityDate">Since when the key is known or suspected to be bad.</param>
    internal sealed record Request(string? Reason, DateTimeOffset? InvalidityDate);
}

/// <summary>Changes the status of one certificate in one transaction: status, event, audit, and the message to the transparency log, or none of them.</summary>
internal sealed class RevocationLedger(TrustContext database, IAuditTrail audit, IDataCipher cipher, TimeProvider time)
{
    public async Task<IssuedCertificate> ApplyAsync(string authority, string serial, RevocationOrder order, string actor, CancellationToken cancellationToken)
    {
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        await LockAsync(authority, cancellationToken);
        var certificate = await database.Certificates.SingleOrDefaultAsync(c => c.Authority == authority && c.Serial == serial, cancellationToken)
            ?? throw CertificateView.Unknown.Exception();
        if (await ChangeAsync(certificate, order, actor, cancellationToken))
        {
            await database.SaveChangesAsync(cancellationToken);
            await transaction.CommitAsync(CancellationToken.None);
        }

        return certificate;
    }

    /// <summary>Takes the row's lock: from here to the end of the transaction nobody else changes a status of this authority, so what is read stays true.</summary>
    public Task LockAsync(string authority, CancellationToken cancellationToken) => database.Set<RevocationState>().Where(s => s.Authority == authority)
        .ExecuteUpdateAsync(set => set.SetProperty(s => s.Changes, s => s.Changes), cancellationToken);

    /// <summary>Under the lock: changes the certificate in the context, with all that must be stored with it. False when it is so already. The caller saves.</summary>
    public async Task<bool> ChangeAsync(IssuedCertificate certificate, RevocationOrder order, string actor, CancellationToken cancellationToken)
    {
        var (authority, serial) = (certificate.Authority, certificate.Serial);
        var last = await database.Set<RevocationEvent>().AsNoTracking().Where(e => e.Authority == authority && e.Serial == serial)
            .OrderByDescending(e => e.Sequence).FirstOrDefaultAsync(cancellationToken);
        var now = time.GetUtcNow();
        if (RevocationRules.Decide(certificate, last, order, now) is not { } status)
        {
            return false;
        }

        var states = database.Set<RevocationState>().Where(s => s.Authority == authority);
        await states.ExecuteUpdateAsync(set => set.SetProperty(s => s.Changes, s => s.Changes + 1), cancellationToken);
        var sequence = await states.Select(s => s.Changes).SingleAsync(cancellationToken);
        var change = new RevocationEvent
        {
            Authority = authority,
            Serial = serial,
            Sequence = sequence,
            Status = status,
            Reason = (int)order.Reason,
            InvalidityDate = order.InvalidityDate,
            Actor = actor,
            At = now,
        };
        database.Add(change);
        Set(certificate, change);
        Tell(change);
        if (status == CertificateStatus.Revoked)
        {
            await LetGoAsync(certificate, now, cancellationToken);
        }

        return true;
    }

    /// <summary>Nobody need be told of its end any more; the certificate that it followed may be renewed anew.</summary>
    private async Task LetGoAsync(IssuedCertificate certificate, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await database.EndNoticesAsync(certificate, "revoked", now, cancellationToken);
        if (certificate.RenewedBy is null && certificate.Renews is { } before && await database.Certificates.SingleOrDefaultAsync(c => c.Authority == certificate.Authority && c.Serial == before, cancellationToken) is { } renewed
            && renewed.RenewedBy == certificate.Serial)
        {
            renewed.RenewedBy = null;
        }
    }

    private static void Set(IssuedCertificate certificate, RevocationEvent change)
    {
        var released = change.Status == CertificateStatus.Valid;
        certificate.Status = change.Status;
        certificate.RevokedAt = released ? null : certificate.RevokedAt ?? change.At;
        certificate.RevocationReason = released ? null : change.Reason;
        certificate.InvalidityDate = released ? null : change.InvalidityDate;
    }

    private void Tell(RevocationEvent change)
    {
        var act = change.Status switch
        {
            CertificateStatus.Held => "held",
            CertificateStatus.Revoked => "revoked",
            _ => "released",
        };
        var subject = $"{change.Authority}/{change.Serial}";
        var reason = ((RevocationReason)change.Reason).Name();
        audit.Add(new AuditEntry("trust.certificate." + act, subject, change.Actor, Details: new { reason, change.InvalidityDate }));
        var bytes = Encoding.UTF8.GetBytes($"{subject}\n{change.Sequence}\n{act}\n{reason}\n{change.InvalidityDate:yyyy-MM-dd'T'HH:mm:ss'Z'}\n{change.At:yyyy-MM-dd'T'HH:mm:ss'Z'}");
        database.Add(LoggedEvent.Message(("certificate." + act, change.At), subject, bytes, FormattableString.Invariant($"{change.Authority}/{change.Sequence}"), cipher));
    }
}
