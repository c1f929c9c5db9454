using Microsoft.Extensions.Options;
using Yinxin.Identity.Server.Data;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Challenge;

/// <summary>What a page shows when it asks for a proof.</summary>
/// <param name="Ticket">Sealed; goes back with the form.</param>
/// <param name="Parameters">For the worker, as JSON.</param>
/// <param name="WaitOver">When waiting counts.</param>
/// <param name="Seconds">How long that is from now.</param>
internal sealed record ChallengeDemand(string Ticket, string Parameters, DateTimeOffset WaitOver, int Seconds);

/// <summary>
/// The door before what is tried in masses: without pressure it is open; under pressure a form has to bring work that the browser did, or time that has passed. No puzzle, nothing to
/// see, to hear or to remember (WCAG 2.2 SC 3.3.8), and nothing that depends on whether an account exists.
/// </summary>
internal sealed class Challenges(
    IdentityContext database, PersonalData personal, ChallengePressure pressure, ChallengeTickets tickets, ChallengeTally tally, IOptions<ChallengeSettings> settings, TimeProvider time)
{
    public const string TicketField = "ChallengeTicket";
    public const string ProofField = "ChallengeProof";

    /// <summary>A proof may be that many times easier than what would be asked for now, for pressure rises while somebody types; not more, or proofs would be laid in when they are cheap.</summary>
    private const int Easier = 4;

    private static readonly Problem Needed = new(
        "identity.challenge.needed", 422, "近期尝试较多，请完成下方的安全检查后再次提交。", "There were many tries of late. Please let the check below finish, then submit again.");

    private static readonly Problem TooEarly = new(
        "identity.challenge.tooEarly", 422, "等待时间还没有到，请稍后再次提交。", "The waiting time is not over yet. Please submit again in a while.");

    /// <summary>What this answer asks for; read by the page's partial.</summary>
    public ChallengeDemand? Demand { get; private set; }

    /// <summary>Asked before anything else is done with the form.</summary>
    /// <returns>Null: go on. Else what the page says, with <see cref="Demand"/> set.</returns>
    public async Task<Problem?> AskAsync(HttpContext context, string purpose, string typed, CancellationToken cancellationToken)
    {
        var (subject, address) = (Subject(purpose, typed), context.Connection.RemoteIpAddress);
        var asked = pressure.Of(purpose, subject, address);
        if (asked < 1)
        {
            return null;
        }

        var form = await context.Request.ReadFormAsync(cancellationToken);
        var now = time.GetUtcNow();
        if (tickets.Open(form[TicketField]) is { } ticket && ticket.Purpose == purpose && ticket.Subject == subject && ticket.ExpiresAt > now && ticket.Work * Easier >= Work(asked))
        {
            var worked = ticket.IsAnsweredBy(form[ProofField].ToString());
            if (!worked && (now < ticket.WaitOver || !pressure.TryTakeWait(address)))
            {
                // The ticket is not spent: whoever comes too early has not waited in vain.
                return Again(ticket, now);
            }

            if (await SpentProof.SpendAsync(database, ticket.Id, ticket.ExpiresAt, cancellationToken))
            {
                return null;
            }
        }

        Show(purpose, subject, asked);
        tally.Add(purpose, address);
        return Needed;
    }

    /// <summary>Counts a wrong password, a check, a message.</summary>
    public void Count(HttpContext context, string purpose, string typed) => pressure.Add(purpose, Subject(purpose, typed), context.Connection.RemoteIpAddress);

    /// <summary>For a page that is shown again: it already carries what the next try will be asked for.</summary>
    public void ShowNext(HttpContext context, string purpose, string typed)
    {
        var subject = Subject(purpose, typed);
        if (Demand is null && pressure.Of(purpose, subject, context.Connection.RemoteIpAddress) is >= 1 and var asked)
        {
            Show(purpose, subject, asked);
        }
    }

    public void Forget(string purpose, string typed) => pressure.Forget(purpose, Subject(purpose, typed));

    private void Show(string purpose, string subject, double asked)
    {
        var seconds = (int)Math.Min(settings.Value.MostWaitSeconds, settings.Value.WaitSeconds * asked);
        var over = time.GetUtcNow().AddSeconds(seconds);
        var ticket = ChallengeTickets.New(purpose, subject, Work(asked), settings.Value.Rounds, over, over.AddMinutes(settings.Value.Minutes));
        Demand = new ChallengeDemand(tickets.Seal(ticket), ticket.Parameters(), over, seconds);
    }

    private Problem Again(ChallengeTicket ticket, DateTimeOffset now)
    {
        var over = ticket.WaitOver > now ? ticket.WaitOver : now.AddSeconds(settings.Value.WaitSeconds);
        Demand = new ChallengeDemand(tickets.Seal(ticket), ticket.Parameters(), over, (int)Math.Ceiling((over - now).TotalSeconds));
        return TooEarly;
    }

    private int Work(double asked) => (int)Math.Min(settings.Value.MostWork, settings.Value.Work * asked);

    private string Subject(string purpose, string typed) => personal.Index(Purposes.SignInName, $"challenge:{purpose}:{SignIn.AccountFinder.KeyOf(typed)}");
}
