using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance.Evidences;
using Yinxin.Identity.Server.Features.Notices;
using Yinxin.Identity.Server.Features.Presence.Methods;
using Yinxin.Identity.Server.Features.Protocol.Authorize;
using Yinxin.Identity.Server.Features.Raising;
using Yinxin.Identity.Server.Features.Registration;
using Yinxin.Identity.Server.Features.Terms;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Database;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.ServiceDefaults.Settings;

namespace Yinxin.Identity.Server.Features.Presence;

/// <summary>How a ceremony ended.</summary>
/// <param name="ReturnUrl">Where the request goes on; null when that is not known any more.</param>
/// <param name="Problem">Null when presence is proven.</param>
internal sealed record PresenceOutcome(string? ReturnUrl, Problem? Problem);

/// <summary>
/// A few random actions before a camera or digits read aloud, chosen here for this one request: no earlier recording fits, and none of another request or session. A success
/// becomes evidence and a proof of five minutes; a failure becomes evidence too, and counts against the transaction.
/// </summary>
internal sealed class PresenceCeremony(
    IdentityContext database, PersonalData personal, IEnumerable<IPresenceMethod> methods, OutsideSteps steps, StandingAnswers standing, AskedPresences requests, PresenceByPhone phones,
    CompletedRequests completed, AttemptBudget budget, INotices notices, IAuditTrail audit, IOptions<AddressSettings> addresses, TimeProvider time)
{
    /// <summary>Failed ceremonies in a row for one transaction; then the window.</summary>
    public const int Tries = 3;

    /// <summary>How long one ceremony may take.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromMinutes(5);

    private const int PerPersonAndHour = 10;

    private static readonly Problem TooMany = new(
        "presence.tooMany", 429, "尝试次数过多，请一小时后再试，或到政务服务大厅窗口办理。", "Too many tries. Please try again in an hour, or go to the window of a service hall.");

    private static readonly Problem TooManyForTransaction = new(
        "presence.triesUsed", 429, "本事项的本人核验已失败三次，请到政务服务大厅窗口办理。", "The check has failed three times for this transaction. Please go to the window of a service hall.");

    private static readonly Problem Lapsed = new(
        "presence.state", 422, "本次核验已失效、已使用过，或不是在此浏览器中发起的。请重新开始。", "This check has lapsed, was used already, or was not begun in this browser. Please begin again.");

    /// <summary>Prepares a ceremony.</summary>
    /// <param name="session">The session in which it is done.</param>
    /// <param name="method">How it is shown.</param>
    /// <param name="person">Who it has to be.</param>
    /// <param name="detail">What is confirmed.</param>
    /// <param name="client">Who asks.</param>
    /// <param name="returnUrl">Where that session goes on.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <param name="handover">The computer's, if this session does it for another one: that one acts and gets the proof; null: this one.</param>
    /// <returns>The provider's page.</returns>
    /// <exception cref="ProblemException">Too many tries, something changed just now, or the provider cannot be asked or has nothing to compare this person with.</exception>
    public async Task<string> BeginAsync(
        Session session, IPresenceMethod method, Person person, PresenceDetail detail, string client, string returnUrl, CancellationToken cancellationToken, StepUpHandover? handover = null)
    {
        if (await FailuresAsync(person.Id, client, detail, cancellationToken) >= Tries)
        {
            throw TooManyForTransaction.Exception();
        }

        if (!budget.TryTake("presence:" + person.Id, PerPersonAndHour))
        {
            throw TooMany.Exception();
        }

        if (!method.IsOpen)
        {
            throw AuthoritySpokenCheck.Self.Unavailable.Exception();
        }

        var drawn = method.Draw();
        var challenge = JsonSerializer.Serialize(handover is null
            ? new Challenge(string.Join(' ', drawn), session.ActingForId, session.ActingMandateId, Method: method.Name)
            : new Challenge(string.Join(' ', drawn), handover.OrganisationId, handover.MandateId, handover.Id, method.Name));
        var consent = new { detail.Transaction, client, processing = method.Name, privacy = EditionsInForce.At(time.GetUtcNow()).Privacy };
        audit.Add(new AuditEntry("presence.consent", person.Id.ToString(), person.Id.ToString(), Details: consent));
        var step = await standing.BeginStepAsync(
            person, news => steps.BeginAsync(EvidenceKinds.TransactionProof, session.Id, person.Id, challenge, reference: null, returnUrl, Life, cancellationToken, news), cancellationToken);
        var (reference, address) = await method.OpenAsync(
            session.Id, personal.Unprotect(Purposes.IdNumber, person.IdNumberCipher), person.Name, drawn,
            $"{AddressSettings.Text(addresses.Value.Identity)}{PresencePaths.Return}?state={step.Id:N}", cancellationToken);
        await steps.ReferAsync(step.Id, reference, cancellationToken);
        return address;
    }

    /// <summary>Takes the result of a ceremony; once.</summary>
    public async Task<PresenceOutcome> FinishAsync(Session session, Person person, string? state, CancellationToken cancellationToken)
    {
        if (await steps.TakeAsync(state, EvidenceKinds.TransactionProof, session.Id, cancellationToken) is not { Reference: { } reference } step || step.SubjectId != person.Id)
        {
            return new PresenceOutcome(await steps.ReturnUrlAsync(state, EvidenceKinds.TransactionProof, session.Id, cancellationToken), Lapsed);
        }

        // What was shown is what counts: for whom one acts must not have changed since, nor the session on the computer have ended.
        var challenge = JsonSerializer.Deserialize<Challenge>(step.Challenge)!;
        var handed = challenge.Handover is { } row ? await phones.ReadyAsync(row, session, step.ExpiresAt - Life, cancellationToken) : null;
        var asked = challenge.Handover is null ? requests.Of(step.ReturnUrl) : handed?.Request;
        var proving = handed?.Computer ?? session;
        var method = methods.First(m => m.Name == challenge.Method);
        if (asked is null || !asked.Detail.Takes(method.Name) || challenge.Organisation != proving.ActingForId || challenge.Mandate != proving.ActingMandateId)
        {
            return new PresenceOutcome(step.ReturnUrl, Lapsed);
        }

        // Also here: ceremonies may have been begun in store, before the first one failed.
        if (await FailuresAsync(person.Id, asked.ClientId, asked.Detail, cancellationToken) >= Tries)
        {
            return new PresenceOutcome(step.ReturnUrl, TooManyForTransaction);
        }

        PresenceSeen result;
        try
        {
            result = await method.ResultAsync(reference, cancellationToken);
        }
        catch (ProblemException e)
        {
            return new PresenceOutcome(step.ReturnUrl, e.Problem);
        }

        var suffices = result.Answer.Agrees && result.Live && result.Score >= method.LeastScore && string.Join(' ', result.Shown) == challenge.Actions;
        return new PresenceOutcome(step.ReturnUrl, await RecordAsync(proving, method, person, asked, handed?.Row.Id, result, suffices, step, cancellationToken));
    }

    /// <summary>How often it failed for this transaction of this client, since it was proven last: an API may give one name to all that a person does of one kind.</summary>
    public async Task<int> FailuresAsync(Guid person, string client, PresenceDetail detail, CancellationToken cancellationToken)
    {
        var key = KeyOf(client, detail);
        var tries = database.Evidence.AsNoTracking().Where(e => e.SubjectId == person && e.Kind == EvidenceKinds.TransactionProof && e.Transaction == key);
        var proven = await tries.Where(e => e.Result == EvidenceResult.Agreed).MaxAsync(e => e.Place, cancellationToken) ?? 0;
        return await tries.CountAsync(e => e.Result == EvidenceResult.Disagreed && e.Place > proven, cancellationToken);
    }

    /// <summary>Two clients may give their transactions the same name.</summary>
    private static string KeyOf(string client, PresenceDetail detail) => $"{client}:{detail.Transaction}";

    /// <returns>Why it is no proof; null when it is one.</returns>
    private async Task<Problem?> RecordAsync(
        Session session, IPresenceMethod method, Person person, AskedPresence asked, Guid? handover, PresenceSeen result, bool suffices, OutsideStep step, CancellationToken cancellationToken)
    {
        var (detail, client) = (asked.Detail, asked.ClientId);
        var known = await standing.KnownAtAsync(person, step, Life, cancellationToken);

        // One after the other: of any number of ceremonies whose results come in the same moment none counts after the third failure.
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        await AuditChain.TakeTurnAsync(database, cancellationToken);
        if (await FailuresAsync(person.Id, client, detail, cancellationToken) >= Tries)
        {
            return TooManyForTransaction;
        }

        if (suffices && !await standing.StandsAsync(method.Source, result.Answer.Receipt, known, cancellationToken))
        {
            // Nobody failed: it is on record, and no try.
            audit.Add(new AuditEntry(
                "presence.proof", person.Id.ToString(), person.Id.ToString(), Details: new { detail.Transaction, client, result.Answer.Receipt }, Result: StandingAnswers.Changed.Code));
            await database.SaveChangesAsync(cancellationToken);
            await transaction.CommitAsync(CancellationToken.None);
            return StandingAnswers.Changed;
        }

        if (suffices && handover is { } row && !await phones.UseAsync(row, cancellationToken))
        {
            // Used or refused meanwhile: a code is good for one proof.
            return Lapsed;
        }

        var now = time.GetUtcNow();
        var evidence = EvidenceRecords.New(
            person.Id, EvidenceKinds.TransactionProof, method.Source, method.EvidenceMethod, method.Source, now, now + PresenceProofs.Life,
            suffices ? method.Compared : [], result.Answer.Receipt, supersedes: null, suffices ? EvidenceResult.Agreed : EvidenceResult.Disagreed);
        evidence.Transaction = KeyOf(client, detail);
        EvidenceReceipt.Attach(evidence, personal, result.Answer.Signed);
        database.Evidence.Add(evidence);
        if (suffices)
        {
            await GiveWayAsync(session, asked.Id, now, cancellationToken);
            database.PresenceProofs.Add(new PresenceProof
            {
                Id = Guid.NewGuid(),
                GrantId = asked.Id,
                SessionId = session.Id,
                AccountId = person.Id,
                ClientId = client,
                ActingForId = session.ActingForId,
                MandateId = session.ActingMandateId,
                Transaction = detail.Transaction,
                Digest = detail.Digest,
                Method = method.Name,
                EvidenceId = evidence.Id,
                ProvenAt = now,
                ValidUntil = now + PresenceProofs.Life,
            });
        }

        notices.Add(person.Id, suffices ? NoticeKinds.PresenceProven : NoticeKinds.PresenceFailed, new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["application"] = asked.Application,
            ["purpose"] = detail.Chinese,
            ["purposeEnglish"] = detail.English,
        });
        audit.Add(new AuditEntry(
            "presence.proof", person.Id.ToString(), person.Id.ToString(),
            Details: new { detail.Transaction, client, method = method.Name, organisation = session.ActingForId, mandate = session.ActingMandateId, handover, evidence = evidence.Id, result.Answer.Receipt },
            Result: suffices ? "ok" : PresenceProblems.NotConfirmed));
        try
        {
            await database.SaveChangesAsync(cancellationToken);
            await transaction.CommitAsync(CancellationToken.None);
            return suffices ? null : method.Refused;
        }
        catch (DbUpdateException e) when (suffices && e.IsUniqueViolation())
        {
            // Another ceremony has proven the request in the meantime.
            return Lapsed;
        }
    }

    /// <summary>
    /// Removes an earlier proof of the same request that can carry nothing any more: it ran out before the person went on, or was shown in another session or for another. One that was spent, or
    /// for whose request a code was given, keeps its place.
    /// </summary>
    private async Task GiveWayAsync(Session session, Guid request, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (completed.Contains(request))
        {
            return;
        }

        var (id, account, organisation, mandate) = (session.Id, session.AccountId, session.ActingForId, session.ActingMandateId);
        await database.PresenceProofs
            .Where(p => p.GrantId == request && p.SpentAt == null && !database.Grants.Any(g => g.Id == request) &&
                (p.ValidUntil <= now || p.SessionId != id || p.AccountId != account || p.ActingForId != organisation || p.MandateId != mandate))
            .ExecuteDeleteAsync(cancellationToken);
    }

    /// <param name="Actions">What has to be done or said, in order.</param>
    /// <param name="Organisation">Whom the person acted for when they agreed.</param>
    /// <param name="Mandate">Under which mandate.</param>
    /// <param name="Handover">Whose computer it is done for; null: for the session that began it.</param>
    /// <param name="Method">One of <see cref="PresenceMethodNames"/>; without it one that a former release began.</param>
    private sealed record Challenge(string Actions, Guid? Organisation, Guid? Mandate, Guid? Handover = null, string Method = PresenceMethodNames.Face);
}
