using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Authorities;
using Yinxin.Identity.Server.Features.Registration;
using Yinxin.Identity.Server.Features.SourceChanges;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Recovery;

/// <summary>What authorities said of an account in the moment in which its recovery takes effect.</summary>
/// <param name="IdNumber">The account's, as it was asked about.</param>
/// <param name="Name">The account's.</param>
/// <param name="Ethnicity">The account's; of one that has none what was typed, which becomes the account's.</param>
/// <param name="KnownNews">How many changes about this person had been reported before; see <see cref="SourceNews"/>.</param>
internal sealed record RecoveryAnswers(string IdNumber, string Name, string Ethnicity, int KnownNews)
{
    /// <summary>The population library's; null where it was not asked.</summary>
    public AuthorityAnswer? Population { get; init; }

    public DateTimeOffset PopulationAt { get; init; }

    /// <summary>The carrier's signed answer that the phone is this person's, the new one or the account's own; null where it was not asked.</summary>
    public string? PhoneOwner { get; init; }
}

/// <summary>
/// Asks authorities what a recovery writes down as proved, when it takes effect and not when it began: days may lie between, in which the library takes an answer back or reports a new
/// name. It is asked about the account's own particulars, not about what was typed, so that the evidence names what was compared with this account.
/// </summary>
internal sealed class RecoveryQuestions(
    IdentityContext database, PersonalData personal, PopulationRegister population, PhoneOwnerStep owners, IAuditTrail audit, TimeProvider time)
{
    public static readonly Problem Disagrees = new(
        "identity.recovery.disagrees", 422,
        "找回没有完成：账号信息与公安人口库现在的登记不一致，原密码不变。请持身份证到政务服务大厅办理。",
        "Not recovered: the population register no longer agrees with the account's particulars; the password is unchanged. Please bring your ID card to a service hall.");

    public static readonly Problem ChangedMeanwhile = new(
        "identity.recovery.changedMeanwhile", 409, "核对期间，您的登记信息有变更，请再次提交。", "Something about you changed at a register during the check; please submit it again.");

    /// <param name="change">What the recovery changes.</param>
    /// <param name="asker">The form whose questions of an hour are counted; null where nobody waits for the answer.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Null where the recovery rests on no authority's word.</returns>
    /// <exception cref="ProblemException">One does not agree (<see cref="Disagrees"/>, <see cref="PhoneOwnerStep.NotOwner"/>), or cannot be asked: nothing was changed.</exception>
    public async Task<RecoveryAnswers?> AskAsync(RecoveryChange change, Guid? asker, CancellationToken cancellationToken)
    {
        var asksLibrary = !change.KeepsLevel && change.Receipt is not null;
        // By two factors of the account's own the level stays, and no phone is written down as proved: there the carrier was asked with the code, before the other factor was spent.
        var asksCarrier = change.NewPhone is not null || (owners.IsAsked && !change.KeepsLevel);
        if (!asksLibrary && !asksCarrier)
        {
            return null;
        }

        var person = await database.Persons.AsNoTracking().FirstAsync(p => p.Id == change.AccountId, cancellationToken);
        if (person.IdNumberCipher.Length == 0)
        {
            // Erased since: there is nothing to ask about, nor will anything be changed.
            return null;
        }

        // Before the questions: what is reported while they are answered is newer than the answers.
        var idNumber = personal.Unprotect(Purposes.IdNumber, person.IdNumberCipher);
        var known = await SourceNews.CountAsync(database, personal, [idNumber], cancellationToken);
        var answers = new RecoveryAnswers(idNumber, person.Name, person.Ethnicity.Length > 0 ? person.Ethnicity : change.Ethnicity ?? "", known);
        if (asksLibrary && answers.Ethnicity.Length > 0)
        {
            var answer = await population.CheckAsync(answers.IdNumber, answers.Name, person.Sex, answers.Ethnicity, cancellationToken);
            answers = answers with { Population = answer.Agrees ? answer : throw await RefuseAsync(change.AccountId, answer, cancellationToken), PopulationAt = time.GetUtcNow() };
        }

        if (!asksCarrier)
        {
            return answers;
        }

        // A number that has left the account since proves nobody any more.
        var phone = change.NewPhone ?? (person.HasPhone ? personal.Unprotect(Purposes.Phone, person.PhoneCipher) : throw PhoneOwnerStep.NotOwner.Exception());
        return answers with { PhoneOwner = await owners.AskAsync(change.AccountId, asker, phone, answers.Name, answers.IdNumber, cancellationToken) };
    }

    /// <summary>
    /// Whether the answers are no longer the last word: an authority reported something since, or the name is another. In the turn in which events are entered: whichever comes second sees
    /// the other.
    /// </summary>
    public async Task<bool> AreOvertakenAsync(RecoveryAnswers answers, Person person, CancellationToken cancellationToken) =>
        person.Name != answers.Name || await SourceNews.CountAsync(database, personal, About(answers), cancellationToken) != answers.KnownNews;

    private static IEnumerable<string> About(RecoveryAnswers answers)
    {
        yield return answers.IdNumber;
        if (answers.Population is { } match)
        {
            yield return SourceNews.OfAnswer(PopulationRegister.Self.Issuer, match.Receipt);
        }

        if (answers.PhoneOwner is { } owner)
        {
            yield return SourceNews.OfAnswer(PhoneOwners.Self.Issuer, PhoneOwnerStep.ReceiptOf(owner));
        }
    }

    private async Task<ProblemException> RefuseAsync(Guid account, AuthorityAnswer answer, CancellationToken cancellationToken)
    {
        audit.Add(new AuditEntry("recovery.check", account.ToString(), ActorId: null, Details: new { answer.Receipt }, Result: Disagrees.Code));
        await database.SaveChangesAsync(cancellationToken);
        return Disagrees.Exception();
    }
}
