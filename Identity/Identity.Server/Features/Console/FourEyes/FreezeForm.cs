using Microsoft.AspNetCore.Mvc;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Console.Access;
using Yinxin.Identity.Server.Features.Console.Accounts;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.Web.Components;

namespace Yinxin.Identity.Server.Features.Console.FourEyes;

/// <summary>
/// A page that proposes to freeze an account or an organisation, also besides what freezes it already, or to lift one of its freezes. In an emergency a security administrator freezes at once. The
/// form itself is <c>_FreezeForm.cshtml</c>.
/// </summary>
internal abstract class FreezeForm(Proposals proposals) : ConsolePage
{
    /// <summary>Before a reason to freeze besides what freezes it already.</summary>
    private const string Besides = "besides:";

    private static readonly Problem NoReason = new("console.proposal.reason", 422, "请选择理由。", "Choose a reason.");
    private static readonly Problem NoExplanation = new("console.proposal.explanation", 422, "请填写 5 至 500 字的说明。", "Say why in 5 to 500 characters.");

    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    [BindProperty]
    public string? Reason { get; set; }

    [BindProperty]
    public string? Explanation { get; set; }

    /// <summary>Which freeze is to be lifted; asked where officials may lift more than one.</summary>
    [BindProperty]
    public string? Freeze { get; set; }

    [BindProperty]
    public bool Emergency { get; set; }

    /// <summary>What stands.</summary>
    public IReadOnlyList<ShownFreeze> Standing { get; protected set; } = [];

    /// <summary>Of that, what two officials may lift.</summary>
    public IReadOnlyList<StandingFreeze> Liftable { get; protected set; } = [];

    protected override IReadOnlyList<string> Readers => ConsoleRights.ProposeFreeze;

    protected abstract bool OfOrganisation { get; }

    protected abstract IReadOnlyList<string> FreezeReasons { get; }

    protected abstract IReadOnlyList<string> UnfreezeReasons { get; }

    private IEnumerable<string> Reasons => Standing.Count == 0 ? FreezeReasons : UnfreezeReasons.Concat(FreezeReasons.Select(r => Besides + r));

    /// <summary>Reasons to lift are shown where officials may lift something; whoever sends one all the same is told why not.</summary>
    public Dictionary<string, string> Choices(ITexts texts) => Reasons.Where(r => Standing.Count == 0 || Liftable.Count > 0 || IsBesides(r)).Prepend("").ToDictionary(
        r => r,
        r => r.Length == 0 ? texts.Of("请选择", "Choose one")
            : !IsBesides(r) ? ProposalWords.Reason(texts, r)
            : texts.Of("另行冻结：", "Freeze besides: ") + ProposalWords.Reason(texts, r[Besides.Length..]),
        StringComparer.Ordinal);

    public IEnumerable<KeyValuePair<string, string>> Freezes(ITexts texts) =>
        Liftable.Select(f => KeyValuePair.Create(f.Id.ToString(), $"{ProposalWords.Reason(texts, f.Reason)} · {texts.Time(f.Since)}")).Prepend(KeyValuePair.Create("", texts.Of("请选择", "Choose one")));

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken) => await ReadAsync(cancellationToken) ? Page() : NotFound();

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        if (!await ReadAsync(cancellationToken))
        {
            return NotFound();
        }

        if (Emergency)
        {
            Demand(ConsoleRights.Decide);
        }

        if (!Reasons.Contains(Reason ?? "", StringComparer.Ordinal))
        {
            return Refuse(nameof(Reason), NoReason);
        }

        if (Explanation?.Trim() is not { Length: >= 5 and <= 500 } explanation)
        {
            return Refuse(nameof(Explanation), NoExplanation);
        }

        if (LastingText.NamesSomebody(explanation))
        {
            return Refuse(nameof(Explanation), LastingText.Personal);
        }

        var besides = IsBesides(Reason!);
        var freeze = Standing.Count == 0 || besides;
        // What the page showed may be lifted by now, and another freeze be the only one left: a freeze that is named is that one or none.
        var lifted = freeze || string.IsNullOrEmpty(Freeze) ? null : Liftable.FirstOrDefault(f => f.Id.ToString() == Freeze);
        if (!freeze && lifted is null && (Liftable.Count > 1 || !string.IsNullOrEmpty(Freeze)))
        {
            return Refuse(nameof(Freeze), FreezeDecisions.NotNamed);
        }

        try
        {
            var made = await proposals.ProposeAsync(
                Me,
                new Wish(
                    freeze ? ProposalKind.Freeze : ProposalKind.Unfreeze, Id, besides ? Reason![Besides.Length..] : Reason!, explanation, Emergency && freeze, Freeze: lifted?.Id, OfOrganisation: OfOrganisation),
                cancellationToken);
            return LocalRedirect($"/console/proposals/{made.Id}");
        }
        catch (ProblemException e) when (e.Problem.Status is 409 or 403 or 422)
        {
            return Refuse("", e.Problem);
        }
    }

    /// <summary>Reads whom the page is about and what freezes it.</summary>
    /// <returns>False when there is none.</returns>
    protected abstract Task<bool> ReadAsync(CancellationToken cancellationToken);

    private static bool IsBesides(string reason) => reason.StartsWith(Besides, StringComparison.Ordinal);
}
