using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Registration;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Raising.RealPersons;

/// <summary>
/// The online real-person check: a fresh random order of actions for each session, so that no earlier recording fits; the provider's result counts only for that session,
/// with a living person who did exactly these actions and is likely enough the one on file.
/// </summary>
internal sealed class RealPersonCheck(
    PersonalData personal, IRealPersonProvider provider, OutsideSteps steps, StandingAnswers standing, SourceEvidence sources, AttemptBudget budget, TimeProvider time)
{
    public const string ReturnPath = "/account/raise/real-person/return";

    private const int ActionCount = 3;
    private const int PerPersonAndHour = 5;
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(10);

    private static readonly Problem TooMany = new(
        "identity.realPerson.tooMany", 429, "尝试次数过多，请一小时后再试，或换一种方式。", "Too many tries. Please try again in an hour, or choose another way.");

    private static readonly Problem Lapsed = new(
        "identity.realPerson.state", 422, "本次核验已失效，或不是在此浏览器中发起的。请重新开始。", "This check has lapsed, or was not begun in this browser. Please begin again.");

    private static readonly Problem Refused = new(
        "identity.realPerson.refused", 422, "未能确认是您本人。请在光线充足处正对镜头，按提示做动作后重试。", "We could not tell that it is you. Please try again in good light, facing the camera, doing the actions as shown.");

    /// <summary>Prepares a session.</summary>
    /// <returns>The page to which the person goes.</returns>
    /// <exception cref="ProblemException">Too many tries, something changed just now, or the provider cannot be asked.</exception>
    public async Task<string> BeginAsync(Person person, Guid session, string identityAddress, string? returnUrl, CancellationToken cancellationToken)
    {
        if (!budget.TryTake("real-person:" + person.Id, PerPersonAndHour))
        {
            throw TooMany.Exception();
        }

        var actions = provider.Draw(ActionCount);
        var step = await standing.BeginStepAsync(
            person, news => steps.BeginAsync(EvidenceKinds.RealPerson, session, person.Id, string.Join(' ', actions), reference: null, returnUrl, Life, cancellationToken, news), cancellationToken);
        var (reference, address) = await provider.OpenAsync(
            session, personal.Unprotect(Purposes.IdNumber, person.IdNumberCipher), person.Name, actions, $"{identityAddress}{ReturnPath}?state={step.Id:N}", cancellationToken);
        await steps.ReferAsync(step.Id, reference, cancellationToken);
        return address;
    }

    /// <summary>Takes the result of a session.</summary>
    /// <returns>Where the person wanted to go.</returns>
    /// <exception cref="ProblemException">Not this person's session, nobody stood before the camera, a result that does not suffice or stands no more, or the provider cannot be asked.</exception>
    public async Task<string?> FinishAsync(Person person, Guid session, string? state, CancellationToken cancellationToken)
    {
        if (await steps.TakeAsync(state, EvidenceKinds.RealPerson, session, cancellationToken) is not { Reference: { } reference } step || step.SubjectId != person.Id)
        {
            throw Lapsed.Exception();
        }

        var result = await provider.ResultAsync(reference, cancellationToken);
        var suffices = result.Answer.Agrees && result.Live && result.Score >= provider.LeastScore && string.Join(' ', result.Actions) == step.Challenge;
        var answer = suffices ? result.Answer : result.Answer with { Result = "mismatch" };
        await sources.RecordAsync(
            person.Id, person.Id, "person.realPerson",
            new(EvidenceKinds.RealPerson, provider.Source, $"face-and-{ActionCount}-actions", ["face", "name", "idNumber"], time.GetUtcNow().AddYears(1)), answer, Refused,
            await standing.KnownAtAsync(person, step, Life, cancellationToken), cancellationToken);
        return step.ReturnUrl;
    }
}
