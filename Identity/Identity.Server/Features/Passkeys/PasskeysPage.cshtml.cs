using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance;
using Yinxin.Identity.Server.Features.Assurance.Evidences;
using Yinxin.Identity.Server.Features.Notices;
using Yinxin.Identity.Server.Features.Recovery;
using Yinxin.Identity.Server.Features.Sessions;
using Yinxin.Identity.Server.Features.SignIn;
using Yinxin.Identity.Server.Features.Strengthening;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.Web.Components;

namespace Yinxin.Identity.Server.Features.Passkeys;

/// <summary>
/// A person's own passkeys. Changes ask for a sign-in of the last quarter of an hour, by more than the password: a session left open is not enough, and a stolen password makes no passkey. One that
/// is removed may have been stolen: every other session ends, for it may have been opened with it, or vouched for by one that was.
/// </summary>
[Authorize]
internal sealed class PasskeysModel(IdentityContext database, PasskeyCeremony ceremony, SessionStore sessions, WaitingRecoveries recoveries, INotices notices, IAuditTrail audit,
    StrengtheningWays strengthening, ITexts texts, TimeProvider time) : PageModel
{
    private const string Here = "/account/passkeys";
    private const int MostPasskeys = 20;
    private const int LongestName = 40;
    private static readonly TimeSpan Recent = TimeSpan.FromMinutes(15);

    internal sealed record Row(string Id, string? Name, DateTimeOffset CreatedAt, DateTimeOffset? LastUsedAt);

    [BindProperty]
    public string? Passkey { get; set; }

    [BindProperty]
    public string? Label { get; set; }

    /// <summary>Where the person goes on once a passkey was added; none: this page.</summary>
    [BindProperty(SupportsGet = true)]
    public string? ReturnUrl { get; set; }

    /// <summary>The page that waits for the passkey; null: none does, or it is not of this app.</summary>
    public string? Waiting => LocalUrl.IsLocal(ReturnUrl) ? ReturnUrl : null;

    /// <summary>What this page's own forms add to their address, so that changing something else first loses no place.</summary>
    public string Further => Waiting is { } waiting ? "&ReturnUrl=" + Uri.EscapeDataString(waiting) : "";

    /// <summary>This page with the place to go on to, for pages that come back here.</summary>
    private string Again => Waiting is { } waiting ? Here + "?ReturnUrl=" + Uri.EscapeDataString(waiting) : Here;

    public IReadOnlyList<Row> Passkeys { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken) => await ElsewhereAsync(cancellationToken) ?? await ShowAsync(cancellationToken);

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        if (await ElsewhereAsync(cancellationToken) is { } elsewhere)
        {
            return elsewhere;
        }

        var account = User.AccountId()!.Value;
        var passkey = await ceremony.AttestAsync(HttpContext, Passkey ?? "", account);
        if (passkey is null || await database.UserPasskeys.CountAsync(p => p.UserId == account, cancellationToken) >= MostPasskeys)
        {
            ModelState.AddModelError("", texts.Of("通行密钥没有添加成功，请重试", "The passkey was not added; please try again"));
            Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
            return await ShowAsync(cancellationToken);
        }

        // In the turn: a session that was thrown out meanwhile leaves no key behind.
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        await AuditChain.TakeTurnAsync(database, cancellationToken);
        if (await ElsewhereAsync(cancellationToken) is { } ended)
        {
            return ended;
        }

        passkey.Name = NameOf(Label);
        database.UserPasskeys.Add(PasskeyRecords.From(account, passkey));
        database.FactorTickets.RemoveRange(await database.FactorTickets.Where(t => t.AccountId == account).ToListAsync(cancellationToken));
        database.Evidence.Add(EvidenceRecords.New(account, EvidenceKinds.Passkey, "person", EvidenceKinds.Passkey, "identity", time.GetUtcNow()));
        notices.Add(account, NoticeKinds.PasskeyAdded, Named(passkey.Name));
        audit.Add(new AuditEntry("account.passkeyAdded", account.ToString(), account.ToString()));
        await database.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(CancellationToken.None);
        return LocalRedirect(Waiting ?? Here);
    }

    public async Task<IActionResult> OnPostRemoveAsync(string? id, CancellationToken cancellationToken)
    {
        if (await ElsewhereAsync(cancellationToken) is { } elsewhere)
        {
            return elsewhere;
        }

        var account = User.AccountId()!.Value;
        // In the turn: of two removals at once the second sees what the first has left, so that nobody loses the last way in, and keys and their evidence stay together.
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        await AuditChain.TakeTurnAsync(database, cancellationToken);
        // And a session that another has ended meanwhile removes nothing: of a thief and the owner the first wins.
        if (await ElsewhereAsync(cancellationToken) is { } ended)
        {
            return ended;
        }

        var own = await database.UserPasskeys.Where(p => p.UserId == account).ToListAsync(cancellationToken);
        var passkey = own.Find(p => PasskeyRecords.UseId(p.CredentialId) == id);
        var hasPassword = await database.Users.AnyAsync(a => a.Id == account && a.PasswordHash != null, cancellationToken);
        if (passkey is not null && own.Count == 1 && !hasPassword)
        {
            ModelState.AddModelError("", texts.Of("这是您唯一的登录方式，请先设置密码", "This is your only way to sign in; please set a password first"));
            Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
            return await ShowAsync(cancellationToken);
        }

        if (passkey is not null)
        {
            database.UserPasskeys.Remove(passkey);
            database.PasskeyUses.RemoveRange(await database.PasskeyUses.Where(u => u.Id == id).ToListAsync(cancellationToken));
            await WithdrawAsync(account, [.. own.OrderBy(p => p.Data.CreatedAt)], passkey, cancellationToken);
            await recoveries.EndAsync(account, "passkey", account.ToString(), cancellationToken);
            var stamp = Guid.NewGuid().ToString();
            await database.Users.Where(a => a.Id == account).ExecuteUpdateAsync(a => a.SetProperty(x => x.SecurityStamp, stamp), cancellationToken);
            notices.Add(account, NoticeKinds.PasskeyRemoved, Named(passkey.Data.Name));
            audit.Add(new AuditEntry("account.passkeyRemoved", account.ToString(), account.ToString()));
            await database.SaveChangesAsync(cancellationToken);
            await sessions.EndAllAsync(account, EndReasons.PasskeyRemoved, except: User.SessionId(), cancellationToken);
            await transaction.CommitAsync(CancellationToken.None);
        }

        return LocalRedirect(Again);
    }

    public async Task<IActionResult> OnPostRenameAsync(string? id, CancellationToken cancellationToken)
    {
        if (await ElsewhereAsync(cancellationToken) is { } elsewhere)
        {
            return elsewhere;
        }

        var account = User.AccountId()!.Value;
        var own = await database.UserPasskeys.Where(p => p.UserId == account).ToListAsync(cancellationToken);
        if (own.Find(p => PasskeyRecords.UseId(p.CredentialId) == id) is { } passkey)
        {
            passkey.Data.Name = NameOf(Label);
            audit.Add(new AuditEntry("account.passkeyRenamed", account.ToString(), account.ToString()));
            await database.SaveChangesAsync(cancellationToken);
        }

        return LocalRedirect(Again);
    }

    /// <summary>
    /// A key that is gone proves nothing any more. Evidence does not name its key, but both stand in the order in which they were made; where a former release left records of keys that
    /// were removed then, no more stay than there are keys.
    /// </summary>
    private async Task WithdrawAsync(Guid account, List<IdentityUserPasskey<Guid>> own, IdentityUserPasskey<Guid> removed, CancellationToken cancellationToken)
    {
        var standing = (await CurrentEvidence.OfAsync(database, account, cancellationToken)).Where(e => e.Kind == EvidenceKinds.Passkey).ToList();
        IEnumerable<Evidence> gone = standing.Count == own.Count ? [standing[own.IndexOf(removed)]] : standing.SkipLast(own.Count - 1);
        database.Evidence.AddRange(gone.Select(e => EvidenceRecords.Withdrawal(e, EvidenceState.Superseded, "passkey-removed", "identity", time.GetUtcNow())));
    }

    private static string? NameOf(string? typed) =>
        new string([.. (typed ?? "").Trim().Where(c => !char.IsControl(c)).Take(LongestName)]) is { Length: > 0 } name ? name : null;

    private static Dictionary<string, string> Named(string? name) => new(StringComparer.Ordinal) { ["name"] = name ?? "" };

    private async Task<IActionResult?> ElsewhereAsync(CancellationToken cancellationToken)
    {
        var session = await sessions.FindLiveAsync(User.SessionId()!.Value, cancellationToken);
        return session is null || time.GetUtcNow() - session.AuthenticatedAt > Recent ? LocalRedirect("/sign-in?ReturnUrl=" + Uri.EscapeDataString(Again))
            : await strengthening.MayBindAsync(session, cancellationToken) ? null
            : LocalRedirect(await strengthening.BeforeBindingAsync(session, Again, cancellationToken));
    }

    private async Task<PageResult> ShowAsync(CancellationToken cancellationToken)
    {
        var account = User.AccountId()!.Value;
        var passkeys = await database.UserPasskeys.AsNoTracking().Where(p => p.UserId == account).ToListAsync(cancellationToken);
        var uses = await database.PasskeyUses.AsNoTracking().Where(u => u.AccountId == account).ToDictionaryAsync(u => u.Id, u => u.LastUsedAt, cancellationToken);
        Passkeys = [.. passkeys.OrderBy(p => p.Data.CreatedAt).Select(p =>
        {
            var id = PasskeyRecords.UseId(p.CredentialId);
            return new Row(id, p.Data.Name, p.Data.CreatedAt, uses.TryGetValue(id, out var used) ? used : null);
        })];
        return Page();
    }
}
