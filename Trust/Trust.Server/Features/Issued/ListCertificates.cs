using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.ServiceDefaults.Tokens;
using Yinxin.Trust.Server.Data;

namespace Yinxin.Trust.Server.Features.Issued;

/// <summary>GET /api/certificates: what was issued, the newest first, a page at a time. A page begins after the last row of the one before, so it costs the same however deep it lies.</summary>
internal static class ListCertificates
{
    private const int MostRows = 200;
    private const int LongestSubject = 100;
    private static readonly Problem BadFilter = new(
        "trust.certificates.filter", 422, "查询条件不正确。",
        "limit is 1 to 200, status is valid, held or revoked, subject has at most 100 characters, and after is the next of an earlier answer.");

    public static void Map(WebApplication app) => app.MapGet("/api/certificates", HandleAsync).RequireAuthorization(ApiTokens.Scope("trust.read"));

    private static async Task<Answer> HandleAsync([AsParameters] Filter filter, TrustContext database, CancellationToken cancellationToken)
    {
        var limit = filter.Limit ?? 50;
        if (limit is < 1 or > MostRows || filter.Subject?.Length > LongestSubject)
        {
            throw BadFilter.Exception();
        }

        var rows = After(Filtered(database.Certificates.AsNoTracking(), filter), filter.After);
        var page = await rows.OrderByDescending(c => c.IssuedAt).ThenByDescending(c => c.Authority).ThenByDescending(c => c.Serial).Take(limit + 1).ToListAsync(cancellationToken);
        var shown = page.Take(limit).ToList();
        return new Answer([.. shown.Select(c => CertificateView.Of(c, withDer: false))], page.Count > limit ? Cursor.Of(shown[^1]).Encode() : null);
    }

    private static IQueryable<IssuedCertificate> Filtered(IQueryable<IssuedCertificate> rows, Filter filter)
    {
        if (filter.Status is { } name)
        {
            var status = CertificateView.Parse(name) ?? throw BadFilter.Exception();
            rows = rows.Where(c => c.Status == status);
        }

        rows = filter.Authority is { } authority ? rows.Where(c => c.Authority == authority) : rows;
        rows = filter.Profile is { } profile ? rows.Where(c => c.Profile == profile) : rows;
        rows = filter.Serial?.ToLowerInvariant() is { } serial ? rows.Where(c => c.Serial == serial) : rows;
        rows = filter.Subject is { } subject ? rows.Where(c => c.Subject.Contains(subject)) : rows;
        rows = filter.IssuedFrom?.ToUniversalTime() is { } from ? rows.Where(c => c.IssuedAt >= from) : rows;
        rows = filter.IssuedBefore?.ToUniversalTime() is { } before ? rows.Where(c => c.IssuedAt < before) : rows;
        return filter.EndsBefore?.ToUniversalTime() is { } ends ? rows.Where(c => c.NotAfter < ends) : rows;
    }

    private static IQueryable<IssuedCertificate> After(IQueryable<IssuedCertificate> rows, string? after)
    {
        if (after is null)
        {
            return rows;
        }

        var (at, authority, serial) = Cursor.Decode(after) ?? throw BadFilter.Exception();
        return rows.Where(c => c.IssuedAt < at || (c.IssuedAt == at
            && (c.Authority.CompareTo(authority) < 0 || (c.Authority == authority && c.Serial.CompareTo(serial) < 0))));
    }

    internal sealed record Filter(
        string? Authority, string? Profile, string? Status, string? Serial, string? Subject, DateTimeOffset? IssuedFrom, DateTimeOffset? IssuedBefore, DateTimeOffset? EndsBefore,
        int? Limit, string? After);

    /// <param name="Certificates">The newest first.</param>
    /// <param name="Next">What <c>after</c> is for the next page; null on the last.</param>
    internal sealed record Answer(IReadOnlyList<CertificateView> Certificates, string? Next);

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Cursor(DateTimeOffset At, string Authority, string Serial)
    {
        public static Cursor Of(IssuedCertificate row) => new(row.IssuedAt, row.Authority, row.Serial);

        public string Encode() => Convert.ToBase64String(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{At.UtcTicks}|{Authority}|{Serial}")))
            .Replace('+', '-').Replace('/', '_').TrimEnd('=');

        public static Cursor? Decode(string text)
        {
            if (text.Length > 200)
            {
                return null;
            }

            try
            {
                var base64 = text.Replace('-', '+').Replace('_', '/');
                return Encoding.UTF8.GetString(Convert.FromBase64String(base64.PadRight((base64.Length + 3) / 4 * 4, '='))).Split('|') is [var ticks, var authority, var serial]
                    && long.TryParse(ticks, NumberStyles.None, CultureInfo.InvariantCulture, out var at) && at <= DateTimeOffset.MaxValue.UtcTicks
                        ? new Cursor(new DateTimeOffset(at, TimeSpan.Zero), authority, serial) : null;
            }
            catch (FormatException)
            {
                return null;
            }
        }
    }
}
