using System.Security.Claims;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.EntityFrameworkCore;
using Microsoft.Net.Http.Headers;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Officials;
using Yinxin.ServiceDefaults.Tokens;

namespace Yinxin.Identity.Server.Features.Imports;

/// <summary>
/// <c>PUT /api/imports/{id}?source=</c>: the file, NDJSON or CSV, streamed; sent again after a broken connection, it goes on where it stopped.
/// <c>GET /api/imports</c>, <c>/{id}</c>, <c>/{id}/rejections</c> (JSON pages, or CSV whole).
/// </summary>
internal static partial class ImportEndpoints
{
    private const long LargestFile = 4L * 1024 * 1024 * 1024;
    private const int MostRows = 1000;
    private static readonly string[] Readers = [OfficialRoles.SystemAdministrator, OfficialRoles.AuditAdministrator, OfficialRoles.Auditor];

    public static void AddImports(this WebApplicationBuilder builder)
    {
        builder.Services.AddScoped<ImportRun>();
        builder.Services.AddScoped<ImportBatch>();
        builder.Services.AddScoped<KnownAccounts>();
        builder.Services.AddScoped<ReportedPersons>();
        builder.Services.AddSingleton<ImportRules>();
    }

    public static void MapImports(this WebApplication app)
    {
        app.MapPut("/api/imports/{id:guid}", SendAsync).RequireAuthorization(ApiTokens.Scope("identity.import"));
        app.MapGet("/api/imports", ListAsync).RequireAuthorization(ApiTokens.Scope("identity.import"));
        app.MapGet("/api/imports/{id:guid}", ShowAsync).RequireAuthorization(ApiTokens.Scope("identity.import"));
        app.MapGet("/api/imports/{id:guid}/rejections", RejectionsAsync).RequireAuthorization(ApiTokens.Scope("identity.import"));
    }

    private static async Task<ImportView> SendAsync(Guid id, string? source, HttpContext http, Officials.Officials officials, ImportRun run, CancellationToken cancellationToken)
    {
        var actor = await ActorAsync(http.User, officials, cancellationToken, OfficialRoles.SystemAdministrator);
        if (source is null || !SourceName().IsMatch(source))
        {
            throw ImportProblems.BadSource.Exception();
        }

        var csv = MediaTypeHeaderValue.TryParse(http.Request.ContentType, out var type) switch
        {
            true when type!.MediaType.Equals("application/x-ndjson", StringComparison.OrdinalIgnoreCase) => false,
            true when type!.MediaType.Equals("text/csv", StringComparison.OrdinalIgnoreCase) => true,
            _ => throw ImportProblems.Format.Exception(),
        };
        http.Features.Get<IHttpMaxRequestBodySizeFeature>()!.MaxRequestBodySize = LargestFile;
        var import = await run.BeginAsync(id, source, actor, cancellationToken);
        return ImportView.Of(await run.ReadAsync(import, csv ? CsvRows.ReadAsync(http.Request.Body, cancellationToken) : NdjsonRows.ReadAsync(http.Request.BodyReader, cancellationToken), cancellationToken));
    }

    private static async Task<Page<ImportView>> ListAsync(int? limit, Guid? after, ClaimsPrincipal user, Officials.Officials officials, IdentityContext database, CancellationToken cancellationToken)
    {
        await ActorAsync(user, officials, cancellationToken, Readers);
        var most = Limit(limit);
        var from = after is null ? null : await database.Imports.AsNoTracking().FirstOrDefaultAsync(i => i.Id == after, cancellationToken) ?? throw ImportProblems.BadPage.Exception();
        var start = from?.StartedAt;
        var rows = await database.Imports.AsNoTracking().Where(i => start == null || i.StartedAt < start).OrderByDescending(i => i.StartedAt).Take(most + 1).ToListAsync(cancellationToken);
        return new Page<ImportView>([.. rows.Take(most).Select(ImportView.Of)], rows.Count > most ? rows[most - 1].Id.ToString() : null);
    }

    private static async Task<ImportView> ShowAsync(Guid id, ClaimsPrincipal user, Officials.Officials officials, IdentityContext database, CancellationToken cancellationToken)
    {
        await ActorAsync(user, officials, cancellationToken, Readers);
        return ImportView.Of(await database.Imports.AsNoTracking().FirstOrDefaultAsync(i => i.Id == id, cancellationToken) ?? throw ImportProblems.Unknown.Exception());
    }

    private static async Task<IResult> RejectionsAsync(Guid id, int? limit, long? after, HttpContext http, Officials.Officials officials, IdentityContext database, CancellationToken cancellationToken)
    {
        await ActorAsync(http.User, officials, cancellationToken, Readers);
        if (!await database.Imports.AnyAsync(i => i.Id == id, cancellationToken))
        {
            throw ImportProblems.Unknown.Exception();
        }

        var all = database.ImportRejections.AsNoTracking().Where(r => r.ImportId == id).OrderBy(r => r.Row);
        if (http.Request.GetTypedHeaders().Accept.Any(a => a.MediaType.Equals("text/csv", StringComparison.OrdinalIgnoreCase)))
        {
            return Results.Stream(
                async body =>
                {
                    await using var text = new StreamWriter(body, leaveOpen: true);
                    await text.WriteAsync("row,code,field\r\n");
                    await foreach (var r in all.AsAsyncEnumerable().WithCancellation(cancellationToken))
                    {
                        // Codes are ours and member names plain words: nothing that CSV would have to quote, or that a spreadsheet would run.
                        await text.WriteAsync(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{r.Row},{r.Code},{r.Field}\r\n"));
                    }
                },
                "text/csv; charset=utf-8",
                $"rejections-{id}.csv");
        }

        var most = Limit(limit);
        var rows = await all.Where(r => after == null || r.Row > after).Take(most + 1).ToListAsync(cancellationToken);
        return Results.Ok(new Page<RejectionView>(
            [.. rows.Take(most).Select(r => new RejectionView(r.Row, r.Code, r.Field))], rows.Count > most ? rows[most - 1].Row.ToString(System.Globalization.CultureInfo.InvariantCulture) : null));
    }

    private static int Limit(int? limit) => limit is null or (>= 1 and <= MostRows) ? limit ?? 100 : throw ImportProblems.BadPage.Exception();

    /// <summary>A service by its client, an official by the role held now.</summary>
    private static async Task<string> ActorAsync(ClaimsPrincipal user, Officials.Officials officials, CancellationToken cancellationToken, params string[] roles) =>
        user.FindFirst("kind") is null ? user.FindFirstValue("client_id") ?? "" : (await officials.RequireAsync(user, cancellationToken, roles)).AccountId.ToString();

    [GeneratedRegex("^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex SourceName();

    /// <param name="Items">In their order.</param>
    /// <param name="Next">What <c>after</c> is for the next page; null on the last.</param>
    internal sealed record Page<T>(IReadOnlyList<T> Items, string? Next);

    internal sealed record RejectionView(long Row, string Code, string? Field);

    /// <summary>An import as the API shows it.</summary>
    /// <param name="Rows">Rows committed; the same file sent again goes on after them.</param>
    /// <param name="EndedAt">When the file was read to its end.</param>
    internal sealed record ImportView(Guid Id, string Source, string StartedBy, DateTimeOffset StartedAt, DateTimeOffset? EndedAt, long Rows, long Created, long Linked, long Known, long Rejected)
    {
        public static ImportView Of(Import i) => new(i.Id, i.Source, i.StartedBy, i.StartedAt, i.EndedAt, i.Rows, i.Created, i.Linked, i.Known, i.Rejected);
    }
}
