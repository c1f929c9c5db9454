using System.Collections.Frozen;

namespace Yinxin.Identity.Server.Features.Notices;

/// <summary>Kinds of notices, spelled as they are stored.</summary>
internal static class NoticeKinds
{
    public const string NewDevice = "new-device";
    public const string PasswordChanged = "password-changed";
    public const string PasskeyAdded = "passkey-added";
    public const string PasskeyRemoved = "passkey-removed";

    /// <summary>A passkey that the account knows was shown and not accepted: a copy whose counter is behind, another site's page.</summary>
    public const string PasskeyRefused = "passkey-refused";
    public const string SecondFactorOn = "second-factor-on";
    public const string SecondFactorOff = "second-factor-off";

    /// <summary>Another authenticator app took the place of the one before.</summary>
    public const string AppReplaced = "app-replaced";

    /// <summary>Of an official: app, recovery codes and passkeys were taken off by four eyes, for they were lost.</summary>
    public const string FactorsReset = "factors-reset";
    public const string RecoveryCodesMade = "recovery-codes-made";
    public const string RecoveryCodeUsed = "recovery-code-used";
    public const string PhoneChanged = "phone-changed";
    public const string PhoneReassigned = "phone-reassigned";
    public const string RecoveryStarted = "recovery-started";
    public const string RecoveryDone = "recovery-done";

    /// <summary>A counter gave a ticket, for which the person was seen.</summary>
    public const string TicketGiven = "ticket-given";

    /// <summary>As <see cref="RecoveryDone"/>, and second factor and passkeys were taken off.</summary>
    public const string RecoveredAnew = "recovered-anew";
    public const string RecoveryCancelled = "recovery-cancelled";

    /// <summary>When the wait was over an authority did not agree: nothing was changed.</summary>
    public const string RecoveryRefused = "recovery-refused";
    public const string ClosingBegun = "closing-begun";
    public const string ClosingUndone = "closing-undone";
    public const string Frozen = "frozen";
    public const string Unfrozen = "unfrozen";

    /// <summary>Officials froze an organisation that the person represents. Fact: <c>organisation</c> (its name).</summary>
    public const string OrganisationFrozen = "organisation-frozen";

    /// <summary>Fact as for <see cref="OrganisationFrozen"/>.</summary>
    public const string OrganisationUnfrozen = "organisation-unfrozen";
    public const string NameChanged = "name-changed";

    /// <summary>Facts: <c>application</c>, <c>purpose</c>, <c>purposeEnglish</c>.</summary>
    public const string PresenceProven = "presence-proven";

    /// <summary>Facts as for <see cref="PresenceProven"/>.</summary>
    public const string PresenceFailed = "presence-failed";

    /// <summary>Somebody in the account took all its data away with them.</summary>
    public const string DataExported = "data-exported";

    /// <summary>Facts: <c>level</c>, <c>was</c> (names of levels), <c>reason</c>, <c>organisation</c> (its name; none: the level is the person's own).</summary>
    public const string LevelChanged = "level-changed";

    /// <summary>The level will fall, for what carries it ends. Facts: <c>level</c>, <c>ends</c> (seconds since 1970), <c>subject</c> (whose level), <c>organisation</c> as for <see cref="LevelChanged"/>.</summary>
    public const string LevelEnds = "level-ends";

    /// <summary>The text message beside <see cref="LevelChanged"/> where evidence raised the person's level; no notice of its own.</summary>
    public const string LevelRaised = "level-raised";

    /// <summary>As <see cref="LevelRaised"/>, of an organisation that the person represents.</summary>
    public const string OrganisationLevelRaised = "organisation-level-raised";

    /// <summary>Facts: <c>organisation</c> (its name), <c>change</c>: <c>offered</c>, <c>accepted</c>, <c>declined</c>, <c>suspended</c>, <c>resumed</c>, <c>revoked</c>, <c>resigned</c>, <c>expired</c>.</summary>
    public const string Mandate = "mandate";

    /// <summary>Facts: <c>organisation</c> (its name), <c>count</c>: how many mandates wait for a new legal representative. <see cref="Mandates.WaitingNotice"/> sends the message.</summary>
    public const string MandatesWait = "mandates-wait";

    /// <summary>Fact: <c>number</c>. The message with the code goes out by itself.</summary>
    public const string DisputeOpened = "dispute-opened";

    /// <summary>Fact: <c>number</c>.</summary>
    public const string DisputeGranted = "dispute-granted";

    /// <summary>Fact: <c>number</c>.</summary>
    public const string DisputeRejected = "dispute-rejected";

    /// <summary>An official saw a value in full. Facts: <c>field</c>, <c>department</c>, <c>reason</c>.</summary>
    public const string DataViewed = "data-viewed";

    /// <summary>What a register or another source reported. Facts: <c>what</c> (<see cref="SourceChanges.SourceNotice"/>, which sends the message), <c>organisation</c>, <c>was</c> (its former name).</summary>
    public const string AtSource = "at-source";

    /// <summary>What an official had checked at a counter was taken back. Fact: <c>organisation</c> (its name; empty: it was about the person).</summary>
    public const string CounterWithdrawn = "counter-withdrawn";

    /// <summary>What a city or a former system had handed over was taken back, the whole of an import. Fact as for <see cref="CounterWithdrawn"/>.</summary>
    public const string ImportWithdrawn = "import-withdrawn";

    /// <summary>What somebody who has got into the account would rather hide: told by text message as well.</summary>
    public static readonly FrozenSet<string> Serious = new[]
    {
        NewDevice, PasswordChanged, PasskeyAdded, PasskeyRemoved, PasskeyRefused, SecondFactorOn, SecondFactorOff, AppReplaced, FactorsReset, RecoveryCodesMade, RecoveryCodeUsed, PhoneChanged, PhoneReassigned,
        RecoveryStarted, RecoveryDone, RecoveredAnew, RecoveryRefused, TicketGiven,
        ClosingBegun, ClosingUndone, Frozen, Unfrozen, OrganisationFrozen, OrganisationUnfrozen, NameChanged, CounterWithdrawn, ImportWithdrawn, DataExported, PresenceProven,
    }.ToFrozenSet(StringComparer.Ordinal);
}
