using System.Globalization;
using Yinxin.ServiceDefaults.Language;

namespace Yinxin.Web.Components;

/// <summary>Both languages of a text stand side by side where it is used, so neither can be missing and a reviewer sees both.</summary>
public interface ITexts
{
    bool Chinese { get; }

    /// <summary>Value of the <c>lang</c> attribute.</summary>
    string Language { get; }

    string Of(string chinese, string english);

    /// <summary>Day in Asia/Shanghai.</summary>
    string Date(DateTimeOffset time);

    /// <summary>Day of a calendar.</summary>
    string Date(DateOnly day);

    /// <summary>Day and minute in Asia/Shanghai.</summary>
    string Time(DateTimeOffset time);

    /// <summary>An amount given in fen.</summary>
    string Money(long fen);
}

internal sealed class Texts : ITexts
{
    private static readonly TimeZoneInfo Shanghai = TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai");

    public bool Chinese => Languages.IsChinese;

    public string Language => Chinese ? "zh-CN" : "en";

    public string Of(string chinese, string english) => Chinese ? chinese : english;

    public string Date(DateTimeOffset time) => Date(DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(time, Shanghai).DateTime));

    public string Date(DateOnly day) => day.ToString(Chinese ? "yyyy年M月d日" : "d MMMM yyyy", Chinese ? Languages.Chinese : Languages.English);

    public string Time(DateTimeOffset time) =>
        TimeZoneInfo.ConvertTime(time, Shanghai).ToString(Chinese ? "yyyy年M月d日 HH:mm" : "d MMMM yyyy HH:mm", Chinese ? Languages.Chinese : Languages.English);

    public string Money(long fen) => (Chinese ? "" : "CNY ") + (fen / 100m).ToString("N2", CultureInfo.InvariantCulture) + (Chinese ? " 元" : "");
}
