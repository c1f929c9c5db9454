using System.Text;
using Microsoft.EntityFrameworkCore;
using Yinxin.Trust.Server.Data;
using Yinxin.Trust.Suites;
using Yinxin.Trust.Validation.Reports;

namespace Yinxin.Trust.Server.Features.TrustLists;

/// <summary>What everyone may have: our own list in either suite's signature, the lists that we recognise, and the schema of validation reports.</summary>
internal static class ServeTrustLists
{
    public static void Map(WebApplication app)
    {
        app.MapGet("/trust-list.jws", (OwnTrustList own, HttpContext http) => ServeAsync(own, SignatureSuite.International, http));
        app.MapGet("/trust-list-sm.jws", (OwnTrustList own, HttpContext http) => ServeAsync(own, SignatureSuite.Sm, http));
        app.MapGet("/api/trust-lists", ListAsync);
        app.MapGet("/api/trust-lists/{territory}", ShowAsync);
        app.MapGet("/schemas/validation-report.json", () => Results.Bytes(ValidationReports.Schema(), "application/schema+json"));
    }

    private static async Task<IResult> ServeAsync(OwnTrustList own, SignatureSuite suite, HttpContext http)
    {
        var list = await own.GetAsync(suite, http.RequestAborted);
        http.Response.Headers.CacheControl = "public, max-age=300";
        return Results.Bytes(Encoding.ASCII.GetBytes(list.Jws), "application/jose", lastModified: list.IssuedAt);
    }

    private static async Task<IResult> ListAsync(TrustContext database, TimeProvider time, CancellationToken cancellationToken)
    {
        var lists = await database.RecognisedTrustLists.AsNoTracking().OrderBy(l => l.Territory).ThenBy(l => l.Type).ToListAsync(cancellationToken);
        return Results.Ok(lists.Select(l => TrustListView.Of(l, time.GetUtcNow())));
    }

    /// <summary>A list as it was signed, by which anyone may check it again.</summary>
    private static async Task<IResult> ShowAsync(string territory, string? type, TrustContext database, CancellationToken cancellationToken)
    {
        var list = await database.RecognisedTrustLists.AsNoTracking().Where(l => l.Territory == territory && (type == null || l.Type == type)).OrderBy(l => l.Type).FirstOrDefaultAsync(cancellationToken);
        return list is null ? Results.NotFound() : Results.Bytes(Encoding.ASCII.GetBytes(list.Jws), "application/jose", lastModified: list.IssuedAt);
    }
}

/// <summary>A recognised list in short.</summary>
/// <param name="Territory">Its territory.</param>
/// <param name="Type">Its kind.</param>
/// <param name="SequenceNumber">Its number.</param>
/// <param name="IssuedAt">When it was issued.</param>
/// <param name="NextUpdate">By when the next one is due.</param>
/// <param name="Current">The next update is not past.</param>
/// <param name="Location">Where it is published.</param>
/// <param name="ImportedAt">When it came in.</param>
internal sealed record TrustListView(string Territory, string Type, long SequenceNumber, DateTimeOffset IssuedAt, DateTimeOffset NextUpdate, bool Current, string? Location, DateTimeOffset ImportedAt)
{
    public static TrustListView Of(RecognisedTrustList list, DateTimeOffset now) =>
        new(list.Territory, list.Type, list.SequenceNumber, list.IssuedAt, list.NextUpdate, list.NextUpdate > now, list.Location, list.ImportedAt);
}
