using Microsoft.EntityFrameworkCore;
using Yinxin.ServiceDefaults.Tokens;
using Yinxin.Trust.Revocation;
using Yinxin.Trust.Server.Data;

namespace Yinxin.Trust.Server.Features.Issued;

/// <summary>GET /api/certificates/{authority}/{serial}: one certificate with every change of its status.</summary>
internal static class FindCertificate
{
    /// <summary>A certificate can be held and released without end; the answer is not without end.</summary>
    private const int MostChanges = 200;

    public static void Map(WebApplication app) =>
        app.MapGet("/api/certificates/{authority}/{serial}", HandleAsync).RequireAuthorization(ApiTokens.Scope("trust.read"));

    private static async Task<Answer> HandleAsync(string authority, string serial, TrustContext database, CancellationToken cancellationToken)
    {
        serial = serial.ToLowerInvariant();
        var certificate = await database.Certificates.AsNoTracking().SingleOrDefaultAsync(c => c.Authority == authority && c.Serial == serial, cancellationToken)
            ?? throw CertificateView.Unknown.Exception();
        var changes = await database.Set<RevocationEvent>().AsNoTracking().Where(e => e.Authority == authority && e.Serial == serial)
            .OrderByDescending(e => e.Sequence).Take(MostChanges).ToListAsync(cancellationToken);
        return new Answer(CertificateView.Of(certificate, withDer: true), [.. changes.Select(c => new Change(
            c.Sequence, CertificateView.Name(c.Status), ((RevocationReason)c.Reason).Name(), c.InvalidityDate, c.Actor, c.At))]);
    }

    /// <param name="Certificate">As it stands.</param>
    /// <param name="Changes">The newest first.</param>
    internal sealed record Answer(CertificateView Certificate, IReadOnlyList<Change> Changes);

    /// <param name="Sequence">Its place among all changes of the authority.</param>
    /// <param name="Status">What the certificate became.</param>
    /// <param name="Reason">CRLReason by name.</param>
    /// <param name="InvalidityDate">Since when the key is known or suspected to be bad.</param>
    /// <param name="Actor">The client that asked.</param>
    /// <param name="At">When.</param>
    internal sealed record Change(long Sequence, string Status, string Reason, DateTimeOffset? InvalidityDate, string Actor, DateTimeOffset At);
}
