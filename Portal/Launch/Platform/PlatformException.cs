namespace Yinxin.Launch.Platform;

/// <summary>The platform cannot start, and the reader can do something about it: one plain sentence in each language.</summary>
public sealed class PlatformException(string english, string chinese, Exception? inner = null) : Exception(english, inner)
{
    public string Chinese { get; } = chinese;
}
