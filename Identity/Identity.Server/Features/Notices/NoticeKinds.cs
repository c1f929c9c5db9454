using System.Collections.Frozen;

namespace Yinxin.Identity.Server.Features.Notices;

/// <summary>Kinds of notices, spelled as they are stored.</summary>
internal static class NoticeKinds
{
    public const string NewDevice = "new-device";
    public const string PasswordChanged = "password-changed";
    public const string PasskeyAdded = "passkey-added";
    public const string PasskeyRemoved = "passkey-removed";
    public const string SecondFactorOn = "second-factor-on";
    public const string SecondFactorOff = "second-factor-off";
    public const string RecoveryCodesMade = "recovery-codes-made";
    public const string RecoveryCodeUsed = "recovery-code-used";
    public const string PhoneChanged = "phone-changed";
    public const string PhoneReassigned = "phone-reassigned";
    public const string RecoveryStarted = "recovery-started";
    public const string RecoveryDone = "recovery-done";
    public const string RecoveryCancelled = "recovery-cancelled";
    public const string ClosingBegun = "closing-begun";
    public const string ClosingUndone = "closing-undone";
    public const string Frozen = "frozen";
    public const string Unfrozen = "unfrozen";
    public const string NameChanged = "name-changed";

    /// <summary>Facts: <c>application</c>, <c>purpose</c>, <c>purposeEnglish</c>.</summary>
    public const string PresenceProven = "presence-proven";

    /// <summary>Facts as for <see cref="PresenceProven"/>.</summary>
    public const string PresenceFailed = "presence-failed";

    /// <summary>Facts: <c>level</c>, <c>was</c> (names of levels), <c>reason</c>.</summary>
    public const string LevelChanged = "level-changed";

    /// <summary>Facts: <c>organisation</c> (its name), <c>change</c>: <c>offered</c>, <c>accepted</c>, <c>declined</c>, <c>suspended</c>, <c>resumed</c>, <c>revoked</c>, <c>resigned</c>, <c>expired</c>.</summary>
    public const string Mandate = "mandate";

    /// <summary>An official saw a value in full. Facts: <c>field</c>, <c>department</c>, <c>reason</c>.</summary>
    public const string DataViewed = "data-viewed";

    /// <summary>What somebody who has got into the account would rather hide: told by text message as well.</summary>
    public static readonly FrozenSet<string> Serious = new[]
    {
        PasswordChanged, PasskeyAdded, PasskeyRemoved, SecondFactorOn, SecondFactorOff, RecoveryCodeUsed, PhoneChanged, PhoneReassigned, RecoveryStarted, RecoveryDone,
        ClosingBegun, ClosingUndone, Frozen, Unfrozen, NameChanged,
    }.ToFrozenSet(StringComparer.Ordinal);
}
