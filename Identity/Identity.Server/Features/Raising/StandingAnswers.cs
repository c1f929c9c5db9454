using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Authorities;
using Yinxin.Identity.Server.Features.Raising.RealPersons.Local;
using Yinxin.Identity.Server.Features.SourceChanges;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Raising;

/// <summary>
/// Whether an answer still stands when it is about to be recorded. What an authority reported since the check began (taken back, a death, a new name) found no record yet that would have followed.
/// It is counted: a change bears the time at which it is entered and is seen only when that is done, so that no clock tells whether a check that began in between has seen it.
/// </summary>
internal sealed class StandingAnswers(IdentityContext database, PersonalData personal)
{
    public static readonly Problem Changed = new(
        "identity.raise.changedMeanwhile", 409, "核验之后，来源撤回了这次答复，或您的登记信息有变更；本次核验不作数，请重新开始。",
        "Since this check its source took the answer back, or something changed at a register; it does not count. Please begin again.");

    /// <summary>Before anybody is asked, and before the particulars are read that the question names.</summary>
    /// <param name="numbers">ID numbers and credit codes of those whom news may be about.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<KnownNews> KnownAsync(IEnumerable<string> numbers, CancellationToken cancellationToken)
    {
        var subjects = numbers.Select(number => SourceChangeBook.SubjectOf(personal, number)).ToList();
        return new KnownNews(subjects, await CountAsync(subjects, before: null, cancellationToken));
    }

    /// <summary>The same for a page, which reads its person and organisation first: what was entered in between is among what is known, and seen by them.</summary>
    /// <param name="person">Whose page it is, as read.</param>
    /// <param name="organisation">For which the person acts, as read; null: for nobody.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ProblemException"><see cref="Changed"/>: they are no longer what was read.</exception>
    public async Task<KnownNews> BeginAsync(Person person, Organisation? organisation, CancellationToken cancellationToken)
    {
        var number = personal.Unprotect(Purposes.IdNumber, person.IdNumberCipher);
        var known = await KnownAsync(organisation is null ? [number] : [number, organisation.Uscc], cancellationToken);
        return await IsAsReadAsync(person, organisation, cancellationToken) ? known : throw Changed.Exception();
    }

    /// <summary>
    /// Begins a check that another request ends, in the audit's turn: a change that is being entered is waited for, seen and counted, and whatever is entered later is not. The step keeps the count:
    /// the node that ends it may have another clock than those on which it began and changes were entered.
    /// </summary>
    /// <param name="person">Whose check it is, as read.</param>
    /// <param name="begin">Stores the step with how many changes are known.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ProblemException"><see cref="Changed"/>: the person is no longer what was read.</exception>
    public async Task<OutsideStep> BeginStepAsync(Person person, Func<int, Task<OutsideStep>> begin, CancellationToken cancellationToken)
    {
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        await AuditChain.TakeTurnAsync(database, cancellationToken);
        if (!await IsAsReadAsync(person, organisation: null, cancellationToken))
        {
            throw Changed.Exception();
        }

        var step = await begin(await CountAsync(SubjectsOf(person), before: null, cancellationToken));
        await transaction.CommitAsync(CancellationToken.None);
        return step;
    }

    /// <summary>What was known when a step of <see cref="BeginStepAsync"/> was made.</summary>
    /// <param name="person">Whose step it is.</param>
    /// <param name="step">The step.</param>
    /// <param name="life">How long such a step may take.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<KnownNews> KnownAtAsync(Person person, OutsideStep step, TimeSpan life, CancellationToken cancellationToken)
    {
        var subjects = SubjectsOf(person);

        // A step of a former release kept no count: what is later than its beginning is news, by the clocks of those who wrote it.
        return new KnownNews(subjects, step.KnownNews ?? await CountAsync(subjects, step.ExpiresAt - life, cancellationToken));
    }

    /// <summary>Ask in the audit's turn, in which events are entered too: whichever comes second sees the other.</summary>
    /// <param name="source">As evidence of the answer names it.</param>
    /// <param name="receipt">The answer's number.</param>
    /// <param name="known">What was known when the check began.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<bool> StandsAsync(string source, string receipt, KnownNews known, CancellationToken cancellationToken)
    {
        // A number is given once: whenever it was taken back, it was this answer.
        if (await SourceNews.CountAsync(database, personal, [SourceNews.OfAnswer(IssuerOf(source), receipt)], cancellationToken) > 0)
        {
            return false;
        }

        return await CountAsync(known.Subjects, before: null, cancellationToken) == known.Count;
    }

    private List<string> SubjectsOf(Person person) => [SourceChangeBook.SubjectOf(personal, personal.Unprotect(Purposes.IdNumber, person.IdNumberCipher))];

    private Task<int> CountAsync(List<string> subjects, DateTimeOffset? before, CancellationToken cancellationToken)
    {
        var events = database.SourceEvents.Where(e => subjects.Contains(e.Subject) && e.Outcome != SourceChangeBook.Refused);
        if (before is { } moment)
        {
            events = events.Where(e => e.DoneAt < moment);
        }

        return events.CountAsync(cancellationToken);
    }

    private async Task<bool> IsAsReadAsync(Person person, Organisation? organisation, CancellationToken cancellationToken)
    {
        var now = await database.Persons.AsNoTracking().FirstOrDefaultAsync(p => p.Id == person.Id, cancellationToken);
        if (now is null || now.Name != person.Name || await database.Users.AnyAsync(a => a.Id == person.Id && a.FrozenReason == SourceChangeKinds.Deceased, cancellationToken))
        {
            return false;
        }

        return organisation is null || await database.Organisations.AnyAsync(
            o => o.Id == organisation.Id && o.Name == organisation.Name && o.LegalRepresentativeId == person.Id && o.EndedAt == null, cancellationToken);
    }

    /// <summary>Who gave the number. A face that was compared here rests on the population library's photo.</summary>
    private static string IssuerOf(string source) => source switch
    {
        BankCardNetwork.Source => BankCardNetwork.Self.Issuer,
        LocalRealPerson.Name => PopulationRegister.Self.Issuer,
        _ => source,
    };
}
