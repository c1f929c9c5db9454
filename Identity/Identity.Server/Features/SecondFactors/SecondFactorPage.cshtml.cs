using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Notices;
using Yinxin.Identity.Server.Features.Sessions;
using Yinxin.Identity.Server.Features.Strengthening;
using Yinxin.ServiceDefaults.Audit;

namespace Yinxin.Identity.Server.Features.SecondFactors;

/// <summary>A person's own second factors. Changes ask for a proof of the last quarter of an hour, and once the second step is on, for a session that showed it.</summary>
[Authorize]
internal sealed class SecondFactorPageModel(
    IdentityContext database, SessionStore sessions, RecoveryCodes recovery, SecondFactorChange change, INotices notices, IAuditTrail audit, StrengtheningWays strengthening,
    IDataProtectionProvider protection) : PageModel
{
    public const string Here = "/account/second-factor";
    private static readonly TimeSpan Recent = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan Shown = TimeSpan.FromMinutes(10);

    public OwnSecondFactors Own { get; private set; } = null!;

    /// <summary>New recovery codes, for the only time.</summary>
    public IReadOnlyList<string> Codes { get; private set; } = [];

    /// <summary>The same, encrypted, so that they can be downloaded without being stored.</summary>
    public string? Kept { get; private set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken) => await ReadAsync(cancellationToken) ?? Page();

    public async Task<IActionResult> OnPostSmsAsync(CancellationToken cancellationToken)
    {
        if (await ReadAsync(cancellationToken) is { } elsewhere)
        {
            return elsewhere;
        }

        var session = await sessions.FindLiveAsync(User.SessionId()!.Value, cancellationToken);
        if (session is null || !await strengthening.MayBindAsync(session, cancellationToken))
        {
            return LocalRedirect(session is null ? "/sign-in?ReturnUrl=" + Uri.EscapeDataString(Here) : await strengthening.BeforeBindingAsync(session, Here, cancellationToken));
        }

        if (!Own.Required && Own.PhoneCipher is not null)
        {
            await change.OnAsync(User.AccountId()!.Value, SecondFactorWays.Sms, cancellationToken);
        }

        return LocalRedirect(Here);
    }

    public async Task<IActionResult> OnPostOffAsync(CancellationToken cancellationToken)
    {
        if (await ReadAsync(cancellationToken) is { } elsewhere)
        {
            return elsewhere;
        }

        if (Own.Required)
        {
            await change.OffAsync(User.AccountId()!.Value, "owner", User.SessionId(), cancellationToken);
        }

        return LocalRedirect(Here);
    }

    /// <summary>Makes new recovery codes. The answer is the page itself: behind a redirect they would have to be stored.</summary>
    public async Task<IActionResult> OnPostCodesAsync(CancellationToken cancellationToken)
    {
        if (await ReadAsync(cancellationToken) is { } elsewhere)
        {
            return elsewhere;
        }

        if (!Own.Required)
        {
            return LocalRedirect(Here);
        }

        // In the turn: a session that was thrown out meanwhile takes no codes along.
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        await AuditChain.TakeTurnAsync(database, cancellationToken);
        if (await ReadAsync(cancellationToken) is { } ended)
        {
            return ended;
        }

        var account = User.AccountId()!.Value;
        Codes = await recovery.MakeAsync(account, cancellationToken);
        notices.Add(account, NoticeKinds.RecoveryCodesMade);
        audit.Add(new AuditEntry("account.recoveryCodes", account.ToString(), account.ToString()));
        await database.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(CancellationToken.None);
        Own = Own with { RecoveryCodesLeft = Codes.Count };
        Kept = Protector(account).Protect(JsonSerializer.Serialize(Codes), Shown);
        return Page();
    }

    public IActionResult OnPostDownload(string? kept)
    {
        try
        {
            var codes = JsonSerializer.Deserialize<List<string>>(Protector(User.AccountId()!.Value).Unprotect(kept ?? ""))!;
            Response.Headers.CacheControl = "no-store";
            return File(Encoding.UTF8.GetBytes("印信 Yinxin 恢复码 recovery codes\n\n" + string.Join('\n', codes) + "\n"), "text/plain; charset=utf-8", "yinxin-recovery-codes.txt");
        }
        catch (CryptographicException)
        {
            return LocalRedirect(Here);
        }
    }

    private ITimeLimitedDataProtector Protector(Guid account) => protection.CreateProtector("recovery-codes-shown", account.ToString()).ToTimeLimitedDataProtector();

    /// <returns>Where to go first; null when the person may change things.</returns>
    private async Task<IActionResult?> ReadAsync(CancellationToken cancellationToken)
    {
        var session = await sessions.FindLiveAsync(User.SessionId()!.Value, cancellationToken);
        if (session is null || !await sessions.IsRecentAsync(User, Recent, cancellationToken))
        {
            return LocalRedirect(session is null ? "/sign-in?ReturnUrl=" + Uri.EscapeDataString(Here) : ConfirmAddress.Of(session, Here));
        }

        Own = await OwnSecondFactors.OfAsync(database, User.AccountId()!.Value, cancellationToken);
        return Own.Required && !session.HasTwoFactors ? LocalRedirect("/sign-in/second-factor?ReturnUrl=" + Uri.EscapeDataString(Here)) : null;
    }
}
