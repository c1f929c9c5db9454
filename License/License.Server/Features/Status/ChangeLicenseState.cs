using Microsoft.EntityFrameworkCore;
using Yinxin.License.Server.Data;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.ServiceDefaults.Security;
using Yinxin.ServiceDefaults.Tokens;
using Yinxin.ServiceDefaults.Transparency;

namespace Yinxin.License.Server.Features.Status;

/// <summary>
/// POST /api/licenses/{identifier}/suspension, /withholding, /resumption, /rescission, /revocation and /cancellation (暂停、暂扣、恢复、撤销、吊销、注销):
/// each with a reason, what takes a right away also with its legal ground. From then on every verification here says so, and the transparency log for ever.
/// GET /api/licenses/{identifier}/state-changes: the history.
/// </summary>
internal static class ChangeLicenseState
{
    private const int LongestText = 200;
    private static readonly Problem Unknown = new("license.unknown", 404, "没有该证照。", "There is no such licence.");
    private static readonly Problem NoReason = new("license.reason", 422, "请说明理由（2至200字）。", "A reason of 2 to 200 characters is needed.");
    private static readonly Problem NoGround = new("license.legalGround", 422, "请说明法律依据（2至200字）。", "The legal ground is needed, in 2 to 200 characters.");
    private static readonly Problem WrongState = new("license.state", 409, "证照当前状态不允许此操作。", "The licence's present state does not allow this.");

    private static readonly string[] Standing = [LicenseStates.Valid, LicenseStates.Suspended, LicenseStates.Withheld];

    public static void Map(WebApplication app)
    {
        var licenses = app.MapGroup("/api/licenses/{identifier}").RequireAuthorization(ApiTokens.Scope("license.manage"));
        Map(licenses, "suspension", LicenseStates.Suspended, byLaw: false, LicenseStates.Valid);
        Map(licenses, "withholding", LicenseStates.Withheld, byLaw: true, LicenseStates.Valid);
        Map(licenses, "resumption", LicenseStates.Valid, byLaw: false, LicenseStates.Suspended, LicenseStates.Withheld);
        Map(licenses, "rescission", LicenseStates.Rescinded, byLaw: true, Standing);
        Map(licenses, "revocation", LicenseStates.Revoked, byLaw: true, Standing);
        Map(licenses, "cancellation", LicenseStates.Cancelled, byLaw: false, Standing);
        licenses.MapGet("state-changes", HistoryAsync);
    }

    private static void Map(RouteGroupBuilder licenses, string act, string to, bool byLaw, params string[] from) => licenses.MapPost(act, async (
        string identifier, Request request, HttpContext http, LicenseContext database, IAuditTrail audit, IDataCipher cipher, TimeProvider time, CancellationToken cancellationToken) =>
    {
        var reason = Text(request.Reason) ?? throw NoReason.Exception();
        var ground = Text(request.LegalGround);
        if (ground is null && (byLaw || !string.IsNullOrWhiteSpace(request.LegalGround)))
        {
            throw NoGround.Exception();
        }

        var license = await database.Licenses.SingleOrDefaultAsync(l => l.Identifier == identifier, cancellationToken) ?? throw Unknown.Exception();
        if (!from.Contains(license.State, StringComparer.Ordinal))
        {
            throw WrongState.Exception();
        }

        var actor = http.User.FindFirst("client_id")?.Value ?? http.User.FindFirst("sub")?.Value ?? "";
        license.State = to;
        var change = new LicenseStateEvent { Id = Guid.CreateVersion7(), Identifier = identifier, State = to, Reason = reason, LegalGround = ground, Actor = actor, At = time.GetUtcNow() };
        database.StateEvents.Add(change);
        database.Add(LoggedEvent.Message(("license.stateChanged", change.At), identifier, change.Bytes(), change.Id.ToString(), cipher));
        audit.Add(new AuditEntry("license." + act, identifier, actor, Details: new { change.Id }));
        try
        {
            await database.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateConcurrencyException)
        {
            // Another changed it in the same moment.
            throw WrongState.Exception();
        }

        return new { identifier, status = LicenseStatus.Of(license, change.At), change = View.Of(change) };
    });

    private static async Task<object> HistoryAsync(string identifier, LicenseContext database, CancellationToken cancellationToken)
    {
        if (!await database.Licenses.AnyAsync(l => l.Identifier == identifier, cancellationToken))
        {
            throw Unknown.Exception();
        }

        // A licence changes a few times in its life.
        var changes = await database.StateEvents.AsNoTracking().Where(e => e.Identifier == identifier).OrderBy(e => e.At).ThenBy(e => e.Id).ToListAsync(cancellationToken);
        return new { identifier, items = changes.Select(View.Of) };
    }

    private static string? Text(string? text) => text?.Trim() is { Length: >= 2 and <= LongestText } trimmed && !trimmed.Any(char.IsControl) ? trimmed : null;

    /// <param name="Reason">In words.</param>
    /// <param name="LegalGround">Law and article, or the number of the decision.</param>
    internal sealed record Request(string? Reason, string? LegalGround);

    internal sealed record View(Guid Id, string State, string Reason, string? LegalGround, string Actor, DateTimeOffset At)
    {
        public static View Of(LicenseStateEvent change) => new(change.Id, change.State, change.Reason, change.LegalGround, change.Actor, change.At);
    }
}
