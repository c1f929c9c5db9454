using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.Trust.Certificates;
using Yinxin.Trust.Revocation;
using Yinxin.Trust.Server.Data;
using Yinxin.Trust.Server.Features.Acme.Messages;
using Yinxin.Trust.Server.Features.Acme.Problems;
using Yinxin.Trust.Server.Features.Revocation;

namespace Yinxin.Trust.Server.Features.Acme.Certificates;

/// <summary>
/// POST /acme/revoke-cert (RFC 8555 §7.6): by the account that ordered the certificate, by one that has proved control of all its names, or by the certificate's own key.
/// From there on it is the same revocation as any other: list, OCSP, audit and log.
/// </summary>
internal sealed class RevokeIssued(TrustContext database, SignedRequests requests, IssuedSites sites, RevocationLedger ledger, RevocationWatch watch, TimeProvider time)
{
    /// <summary>Reasons that a site's owner may give; the others are the CA's to say.</summary>
    private static readonly RevocationReason[] Reasons =
        [RevocationReason.Unspecified, RevocationReason.KeyCompromise, RevocationReason.AffiliationChanged, RevocationReason.Superseded, RevocationReason.CessationOfOperation];

    public static void Map(RouteGroupBuilder group) => group.MapPost("/revoke-cert", (HttpContext http, RevokeIssued handler) => handler.HandleAsync(http));

    private async Task<IResult> HandleAsync(HttpContext http)
    {
        var request = await requests.FromEitherAsync(http);
        var payload = request.Json;
        var reason = ReasonOf(payload);
        var certificate = await FindAsync(payload, http.RequestAborted);
        var actor = request.Account is { } account ? "acme:" + account.Id.ToString("N") : "acme:key:" + request.Key.Thumbprint;
        if (!await (request.Account is { } owner ? MayAsync(owner, certificate, http.RequestAborted) : Task.FromResult(HasKey(certificate, request.Key))))
        {
            throw AcmeErrorKind.Unauthorized.Because("The certificate was neither ordered by this account nor is it for this key, nor has the account proved control of all its names.");
        }

        if (certificate.Status == CertificateStatus.Revoked)
        {
            throw AcmeErrorKind.AlreadyRevoked.Because("The certificate is revoked.");
        }

        await ApplyAsync(certificate, reason, actor, http.RequestAborted);
        watch.Changed(certificate.Authority, certificate.Serial);
        return Results.Ok();
    }

    private async Task ApplyAsync(IssuedCertificate certificate, RevocationReason reason, string actor, CancellationToken cancellationToken)
    {
        try
        {
            await ledger.ApplyAsync(certificate.Authority, certificate.Serial, new RevocationOrder(reason, InvalidityDate: null), actor, cancellationToken);
        }
        catch (ProblemException e) when (e.Problem.Code == "trust.revocation.final")
        {
            throw AcmeErrorKind.AlreadyRevoked.Because("The certificate was revoked in the same moment.");
        }
        catch (ProblemException e)
        {
            throw AcmeErrorKind.Malformed.Because(e.Problem.English);
        }
    }

    private async Task<IssuedCertificate> FindAsync(JsonElement payload, CancellationToken cancellationToken) =>
        payload.TryGetProperty("certificate", out var member) && member.ValueKind == JsonValueKind.String && StrictBase64Url.Decode(member.GetString()) is { } der
            ? await sites.FindAsync(der, cancellationToken) ?? throw new AcmeException(AcmeErrorKind.Malformed, "The certificate was not issued here for a site.") { Status = StatusCodes.Status404NotFound }
            : throw AcmeErrorKind.Malformed.Because("certificate is missing or not base64url.");

    private async Task<bool> MayAsync(AcmeAccount account, IssuedCertificate certificate, CancellationToken cancellationToken)
    {
        var (id, now) = (account.Id, time.GetUtcNow());
        if (await database.Set<AcmeOrder>().AnyAsync(o => o.AccountId == id && o.Authority == certificate.Authority && o.Serial == certificate.Serial, cancellationToken))
        {
            return true;
        }

        var names = IssuedSites.NamesOf(certificate);
        var values = names.Select(n => n.Value).ToList();
        var proved = await database.Set<AcmeAuthorization>()
            .Where(a => a.AccountId == id && a.Status == AcmeAuthorizationStatus.Valid && a.ExpiresAt > now && values.Contains(a.Value)).Select(a => new { a.Type, a.Value }).ToListAsync(cancellationToken);
        return names.All(n => proved.Exists(p => p.Type == n.Type && p.Value == n.Value));
    }

    private static bool HasKey(IssuedCertificate certificate, AcmeKey key) =>
        CertificateReading.Read(certificate.Certificate).CertificateStructure.SubjectPublicKeyInfo.GetDerEncoded().AsSpan().SequenceEqual(key.Info);

    private static RevocationReason ReasonOf(JsonElement payload) =>
        !payload.TryGetProperty("reason", out var member) ? RevocationReason.Unspecified
        : member.ValueKind == JsonValueKind.Number && member.TryGetInt32(out var number) && Array.IndexOf(Reasons, (RevocationReason)number) >= 0 ? (RevocationReason)number
        : throw AcmeErrorKind.BadRevocationReason.Because("Reasons are " + string.Join(", ", Reasons.Select(r => $"{(int)r} ({r.Name()})")) + ".");
}
