namespace Yinxin.Identity.Client.Presence;

/// <summary>How somebody shows that they are there in the flesh; the ways to level Advanced (高级) that the province's rules name.</summary>
public enum PresenceMethod
{
    /// <summary>Random actions before a camera (人脸).</summary>
    Face,

    /// <summary>Random digits read aloud, compared with the voiceprint on file (声纹).</summary>
    Voice,

    /// <summary>Random digits read aloud before a camera (视频).</summary>
    Video,
}

internal static class PresenceMethodNames
{
    /// <summary>As requests and tokens spell it.</summary>
    public static string Name(this PresenceMethod method) => method switch
    {
        PresenceMethod.Face => "face",
        PresenceMethod.Voice => "voice",
        PresenceMethod.Video => "video",
        _ => throw new ArgumentOutOfRangeException(nameof(method), method, "No such method."),
    };
}
