namespace Yinxin.Trust.Ceremonies.Journal;

/// <summary>One line of the journal.</summary>
/// <param name="Number">From 1, without gaps.</param>
/// <param name="At">When, by the clock of the machine.</param>
/// <param name="By">Who was there, as they said.</param>
/// <param name="Step">What was done: one of <see cref="JournalSteps"/>.</param>
/// <param name="Details">What of; values are text.</param>
/// <param name="Previous">SHA-256 of the line before (its UTF-8 bytes without the line end), hex; zeros in the first.</param>
public sealed record JournalEntry(long Number, DateTimeOffset At, IReadOnlyList<string> By, string Step, IReadOnlyDictionary<string, string> Details, string Previous);

/// <summary>What a line of the journal may say.</summary>
public static class JournalSteps
{
    /// <summary>The ceremony began: <c>settings</c> is the digest of its settings.</summary>
    public const string Begun = "begun";

    /// <summary>The key was split: <c>custody</c> is the digest of the record, <c>splitting</c> its id, <c>threshold</c>, <c>custodians</c>.</summary>
    public const string Split = "split";

    /// <summary>Custodians opened the key: <c>shares</c> are their numbers.</summary>
    public const string Opened = "opened";

    /// <summary>A file was issued: <c>file</c>, <c>digest</c>, and of a certificate <c>subject</c>, <c>serial</c>, <c>notAfter</c>.</summary>
    public const string Issued = "issued";

    /// <summary>A certificate was revoked: <c>issuer</c>, <c>serial</c>, <c>reason</c>.</summary>
    public const string Revoked = "revoked";

    /// <summary>A backup was made: <c>splitting</c> is the id of its shares.</summary>
    public const string BackedUp = "backedUp";

    /// <summary>The directory was made out of a backup.</summary>
    public const string Restored = "restored";

    /// <summary>The roots sign the line before: each detail is named after a root, and is its signature over <see cref="CeremonyJournal.ToBeSigned"/>.</summary>
    public const string SignedByRoots = "signed";
}
