using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.EntityFrameworkCore;
using Microsoft.Net.Http.Headers;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance.Withdrawals;
using Yinxin.Identity.Server.Features.Console.Access;
using Yinxin.Identity.Server.Features.Imports.Withdrawals;
using Yinxin.Identity.Server.Features.Officials;
using Yinxin.ServiceDefaults.Tokens;

namespace Yinxin.Identity.Server.Features.Imports;

/// <summary>
/// <c>PUT /api/imports/{id}?source=</c>: the file, NDJSON or CSV, streamed; sent again after a broken connection, it goes on where it stopped.
/// <c>GET /api/imports</c>, <c>/{id}</c>, <c>/{id}/rejections</c> (JSON pages, or CSV whole). A service sees and goes on with what it began itself, for the sources of its client.
/// </summary>
internal static class ImportEndpoints
{
    private const long LargestFile = 4L * 1024 * 1024 * 1024;
    private const int MostRows = 1000;
    private static readonly string[] Readers = [.. ConsoleRights.ReadImports];

    public static void AddImports(this WebApplicationBuilder builder)
    {
        builder.Services.AddScoped<ImportRun>();
        builder.Services.AddScoped<ImportBatch>();
        builder.Services.AddScoped<KnownAccounts>();
        builder.Services.AddScoped<ReportedPersons>();
        builder.Services.AddScoped<WithdrawnImports>();
        builder.Services.AddScoped<IWithdrawalScope>(services => services.GetRequiredService<WithdrawnImports>());
        builder.Services.AddSingleton<ImportRules>();
        builder.Services.AddSingleton<ImportSources>();
    }

    public static void MapImports(this WebApplication app)
    {
        app.MapPut("/api/imports/{id:guid}", SendAsync).RequireAuthorization(ApiTokens.Scope("identity.import"));
        app.MapGet("/api/imports", ListAsync).RequireAuthorization(ApiTokens.Scope("identity.import"));
        app.MapGet("/api/imports/{id:guid}", ShowAsync).RequireAuthorization(ApiTokens.Scope("identity.import"));
        app.MapGet("/api/imports/{id:guid}/rejections", RejectionsAsync).RequireAuthorization(ApiTokens.Scope("identity.import"));
    }

    /// <summary>The newest first, from behind one of them.</summary>
    public static IQueryable<Import> NewestBefore(IQueryable<Import> imports, Import? from)
    {
        if (from is not null)
        {
            var (at, id) = (from.StartedAt, from.Id);
            imports = imports.Where(i => i.StartedAt < at || (i.StartedAt == at && i.Id.CompareTo(id) < 0));
        }

        return imports.OrderByDescending(i => i.StartedAt).ThenByDescending(i => i.Id);
    }

    private static async Task<ImportView> SendAsync(Guid id, string? source, HttpContext http, Officials.Officials officials, ImportRun run, ImportSources sources, CancellationToken cancellationToken)
    {
        var sender = await SenderAsync(http.User, officials, cancellationToken, OfficialRoles.SystemAdministrator);
        if (source is null || !ImportSources.IsName(source))
        {
            throw ImportProblems.BadSource.Exception();
        }

        if (sender.IsService && !sources.May(sender.Key, source))
        {
            throw ImportProblems.ForeignSource.Exception();
        }

        var csv = MediaTypeHeaderValue.TryParse(http.Request.ContentType, out var type) switch
        {
            true when type!.MediaType.Equals("application/x-ndjson", StringComparison.OrdinalIgnoreCase) => false,
            true when type!.MediaType.Equals("text/csv", StringComparison.OrdinalIgnoreCase) => true,
            _ => throw ImportProblems.Format.Exception(),
        };
        http.Features.Get<IHttpMaxRequestBodySizeFeature>()!.MaxRequestBodySize = LargestFile;
        var import = await run.BeginAsync(id, source, sender, cancellationToken);
        return ImportView.Of(await run.ReadAsync(import, csv ? CsvRows.ReadAsync(http.Request.Body, cancellationToken) : NdjsonRows.ReadAsync(http.Request.BodyReader, cancellationToken), sender, cancellationToken));
    }

