using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Client.Mandates;
using Yinxin.Identity.Client.SignIn;
using Yinxin.License.Server.Data;
using Yinxin.License.Server.Features.Files;
using Yinxin.License.Server.Features.Status;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Identifiers;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.ServiceDefaults.Tokens;

namespace Yinxin.License.Server.Features.Mine;

/// <summary>GET /api/my/licenses: the licences of the person, or of the organisation acted for. What is not one's own does not exist.</summary>
internal static class MyLicenses
{
    private const int PageSize = 20;
    private const int LastPage = 10_000;
    private static readonly Problem Unknown = new("license.unknown", 404, "没有该证照。", "There is no such licence.");

    public static void Map(WebApplication app)
    {
        var mine = app.MapGroup("/api/my/licenses").RequireAuthorization(ApiTokens.Scope("license.read")).RequirePower(ActingPower.Receive);
        mine.MapGet("", ListAsync);
        mine.MapGet("{identifier}/pdf", (string identifier, HttpContext http, LicenseContext database, LicenseFiles files, IAuditTrail audit) =>
            FileAsync(identifier, "pdf", "application/pdf", http, database, files, audit));
        mine.MapGet("{identifier}/json", (string identifier, HttpContext http, LicenseContext database, LicenseFiles files, IAuditTrail audit) =>
            FileAsync(identifier, "json", "application/json", http, database, files, audit));
    }

    private static async Task<object> ListAsync(int? page, HttpContext http, LicenseContext database, TimeProvider time)
    {
        var own = Within(Own(http, database), http.User.Scope());
        var number = Math.Clamp(page ?? 1, 1, LastPage);
        var total = await own.CountAsync(http.RequestAborted);
        var items = await own.OrderByDescending(l => l.IssuedAt).Skip((number - 1) * PageSize).Take(PageSize).ToListAsync(http.RequestAborted);
        var now = time.GetUtcNow();
        return new
        {
            page = number,
            pageSize = PageSize,
            total,
            items = items.Select(l => new { l.Identifier, l.Number, l.Name, issuer = l.IssuerName, status = LicenseStatus.Of(l, now), l.IssuedAt, l.ValidFrom, l.ValidTo, l.CaseNumber, l.RetrievalCode }),
        };
    }

    private static async Task<IResult> FileAsync(string identifier, string kind, string type, HttpContext http, LicenseContext database, LicenseFiles files, IAuditTrail audit)
    {
        var license = await Own(http, database).SingleOrDefaultAsync(l => l.Identifier == identifier, http.RequestAborted) ?? throw Unknown.Exception();
        http.User.DemandMatter(MatterCode.OfCase(license.CaseNumber));
        var content = await files.ReadAsync(license.Identifier, kind, http.RequestAborted);
        var acted = http.User.ActedFor();
        audit.Add(new AuditEntry("license.downloaded", identifier, http.User.FindFirst("sub")?.Value, Details: new { kind, organisation = acted?.Organisation, mandate = acted?.Mandate }));
        await database.SaveChangesAsync(http.RequestAborted);
        http.Response.Headers.CacheControl = "private, no-store";
        return Results.File(content, type, $"{license.Number}.{kind}");
    }

    private static IQueryable<LicenseRecord> Own(HttpContext http, LicenseContext database)
    {
        var subject = http.User.FindFirst("sub")?.Value ?? "";
        return Organisation(http) is { } uscc
            ? database.Licenses.AsNoTracking().Where(l => l.Organisation == uscc)
            : database.Licenses.AsNoTracking().Where(l => l.Subject == subject && l.Organisation == null);
    }

    private static string? Organisation(HttpContext http) => http.User.SignedInUser()?.ActingFor?.Organisation.Uscc;

    /// <summary>An agent sees what came of the matters that his mandate reaches: a case number begins with the matter's code.</summary>
    private static IQueryable<LicenseRecord> Within(IQueryable<LicenseRecord> licenses, MandateScope? scope)
    {
        var matters = scope?.Matters ?? [];
        return scope?.Reach switch
        {
            null or "all" => licenses,
            "categories" => licenses.Where(l => l.CaseNumber.Length > MatterCode.Length && matters.Contains(l.CaseNumber.Substring(MatterCode.TypeAt, 2))),
            "matters" => licenses.Where(l => l.CaseNumber.Length > MatterCode.Length && matters.Contains(l.CaseNumber.Substring(0, MatterCode.Length))),
            _ => licenses.Where(l => false),
        };
    }
}
