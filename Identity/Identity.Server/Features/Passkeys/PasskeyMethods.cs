namespace Yinxin.Identity.Server.Features.Passkeys;

/// <summary>
/// What a passkey shows, in values of RFC 8176: the person's presence, checked by the device, and a key. Of one that may be copied to other devices (flag BE, WebAuthn Level 3 §6.1) nobody
/// can say that hardware guards it: <c>swk</c>. The flag is set when a passkey is made and never changes.
/// </summary>
internal static class PasskeyMethods
{
    public static IReadOnlyList<string> Of(bool backupEligible) => backupEligible ? ["swk", "user"] : ["hwk", "user"];
}
