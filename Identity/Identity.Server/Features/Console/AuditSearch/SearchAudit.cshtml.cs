using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Console.Access;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.Web.Components;

namespace Yinxin.Identity.Server.Features.Console.AuditSearch;

/// <summary>
/// Search of the audit, newest first. That it was read is noted too, with what was searched: so what an auditor types travels in the form's body, and only what names nobody goes on into
/// an address.
/// </summary>
internal sealed class SearchAuditModel(IdentityContext database, AuditQueries queries, IAuditTrail audit) : ConsolePage
{
    private const int PageSize = 50;
    private static readonly Problem BadPage = new("console.audit.query", 422, "此项查询条件不正确。", "This part of the query is not valid.");

    [BindProperty(SupportsGet = true, Name = "")]
    public AuditFilter Filter { get; set; } = new();

    /// <summary>Records before this one.</summary>
    [BindProperty(SupportsGet = true)]
    public long? Before { get; set; }

    public IReadOnlyList<AuditRecord> Items { get; private set; } = [];

    public long? Next { get; private set; }

    public AuditSubjects Subjects { get; private set; } = AuditSubjects.None;

    public AuditAnchor? Anchor { get; private set; }

    /// <summary>The anchored record still has the hash that was stamped.</summary>
    public bool AnchorHolds { get; private set; }

    protected override IReadOnlyList<string> Readers => ConsoleRights.ReadAudit;

    /// <summary>Every action that is written, in words; also what an address asked for that has none.</summary>
    public IEnumerable<KeyValuePair<string, string>> Actions(ITexts texts)
    {
        yield return new("", texts.Of("全部", "any"));
        if (Filter.Action is { Length: > 0 } other && !AuditActionWords.All.Contains(other))
        {
            yield return new(other, other);
        }

        foreach (var action in AuditActionWords.All)
        {
            yield return new(action, $"{action} · {AuditActionWords.Of(texts, action)}");
        }
    }

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken)
    {
        await ReadAnchorAsync(cancellationToken);
        if ((ModelState.IsValid ? Filter.Fault() : (nameof(Before), BadPage)) is { } fault)
        {
            ModelState.Clear();
            return Refuse(fault.Member, fault.Problem);
        }

        var found = await (await queries.OfAsync(Filter, cancellationToken)).Where(r => Before == null || r.Sequence < Before).OrderByDescending(r => r.Sequence).Take(PageSize + 1).ToListAsync(cancellationToken);
        Items = [.. found.Take(PageSize)];
        Next = found.Count > PageSize ? found[PageSize - 1].Sequence : null;
        Subjects = await AuditSubjects.LoadAsync(database, Me, Items, cancellationToken);
        audit.Add(new AuditEntry("audit.read", SubjectId: null, Me.Id.ToString(), Me.Name, new { query = Filter.Query(), Before }));
        await database.SaveChangesAsync(cancellationToken);
        return Page();
    }

    /// <summary>A user name becomes the account's key; what cannot be searched for comes back in the form and is written nowhere.</summary>
    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        var typed = Filter.Actor;
        Filter.Actor = await queries.ActorAsync(typed?.Trim(), cancellationToken);
        Filter.Address = Filter.Address?.Trim();
        if (Filter.Fault() is { } fault)
        {
            Filter.Actor = typed;
            await ReadAnchorAsync(cancellationToken);
            ModelState.Clear();
            return Refuse(fault.Member, fault.Problem);
        }

        return LocalRedirect("/console/audit?" + Filter.Query());
    }

    private async Task ReadAnchorAsync(CancellationToken cancellationToken)
    {
        Anchor = await database.Set<AuditAnchor>().AsNoTracking().OrderByDescending(a => a.Sequence).FirstOrDefaultAsync(cancellationToken);
        AnchorHolds = Anchor is not null && await database.Set<AuditRecord>().AnyAsync(r => r.Sequence == Anchor.Sequence && r.Hash == Anchor.Hash, cancellationToken);
    }
}
