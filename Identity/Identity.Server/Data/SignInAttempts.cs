namespace Yinxin.Identity.Server.Data;

/// <summary>
/// Wrong passwords in a row for one name. The key is a keyed hash of the name that was typed, or of the account it belongs to,
/// so names without an account are braked exactly like those with one; for a browser that the account knows, of both.
/// </summary>
internal sealed class SignInAttempts
{
    public required string Key { get; set; }

    public int Failures { get; set; }

    public DateTimeOffset LastFailureAt { get; set; }

    public DateTimeOffset? BlockedUntil { get; set; }
}
