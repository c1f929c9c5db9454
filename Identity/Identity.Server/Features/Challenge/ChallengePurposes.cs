namespace Yinxin.Identity.Server.Features.Challenge;

/// <summary>What a proof is for; one for another purpose is worth nothing.</summary>
internal static class ChallengePurposes
{
    public const string SignIn = "sign-in";
    public const string Registration = "registration";
    public const string Recovery = "recovery";
    public const string Message = "message";

    public static readonly IReadOnlyList<string> All = [SignIn, Registration, Recovery, Message];
}
