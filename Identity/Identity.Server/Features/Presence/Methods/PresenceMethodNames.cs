namespace Yinxin.Identity.Server.Features.Presence.Methods;

/// <summary>The ways to Advanced (高级): live face recognition, voiceprint or video, as the rules of the province name them.</summary>
internal static class PresenceMethodNames
{
    public const string Face = "face";
    public const string Voice = "voice";
    public const string Video = "video";

    public static readonly IReadOnlyList<string> All = [Face, Voice, Video];

    /// <summary>
    /// As tokens say it in <c>amr</c>: <c>face</c> and <c>vbm</c> of RFC 8176 §2; a video compares the face and has a word of our own beside, for the RFC knows none.
    /// </summary>
    public static IReadOnlyList<string> Amr(string method) => method switch
    {
        Voice => ["vbm"],
        Video => ["face", "vid"],
        _ => ["face"],
    };
}