    private static async Task<Page<ImportView>> ListAsync(int? limit, Guid? after, ClaimsPrincipal user, Officials.Officials officials, IdentityContext database, CancellationToken cancellationToken)
    {
        var sender = await SenderAsync(user, officials, cancellationToken, Readers);
        var most = Limit(limit);
        var shown = Shown(database, sender);
        var from = after is null ? null : await shown.FirstOrDefaultAsync(i => i.Id == after, cancellationToken) ?? throw ImportProblems.BadPage.Exception();
        var rows = await NewestBefore(shown, from).Take(most + 1).ToListAsync(cancellationToken);
        return new Page<ImportView>([.. rows.Take(most).Select(ImportView.Of)], rows.Count > most ? rows[most - 1].Id.ToString() : null);
    }

    private static async Task<ImportView> ShowAsync(Guid id, ClaimsPrincipal user, Officials.Officials officials, IdentityContext database, CancellationToken cancellationToken)
    {
        var sender = await SenderAsync(user, officials, cancellationToken, Readers);
        return ImportView.Of(await Shown(database, sender).FirstOrDefaultAsync(i => i.Id == id, cancellationToken) ?? throw ImportProblems.Unknown.Exception());
    }

    private static async Task<IResult> RejectionsAsync(Guid id, int? limit, long? after, HttpContext http, Officials.Officials officials, IdentityContext database, CancellationToken cancellationToken)
    {
        var sender = await SenderAsync(http.User, officials, cancellationToken, Readers);
        if (!await Shown(database, sender).AnyAsync(i => i.Id == id, cancellationToken))
        {
            throw ImportProblems.Unknown.Exception();
        }

        if (http.Request.GetTypedHeaders().Accept.Any(a => a.MediaType.Equals("text/csv", StringComparison.OrdinalIgnoreCase)))
        {
            return RejectionFile.Of(database, id, cancellationToken);
        }

        var all = database.ImportRejections.AsNoTracking().Where(r => r.ImportId == id).OrderBy(r => r.Row);
        var most = Limit(limit);
        var rows = await all.Where(r => after == null || r.Row > after).Take(most + 1).ToListAsync(cancellationToken);
        return Results.Ok(new Page<RejectionView>(
            [.. rows.Take(most).Select(r => new RejectionView(r.Row, r.Code, r.Field))], rows.Count > most ? rows[most - 1].Row.ToString(CultureInfo.InvariantCulture) : null));
    }

    private static int Limit(int? limit) => limit is null or (>= 1 and <= MostRows) ? limit ?? 100 : throw ImportProblems.BadPage.Exception();

    private static IQueryable<Import> Shown(IdentityContext database, ImportSender sender)
    {
        var only = sender.OnlyOf;
        return database.Imports.AsNoTracking().Where(i => only == null || i.StartedBy == only);
    }

    /// <summary>A service by its client, an official by the role held now.</summary>
    private static async Task<ImportSender> SenderAsync(ClaimsPrincipal user, Officials.Officials officials, CancellationToken cancellationToken, params string[] roles) => user.FindFirst("kind") is null
        ? new ImportSender(user.FindFirstValue("client_id") ?? "", IsService: true)
        : new ImportSender((await officials.RequireAsync(user, cancellationToken, roles)).AccountId.ToString(), IsService: false);

    /// <param name="Items">In their order.</param>
    /// <param name="Next">What <c>after</c> is for the next page; null on the last.</param>
    internal sealed record Page<T>(IReadOnlyList<T> Items, string? Next);

    internal sealed record RejectionView(long Row, string Code, string? Field);

    /// <summary>An import as the API shows it.</summary>
    /// <param name="Rows">Rows committed; the same file sent again goes on after them.</param>
    /// <param name="EndedAt">When the file was read to its end.</param>
    /// <param name="WithdrawnAt">When two officials took back all that it brought; nothing more is taken under its key.</param>
    internal sealed record ImportView(
        Guid Id, string Source, string StartedBy, DateTimeOffset StartedAt, DateTimeOffset? EndedAt, DateTimeOffset? WithdrawnAt, long Rows, long Created, long Linked, long Known, long Rejected)
    {
        public static ImportView Of(Import i) => new(i.Id, i.Source, i.StartedBy, i.StartedAt, i.EndedAt, i.WithdrawnAt, i.Rows, i.Created, i.Linked, i.Known, i.Rejected);
    }
}
