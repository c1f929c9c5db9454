using Stateless;
using Yinxin.Desk.Data;
using Yinxin.Identity.Client.SignIn;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Desk.Features.Cases;

/// <summary>States of a case (domain rules: cases §2).</summary>
internal enum CaseState
{
    Submitted, Received, Accepted, NotAccepted, Handled, Examined, AwaitingPayment, Issuing, Denied, Completed, Withdrawn,
}

/// <summary>What may be done to a case.</summary>
internal enum CaseAct
{
    Receive, Accept, RefuseAcceptance, Handle, Examine, Grant, GrantWithFee, Deny, Pay, Issue, Withdraw,
}

/// <summary>The state machine with who may act, and the event that each step leaves.</summary>
internal static class CaseFlow
{
    public static readonly Problem NotAllowed = new("case.transition", 409, "办件当前状态不允许此操作，请刷新后查看。", "The case's present state does not allow this; reload to see what changed.");
    public static readonly Problem NotYours = new("case.role", 403, "您没有办理此环节的权限。", "Your role does not allow this step.");
    public static readonly Problem FourEyes = new("case.fourEyes", 403, "承办人不能审核或批准自己承办的办件。", "Who handled a case may neither examine nor approve it.");
    public static readonly Problem NoOpinion = new("case.opinion", 422, "请填写办理意见。", "Write an opinion of at most 1000 characters.");

    private static readonly Dictionary<CaseAct, string> Roles = new()
    {
        [CaseAct.Receive] = "window-officer",
        [CaseAct.Accept] = "window-officer",
        [CaseAct.RefuseAcceptance] = "window-officer",
        [CaseAct.Handle] = "case-handler",
        [CaseAct.Examine] = "reviewer",
        [CaseAct.Grant] = "approver",
        [CaseAct.Deny] = "approver",
    };

    public static IReadOnlyList<CaseAct> OfficialActs(CaseRecord record, SignedInUser official)
    {
        var machine = Machine(record);
        return [.. Enum.GetValues<CaseAct>().Where(a => Roles.TryGetValue(a, out var role) && official.HasRole(role) && machine.CanFire(a))];
    }

    /// <summary>Whether it is early enough for the applicant to take the application back.</summary>
    public static bool MayWithdraw(CaseRecord record) => Machine(record).CanFire(CaseAct.Withdraw);

    /// <summary>An official's step; opinion needed.</summary>
    public static CaseEvent Act(CaseRecord record, CaseAct act, SignedInUser official, string? opinion, DateTimeOffset now, int lastSequence)
    {
        if (official.Kind != UserKind.Staff || official.Department?.Uscc != record.BodyUscc || !Roles.TryGetValue(act, out var role) || !official.HasRole(role))
        {
            throw NotYours.Exception();
        }

        if (act is CaseAct.Examine or CaseAct.Grant or CaseAct.Deny && record.HandledBy == official.Subject)
        {
            throw FourEyes.Exception();
        }

        if (opinion is not { Length: > 0 and <= 1000 } || string.IsNullOrWhiteSpace(opinion))
        {
            throw NoOpinion.Exception();
        }

        if (act == CaseAct.Handle)
        {
            record.HandledBy = official.Subject;
        }

        return Step(record, act == CaseAct.Grant && record.FeeFen > 0 ? CaseAct.GrantWithFee : act, official.Subject, official.Name, opinion, now, lastSequence);
    }

    /// <summary>A step of the applicant or of the system.</summary>
    public static CaseEvent Step(CaseRecord record, CaseAct act, string actorId, string actorName, string opinion, DateTimeOffset now, int lastSequence)
    {
        var machine = Machine(record);
        if (!machine.CanFire(act))
        {
            throw NotAllowed.Exception();
        }

        var from = record.State;
        machine.Fire(act);
        record.Version++;
        return new CaseEvent
        {
            CaseNumber = record.CaseNumber,
            Sequence = lastSequence + 1,
            Act = act.ToString(),
            FromState = from,
            ToState = record.State,
            ActorId = actorId,
            ActorName = actorName,
            Opinion = opinion,
            At = now,
        };
    }

    private static StateMachine<CaseState, CaseAct> Machine(CaseRecord record)
    {
        var machine = new StateMachine<CaseState, CaseAct>(() => Enum.Parse<CaseState>(record.State), state => record.State = state.ToString());
        machine.Configure(CaseState.Submitted).Permit(CaseAct.Receive, CaseState.Received).Permit(CaseAct.Withdraw, CaseState.Withdrawn);
        machine.Configure(CaseState.Received).Permit(CaseAct.Accept, CaseState.Accepted).Permit(CaseAct.RefuseAcceptance, CaseState.NotAccepted)
           .Permit(CaseAct.Withdraw, CaseState.Withdrawn);
        machine.Configure(CaseState.Accepted).Permit(CaseAct.Handle, CaseState.Handled).Permit(CaseAct.Withdraw, CaseState.Withdrawn);
        machine.Configure(CaseState.Handled).Permit(CaseAct.Examine, CaseState.Examined).Permit(CaseAct.Withdraw, CaseState.Withdrawn);
        machine.Configure(CaseState.Examined).Permit(CaseAct.Grant, CaseState.Issuing).Permit(CaseAct.GrantWithFee, CaseState.AwaitingPayment).Permit(CaseAct.Deny, CaseState.Denied)
            .Permit(CaseAct.Withdraw, CaseState.Withdrawn);
        machine.Configure(CaseState.AwaitingPayment).Permit(CaseAct.Pay, CaseState.Issuing);
        machine.Configure(CaseState.Issuing).Permit(CaseAct.Issue, CaseState.Completed);
        return machine;
    }
}
