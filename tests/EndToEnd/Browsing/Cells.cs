using Xunit;

namespace Yinxin.EndToEnd.Browsing;

/// <summary>Both languages, on a desk and on a phone.</summary>
public static class Cells
{
    /// <summary>With script.</summary>
    public static TheoryData<string, bool> Both => new() { { "zh-CN", false }, { "zh-CN", true }, { "en", false }, { "en", true } };

    /// <summary>The same, and once without script.</summary>
    public static TheoryData<string, bool, bool> WithoutScriptToo => new()
    {
        { "zh-CN", false, true }, { "zh-CN", true, true }, { "en", false, true }, { "en", true, true }, { "zh-CN", true, false },
    };
}
