using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Yinxin.Trust.Server.Data;
using Yinxin.Trust.Server.Features.Acme.Problems;

namespace Yinxin.Trust.Server.Features.Acme.Certificates;

/// <summary>The certificate that a new order takes the place of (RFC 9773 §5): the same account's, with a name in common, and not replaced yet.</summary>
internal sealed class ReplacedCertificate(TrustContext database, IssuedSites sites, TimeProvider time)
{
    /// <returns>Its identifier, or null when the order names none.</returns>
    /// <exception cref="AcmeException">malformed, unauthorized or alreadyReplaced.</exception>
    public async Task<string?> ReadAsync(JsonElement payload, AcmeAccount account, IReadOnlyList<AcmeIdentifier> names, CancellationToken cancellationToken)
    {
        if (!payload.TryGetProperty("replaces", out var member))
        {
            return null;
        }

        if (member.ValueKind != JsonValueKind.String || await sites.FindAsync(member.GetString()!, cancellationToken) is not { } certificate)
        {
            throw AcmeErrorKind.Malformed.Because("replaces names no certificate that was issued here.");
        }

        if (!await database.Set<AcmeOrder>().AnyAsync(o => o.AccountId == account.Id && o.Authority == certificate.Authority && o.Serial == certificate.Serial, cancellationToken))
        {
            throw AcmeErrorKind.Unauthorized.Because("replaces names another account's certificate.");
        }

        if (!IssuedSites.NamesOf(certificate).Intersect(names).Any())
        {
            throw AcmeErrorKind.Malformed.Because("replaces names a certificate that has no name of this order.");
        }

        var (identifier, now) = (member.GetString()!, time.GetUtcNow());
        return await database.Set<AcmeOrder>().AnyAsync(
            o => o.Replaces == identifier && (o.Status == AcmeOrderStatus.Valid || (o.Status != AcmeOrderStatus.Invalid && o.ExpiresAt > now)), cancellationToken)
            ? throw AcmeErrorKind.AlreadyReplaced.Because("Another order replaces this certificate.") : identifier;
    }
}
