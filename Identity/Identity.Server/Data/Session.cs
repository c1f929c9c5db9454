namespace Yinxin.Identity.Server.Data;

/// <summary>Why a session or a grant ended; stored as text.</summary>
internal static class EndReasons
{
    public const string SignedOut = "signed-out";
    public const string SignedOutEverywhere = "signed-out-everywhere";
    public const string Replaced = "replaced";
    public const string PasswordChanged = "password-changed";
    public const string AccountLocked = "account-locked";
    public const string CodeReplayed = "code-replayed";
    public const string RefreshReplayed = "refresh-replayed";
    public const string Revoked = "revoked";
    public const string MandateEnded = "mandate-ended";
    public const string AccountFrozen = "account-frozen";
    public const string Recovered = "recovered";
    public const string RolesChanged = "roles-changed";
    public const string AccountClosed = "account-closed";
    public const string PhoneChanged = "phone-changed";
    public const string SecondFactorOff = "second-factor-off";
    public const string AppReplaced = "app-replaced";
    public const string PasskeyRemoved = "passkey-removed";
    public const string TicketGiven = "ticket-given";
}

/// <summary>
/// One sign-in of one browser. Its key is the <c>sid</c> of tokens. The cookie also carries <see cref="Stamp"/>, which changes
/// at step-up and when the person turns to act for another: an older cookie is then worthless (session fixation).
/// </summary>
internal sealed class Session
{
    public Guid Id { get; set; }

    public Guid AccountId { get; set; }

    public Account? Account { get; set; }

    public Guid Stamp { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>Touched at most once a minute.</summary>
    public DateTimeOffset LastSeenAt { get; set; }

    /// <summary>When the person last proved themselves; <c>auth_time</c> of tokens.</summary>
    public DateTimeOffset AuthenticatedAt { get; set; }

    /// <summary>RFC 8176 values of this sign-in, e.g. <c>pwd</c>.</summary>
    public List<string> Methods { get; set; } = [];

    /// <summary>Whether two factors were shown: several, or a passkey whose device checked the person.</summary>
    public bool HasTwoFactors => Methods.Contains("mfa") || HasPasskey;

    /// <summary>Whether something beside password and phone was shown: app or recovery code, passkey, face.</summary>
    public bool HasFactorBesidePhone => Methods.Contains("otp") || Methods.Contains("face") || HasPasskey;

    /// <summary>Whether a passkey was shown whose device checked the person: one bound to its device or one that is synced, they count alike.</summary>
    public bool HasPasskey => Methods.Contains("user") && (Methods.Contains("hwk") || Methods.Contains("swk"));

    /// <summary>The organisation the person acts for; null: for themselves.</summary>
    public Guid? ActingForId { get; set; }

    public Organisation? ActingFor { get; set; }

    /// <summary>The mandate under which an agent acts; null for a legal representative, whose power is the register's.</summary>
    public Guid? ActingMandateId { get; set; }

    /// <summary>Whether the person has said for whom they act in this session.</summary>
    public bool ActingChosen { get; set; }

    /// <summary>Browser and system in a few words, for the person's own list of sessions.</summary>
    public string? Device { get; set; }

    public DateTimeOffset ExpiresAt { get; set; }

    public DateTimeOffset? EndedAt { get; set; }

    public string? EndReason { get; set; }
}
