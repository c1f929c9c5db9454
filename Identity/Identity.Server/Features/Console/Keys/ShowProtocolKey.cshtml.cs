using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Console.Access;
using Yinxin.Identity.Server.Features.Forms;
using Yinxin.Identity.Server.Features.Protocol.Keys;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Console.Keys;

/// <summary>One key of tokens; a security administrator takes it out of use at once, with a proof of the last 15 minutes, alone: waiting for a second official would leave it to whoever has it.</summary>
[KeepsForm(nameof(ShowProtocolKeyModel.Reason))]
internal sealed class ShowProtocolKeyModel(IdentityContext database, KeyWithdrawal withdrawal, KeptForms forms, IOptions<ProtocolKeySettings> settings, TimeProvider time) : ConsolePage
{
    private static readonly Problem NoReason = new("console.keys.reason", 422, "请填写 5 至 500 字的原因。", "Say why in 5 to 500 characters.");

    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    [BindProperty(SupportsGet = true)]
    public bool Done { get; set; }

    [BindProperty]
    public string? Reason { get; set; }

    public ShownKey Key { get; private set; } = null!;

    /// <summary>Whether the form shows what was typed before a sign-in came between, or says that it is lost.</summary>
    public KeptForm Kept { get; private set; }

    protected override IReadOnlyList<string> Readers => ConsoleRights.ReadProtocolKeys;

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken)
    {
        if (!await ReadAsync(cancellationToken))
        {
            return NotFound();
        }

        Kept = forms.Restore(this, Me.Id);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        Demand(ConsoleRights.WithdrawProtocolKeys);
        if (!await ReadAsync(cancellationToken))
        {
            return NotFound();
        }

        if (SignInAgain(time) is { } proof)
        {
            await forms.KeepAsync(HttpContext, Me.Id);
            return proof;
        }

        if (LastingText.Fault(Reason, 5, 500, NoReason) is { } fault)
        {
            return Refuse(nameof(Reason), fault);
        }

        try
        {
            await withdrawal.WithdrawAsync(Id, Me.Id, Me.Name, Reason!.Trim(), cancellationToken);
            return LocalRedirect($"/console/keys/{Id}?done=true");
        }
        catch (ProblemException e) when (e.Problem == KeyWithdrawal.Withdrawn)
        {
            return Refuse("", e.Problem);
        }
    }

    private async Task<bool> ReadAsync(CancellationToken cancellationToken)
    {
        var found = (await ShownKey.AllAsync(database, settings.Value, time.GetUtcNow(), cancellationToken)).Find(k => k.Id == Id);
        Key = found!;
        return found is not null;
    }
}
