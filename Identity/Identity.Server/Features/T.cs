using Yinxin.ServiceDefaults.Language;

namespace Yinxin.Identity.Server.Features;

/// <summary>A text in both languages, side by side where it is used.</summary>
internal static class T
{
    public static string Of(string chinese, string english) => Languages.IsChinese ? chinese : english;
}
