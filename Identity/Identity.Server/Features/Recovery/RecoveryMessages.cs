using System.Net;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Phones;
using Yinxin.ServiceDefaults.Outbox;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Recovery;

/// <summary>Sends the code to the account's phone after the page has answered: whether there is an account, and whether its phone may get one more, shows nowhere.</summary>
internal sealed class RecoveryMessages(IdentityContext database, PersonalData personal, PhoneCodes codes, TimeProvider time) : IOutboxHandler
{
    /// <summary>To the account's own number.</summary>
    public const string Purpose = "recovery";

    /// <summary>The same, asked for in a browser that the account knows. Counted apart: a stranger with the particulars uses up none of the owner's.</summary>
    public const string KnownPurpose = "recovery-known";

    /// <summary>To a number that takes its place. Counted apart, or a number that has had its code by <see cref="Purpose"/> would be known as the account's.</summary>
    public const string NewPurpose = "recovery-new";
    private const string KindName = "identity.recoveryCode";
    private static readonly TimeSpan Useful = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan AfterFlood = TimeSpan.FromSeconds(20);

    /// <param name="FormId">Of the draft.</param>
    /// <param name="Account">Whose, or nobody's key.</param>
    /// <param name="Address">Who asks.</param>
    /// <param name="Known">Whether the account knows the browser; messages of an earlier release do not say.</param>
    internal sealed record Payload(Guid FormId, Guid Account, string? Address, bool Known = false);

    public string Kind => KindName;

    public static OutboxMessage Create(Guid formId, Guid account, IPAddress? address, bool known, DateTimeOffset now) =>
        OutboxMessage.Create(KindName, new Payload(formId, account, address?.ToString(), known), Guid.NewGuid().ToString(), now);

    /// <summary>What a message is for, by who asks.</summary>
    public static string PurposeFor(bool known) => known ? KnownPurpose : Purpose;

    /// <summary>What stands in the place of a phone for whoever has none, or no account: no number of anybody.</summary>
    public static string NoPhoneOf(Guid account) => "nobody:" + account;

    public async Task HandleAsync(OutboxMessage message, CancellationToken cancellationToken)
    {
        var payload = message.Read<Payload>();
        var person = await database.Persons.AsNoTracking().FirstOrDefaultAsync(p => p.Id == payload.Account, cancellationToken);
        if (time.GetUtcNow() - message.CreatedAt >= Useful)
        {
            return;
        }

        var (budget, purpose, address) = (RecoveryDraft.BudgetOf(payload.FormId), PurposeFor(payload.Known), IPAddress.TryParse(payload.Address, out var parsed) ? parsed : null);
        try
        {
            if (person?.HasPhone == true)
            {
                await codes.SendAsync(payload.FormId, personal.Unprotect(Purposes.Phone, person.PhoneCipher), budget, purpose, address, cancellationToken);
            }
            else
            {
                await codes.NoteInVainAsync(payload.FormId, NoPhoneOf(payload.Account), budget, purpose, address, cancellationToken);
            }
        }
        catch (ProblemException e) when (e.Problem == MessageFlood.Refused)
        {
            // Said once a minute already, and no fault of this message.
            throw new NotYetException(AfterFlood);
        }
    }
}
