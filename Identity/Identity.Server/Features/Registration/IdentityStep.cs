using System.Net;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Authorities;
using Yinxin.Identity.Server.Features.SignIn;
using Yinxin.Identity.Server.Features.SourceChanges;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Registration;

/// <summary>
/// The first step: do the four particulars belong together? An account that exists already changes nothing about the answer. Nobody is refused for what others tried: each address has checks
/// of its own of one number, and what all together may guess at it is bounded by the answer no longer telling; then a wrong one is told only to whoever proves a phone, of which each has few codes.
/// </summary>
internal sealed class IdentityStep(IdentityContext database, PersonalData personal, PopulationRegister population, AttemptBudget budget, IAuditTrail audit, TimeProvider time)
{
    private const int PerAddressAndHour = 200;

    /// <summary>Checks of one number from one address.</summary>
    private const int PerAskerAndHour = 10;

    /// <summary>Particulars of one number that disagreed and were told so, for all addresses together.</summary>
    private const int MismatchesToldPerHour = 10;

    /// <summary>One sentence for every way of not agreeing: neither the true value nor which of the entries is wrong.</summary>
    public static readonly Problem Mismatch = new(
        "identity.population.mismatch", 422,
        "您填写的身份证号、姓名、性别、民族与公安人口库的登记不一致，请对照身份证核对后重试。",
        "The ID number, name, sex and ethnicity you gave do not agree with the population register. Please compare them with your ID card and try again.");

    public static readonly Problem TooMany = new(
        "identity.population.tooMany", 429,
        "核对次数过多，请一小时后再试，或持身份证到政务服务大厅办理。",
        "Too many checks. Please try again in an hour, or bring your ID card to a service hall.");

    /// <param name="draft">What was typed.</param>
    /// <param name="edition">Of the rules that the form showed.</param>
    /// <param name="address">Who asks.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The draft with the library's receipt.</returns>
    /// <exception cref="ProblemException">It does not agree, cannot be asked, or was asked too often.</exception>
    public async Task<RegistrationDraft> CheckAsync(RegistrationDraft draft, string edition, IPAddress? address, CancellationToken cancellationToken)
    {
        var (indexes, subject, range) = (personal.Indexes(Purposes.IdNumber, draft.IdNumber), personal.PassingIndex(Purposes.IdNumber, draft.IdNumber), FailureWindow.Range(address));
        if (!budget.TryTake("address:" + range, PerAddressAndHour) || !budget.TryTake($"number:{subject}:{range}", PerAskerAndHour))
        {
            throw TooMany.Exception();
        }

        // Before the question: what is reported while it is answered is newer than the answer.
        var known = await SourceNews.CountAsync(database, personal, [draft.IdNumber], cancellationToken);
        var (answer, tells) = await AskAsync(subject, draft, cancellationToken);
        var (now, untold) = (time.GetUtcNow(), !answer.Agrees && !tells);
        // The form's button was the separate consent to what it says about the ID number, by the rules that it showed.
        var consent = new { answer.Receipt, privacy = edition };
        audit.Add(new AuditEntry("person.check", draft.Id.ToString(), ActorId: null, Details: consent, Result: answer.Agrees ? "ok" : Mismatch.Code));
        if (!answer.Agrees && tells)
        {
            await database.SaveChangesAsync(cancellationToken);
            throw Mismatch.Exception();
        }

        var owner = await database.Persons.Where(p => indexes.Contains(p.IdNumberIndex)).Select(p => (Guid?)p.Id).FirstOrDefaultAsync(cancellationToken);

        // For nobody too, so that both cost the same. Whoever only guesses at the particulars worries no owner.
        database.Add(OwnerWarning.Create(untold ? Guid.Empty : owner ?? Guid.Empty, now));
        await database.SaveChangesAsync(cancellationToken);
        return draft with { PopulationReceipt = answer.Receipt, PopulationAnswer = answer.Signed, PopulationCheckedAt = now, KnownNews = known, Untold = untold };
    }

    /// <summary>Asks the population library. Each question counts as a guess before it is asked, so that of many at once each sees those before it, and no more once it was none.</summary>
    /// <returns>The answer, and whether a disagreement may be told.</returns>
    private async Task<(AuthorityAnswer Answer, bool Tells)> AskAsync(string subject, RegistrationDraft draft, CancellationToken cancellationToken)
    {
        var guesses = "mismatch:" + subject;
        var tells = budget.TryTake(guesses, MismatchesToldPerHour);
        var disagreed = false;
        try
        {
            var answer = await population.CheckAsync(draft.IdNumber, draft.Name, draft.Sex, draft.Ethnicity, cancellationToken);
            disagreed = !answer.Agrees;
            return (answer, tells);
        }
        finally
        {
            if (!disagreed)
            {
                budget.GiveBack(guesses);
            }
        }
    }
}
