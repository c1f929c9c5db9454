using Yinxin.Identity.Server.Data;

namespace Yinxin.Identity.Server.Features.Freezing;

/// <summary>What lifts which freeze; what is named nowhere here is the dispute, which only its decision lifts.</summary>
internal static class FreezeRights
{
    /// <summary>The owner in person at a counter.</summary>
    public static bool AtCounter(StandingFreeze freeze) => freeze.Kind == FreezeKind.Owner;

    /// <summary>A recovery that shows two of the account's own factors; where the former phone objects it proves the very number that is disputed.</summary>
    public static bool ByOwnFactors(StandingFreeze freeze) => freeze.Kind == FreezeKind.Owner;

    /// <summary>A counter's ticket, or that of a dispute's claimant: phone, password and factors are set anew with it.</summary>
    public static bool ByTicket(StandingFreeze freeze) => freeze.Kind is FreezeKind.Owner or FreezeKind.FormerPhone or FreezeKind.Handover;

    /// <summary>Two officials. What the owner wished they leave alone while it is open who that is.</summary>
    /// <param name="freeze">What is to be lifted.</param>
    /// <param name="standing">Everything that stands.</param>
    public static bool ByFourEyes(StandingFreeze freeze, IReadOnlyList<StandingFreeze> standing) => freeze.Kind switch
    {
        FreezeKind.Officials or FreezeKind.Death => true,
        FreezeKind.Owner => standing.All(f => f.Kind is not (FreezeKind.Dispute or FreezeKind.FormerPhone)),
        _ => false,
    };
}
