using Yinxin.Identity.Server.Data;

namespace Yinxin.Identity.Server.Features.Mandates;

/// <summary>What can happen to a mandate.</summary>
internal enum MandateAct
{
    Invite,
    Accept,
    Decline,
    Suspend,
    Resume,

    /// <summary>A new legal representative lets a suspended mandate go on in his own name.</summary>
    Confirm,
    Revoke,

    /// <summary>The agent lays it down.</summary>
    Resign,
    Expire,

    /// <summary>The account of whoever answers for it is frozen: the mandate stays as it is and gives no power meanwhile (<see cref="Standing"/>). On record for both sides, and so that tokens of before stay dead.</summary>
    GrantorFrozen,

    /// <summary>That account is free again.</summary>
    GrantorFreed,

    /// <summary>Officials froze the organisation: as <see cref="GrantorFrozen"/>.</summary>
    OrganisationFrozen,

    /// <summary>The organisation is free again.</summary>
    OrganisationFreed,
}

/// <summary>In which capacity somebody acts on a mandate.</summary>
internal enum MandateRole
{
    /// <summary>The legal representative, or for a part passed on the agent who passed it on.</summary>
    Grantor,
    Agent,

    /// <summary>The clock, the register, and the end of the mandate above.</summary>
    System,
}

/// <summary>Which state follows, as one table; null: this may not happen.</summary>
internal static class MandateFlow
{
    public static MandateState? Next(MandateState state, MandateAct act, MandateRole role) => (state, act, role) switch
    {
        (MandateState.Invited, MandateAct.Accept, MandateRole.Agent) => MandateState.Active,
        (MandateState.Invited, MandateAct.Decline, MandateRole.Agent) => MandateState.Declined,
        (MandateState.Active, MandateAct.Suspend, MandateRole.Grantor or MandateRole.System) => MandateState.Suspended,
        (MandateState.Active, MandateAct.GrantorFrozen or MandateAct.GrantorFreed or MandateAct.OrganisationFrozen or MandateAct.OrganisationFreed, MandateRole.System) => MandateState.Active,
        (MandateState.Suspended, MandateAct.Resume or MandateAct.Confirm, MandateRole.Grantor) => MandateState.Active,
        (MandateState.Active or MandateState.Suspended, MandateAct.Resign, MandateRole.Agent) => MandateState.Revoked,
        (MandateState.Invited or MandateState.Active or MandateState.Suspended, MandateAct.Revoke, MandateRole.Grantor or MandateRole.System) => MandateState.Revoked,
        (MandateState.Invited or MandateState.Active or MandateState.Suspended, MandateAct.Expire, MandateRole.System) => MandateState.Expired,
        _ => null,
    };

    /// <summary>The state as the clock makes it: what has run out is expired, whether or not that was put on record yet.</summary>
    public static MandateState At(Mandate mandate, DateTimeOffset now) => mandate.State switch
    {
        MandateState.Invited when mandate.InvitationEndsAt <= now || mandate.ValidTo <= now => MandateState.Expired,
        MandateState.Active or MandateState.Suspended when mandate.ValidTo <= now => MandateState.Expired,
        var state => state,
    };

    public static bool IsOpen(MandateState state) => state is MandateState.Invited or MandateState.Active or MandateState.Suspended;
}
