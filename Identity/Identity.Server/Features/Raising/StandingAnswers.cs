using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Authorities;
using Yinxin.Identity.Server.Features.Raising.RealPersons.Local;
using Yinxin.Identity.Server.Features.SourceChanges;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Raising;

/// <summary>
/// Whether an answer still stands when it is about to be recorded. What an authority reported since it was given (taken back, a death, a new name) found no record yet that would have followed.
/// </summary>
internal sealed class StandingAnswers(IdentityContext database, PersonalData personal, TimeProvider time)
{
    public static readonly Problem Changed = new(
        "identity.raise.changedMeanwhile", 409, "核验之后，来源撤回了这次答复，或您的登记信息有变更；本次核验不作数，请重新开始。",
        "Since this check its source took the answer back, or something changed at a register; it does not count. Please begin again.");

    /// <summary>It is made with the request, before the request asks anybody.</summary>
    private readonly DateTimeOffset begun = time.GetUtcNow();

    /// <summary>Those whom news may be about: the subject, and who acts for it. Before the turn, for numbers have to be opened.</summary>
    public async Task<List<string>> AboutAsync(Guid subject, Guid actor, CancellationToken cancellationToken)
    {
        var ciphers = await database.Persons.AsNoTracking().Where(p => p.Id == subject || p.Id == actor).Select(p => p.IdNumberCipher).ToListAsync(cancellationToken);
        var codes = await database.Organisations.AsNoTracking().Where(o => o.Id == subject).Select(o => o.Uscc).ToListAsync(cancellationToken);
        return [.. ciphers.Select(cipher => personal.Unprotect(Purposes.IdNumber, cipher)).Concat(codes).Select(number => SourceChangeBook.SubjectOf(personal, number))];
    }

    /// <summary>Ask in the audit's turn, in which events are entered too: whichever comes second sees the other.</summary>
    /// <param name="source">As evidence of the answer names it.</param>
    /// <param name="receipt">The answer's number.</param>
    /// <param name="about">Of <see cref="AboutAsync"/>.</param>
    /// <param name="since">When what was answered now was begun; null: in this request.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<bool> StandsAsync(string source, string receipt, List<string> about, DateTimeOffset? since, CancellationToken cancellationToken)
    {
        // A number is given once: whenever it was taken back, it was this answer.
        if (await SourceNews.CountAsync(database, personal, [SourceNews.OfAnswer(IssuerOf(source), receipt)], cancellationToken) > 0)
        {
            return false;
        }

        var from = since ?? begun;
        return !await database.SourceEvents.AnyAsync(e => about.Contains(e.Subject) && e.DoneAt >= from && e.Outcome != SourceChangeBook.Refused, cancellationToken);
    }

    /// <summary>Who gave the number. A face that was compared here rests on the population library's photo.</summary>
    private static string IssuerOf(string source) => source switch
    {
        BankCardNetwork.Source => BankCardNetwork.Self.Issuer,
        LocalRealPerson.Name => PopulationRegister.Self.Issuer,
        _ => source,
    };
}
