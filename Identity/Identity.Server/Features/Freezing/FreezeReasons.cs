using Yinxin.Identity.Server.Data;

namespace Yinxin.Identity.Server.Features.Freezing;

/// <summary>Why an account is frozen, as it is stored; every other word is a reason of officials.</summary>
internal static class FreezeReasons
{
    /// <summary>Its owner's wish.</summary>
    public const string OwnWish = "own-wish";

    /// <summary>The former phone objects to the new one.</summary>
    public const string PhoneDisputed = "phone-disputed";

    /// <summary>Somebody disputes at a counter whose account it is.</summary>
    public const string Dispute = "identity-dispute";

    /// <summary>Given to its rightful holder, who has not opened it yet.</summary>
    public const string HandedOver = "handed-over";

    /// <summary>The population register reports a death.</summary>
    public const string Deceased = "deceased";

    /// <summary>By officials, for a court: it is about the person, so a dispute about the account does not end it.</summary>
    public const string CourtOrder = "court-order";

    /// <summary>Of these neither the owner nor anybody else is told by us: it is for the court or the police to say.</summary>
    public static readonly IReadOnlyList<string> Silent = ["fraud", CourtOrder];

    /// <summary>Whether we may speak of a freeze or its lifting: where any of its reasons is silent, nobody is told.</summary>
    public static bool MayBeTold(IEnumerable<string> reasons) => !reasons.Any(r => Silent.Contains(r, StringComparer.Ordinal));

    public static FreezeKind KindOf(string reason) => reason switch
    {
        OwnWish => FreezeKind.Owner,
        PhoneDisputed => FreezeKind.FormerPhone,
        Dispute => FreezeKind.Dispute,
        HandedOver => FreezeKind.Handover,
        Deceased => FreezeKind.Death,
        _ => FreezeKind.Officials,
    };
}
