using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Challenge;
using Yinxin.Identity.Server.Features.SignIn;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Recovery;

/// <summary>Recovery with the ticket of a counter: an official has seen the person and the ID card.</summary>
internal sealed class RecoverTicketModel(IdentityContext database, PersonalData personal, AttemptBrake brake, Challenges challenges, RecoveryDrafts drafts, TimeProvider time) : PageModel
{
    private static readonly Problem Wrong = new("identity.recovery.ticketRefused", 422, "身份证号或凭条不正确，或凭条已失效。", "The ID number or the ticket is not right, or the ticket has ended.");

    [BindProperty]
    public string? IdNumber { get; set; }

    [BindProperty]
    public string? Ticket { get; set; }

    public void OnGet()
    {
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        var number = TypedText.Normalise((IdNumber ?? "").Trim()).ToUpperInvariant();
        if (number.Length > 30 || Ticket?.Length > 60)
        {
            return Refuse(Wrong);
        }

        var (now, counted) = (time.GetUtcNow(), "ticket:" + number);
        if (await challenges.AskAsync(HttpContext, ChallengePurposes.Recovery, counted, cancellationToken) is { } needed)
        {
            return Refuse(needed);
        }

        (Guid Id, Guid AccountId, string Name)? found = null;
        var outcome = await brake.TryAsync(
            // A ticket cannot be guessed (80 random bits): a stranger's tries at a number bar his own addresses, not its owner.
            personal.Index(Purposes.SignInName, $"{counted}:{FailureWindow.Range(HttpContext.Connection.RemoteIpAddress)}"), HttpContext.Connection.RemoteIpAddress, async () => (found = await FindAsync(number, now, cancellationToken)) is not null, cancellationToken);
        if (outcome != SignInOutcome.Accepted)
        {
            challenges.Count(HttpContext, ChallengePurposes.Recovery, counted);
            challenges.ShowNext(HttpContext, ChallengePurposes.Recovery, counted);
            return Refuse(outcome == SignInOutcome.MustWait ? RecoverCodeModel.MustWait : Wrong);
        }

        var (ticket, account, name) = found!.Value;
        var stamp = await database.Users.Where(a => a.Id == account).Select(a => a.SecurityStamp).FirstAsync(cancellationToken);
        drafts.Write(HttpContext, new RecoveryDraft(Guid.CreateVersion7(now), account, number, name, Receipt: null, ticket, NewPhone: null, PhoneLost: true, PhoneProven: false, stamp));
        return LocalRedirect("/recover/phone");
    }

    private PageResult Refuse(Problem problem)
    {
        ModelState.AddModelError(nameof(Ticket), problem.Text);
        Response.StatusCode = problem.Status;
        return Page();
    }

    private async Task<(Guid Id, Guid AccountId, string Name)?> FindAsync(string number, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (indexes, secret) = (personal.Indexes(Purposes.IdNumber, number), RecoveryTickets.Hash(personal, Ticket ?? ""));
        var row = await database.RecoveryRequests.AsNoTracking()
            .Where(r => r.SecretHash == secret && r.State == RecoveryState.Ticket && r.DueAt > now)
            .Join(database.Persons.Where(p => indexes.Contains(p.IdNumberIndex)), r => r.AccountId, p => p.Id, (r, p) => new { r.Id, r.AccountId, p.Name })
            .FirstOrDefaultAsync(cancellationToken);
        return row is null ? null : (row.Id, row.AccountId, row.Name);
    }
}
