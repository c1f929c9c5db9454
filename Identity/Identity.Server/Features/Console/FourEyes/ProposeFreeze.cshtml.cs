using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Console.Access;
using Yinxin.Identity.Server.Features.Console.Accounts;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.Web.Components;

namespace Yinxin.Identity.Server.Features.Console.FourEyes;

/// <summary>Proposes to freeze an account, or to unfreeze a frozen one. In an emergency a security administrator freezes at once.</summary>
internal sealed class ProposeFreezeModel(IdentityContext database, Proposals proposals) : ConsolePage
{
    private static readonly Problem NoReason = new("console.proposal.reason", 422, "请选择理由。", "Choose a reason.");
    private static readonly Problem NoExplanation = new("console.proposal.explanation", 422, "请填写 5 至 500 字的说明。", "Say why in 5 to 500 characters.");

    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    [BindProperty]
    public string? Reason { get; set; }

    [BindProperty]
    public string? Explanation { get; set; }

    [BindProperty]
    public bool Emergency { get; set; }

    public MaskedAccount Account { get; private set; } = null!;

    protected override IReadOnlyList<string> Readers => ConsoleRights.ProposeFreeze;

    private IReadOnlyList<string> Reasons => Account.FrozenAt is null ? ProposalWords.FreezeReasons : ProposalWords.UnfreezeReasons;

    public Dictionary<string, string> Choices(ITexts texts) =>
        Reasons.Prepend("").ToDictionary(r => r, r => r.Length == 0 ? texts.Of("请选择", "Choose one") : ProposalWords.Reason(texts, r), StringComparer.Ordinal);

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

        try
        {
            var freeze = Account.FrozenAt is null;
            var made = await proposals.ProposeAsync(Me, new Wish(freeze ? ProposalKind.Freeze : ProposalKind.Unfreeze, Id, Reason!, explanation, Emergency && freeze), cancellationToken);
            return LocalRedirect($"/console/proposals/{made.Id}");
        }
        catch (ProblemException e) when (e.Problem.Status is 409 or 403)
        {
            return Refuse("", e.Problem);
        }
    }

    private async Task<bool> ReadAsync(CancellationToken cancellationToken)
    {
        var account = await database.Users.AsNoTracking().Include(a => a.Person).Include(a => a.StaffMember).FirstOrDefaultAsync(a => a.Id == Id, cancellationToken);
        if (account is null)
        {
            return false;
        }

        Account = MaskedAccount.Of(account);
        return true;
    }
}
