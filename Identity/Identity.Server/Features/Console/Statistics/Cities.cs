using Yinxin.Web.Components;

namespace Yinxin.Identity.Server.Features.Console.Statistics;

/// <summary>Cities by the first four digits of their division (GB/T 2260): of a person the division in the ID number, of an organisation that of its registration.</summary>
internal static class Cities
{
    public const string Unknown = "0000";

    private static readonly Dictionary<string, (string Chinese, string English)> Known = new(StringComparer.Ordinal)
    {
        ["3401"] = ("合肥", "Hefei"),
        ["3402"] = ("芜湖", "Wuhu"),
        ["3403"] = ("蚌埠", "Bengbu"),
        ["3404"] = ("淮南", "Huainan"),
        ["3405"] = ("马鞍山", "Ma'anshan"),
        ["3406"] = ("淮北", "Huaibei"),
        ["3407"] = ("铜陵", "Tongling"),
        ["3408"] = ("安庆", "Anqing"),
        ["3410"] = ("黄山", "Huangshan"),
        ["3411"] = ("滁州", "Chuzhou"),
        ["3412"] = ("阜阳", "Fuyang"),
        ["3413"] = ("宿州", "Suzhou"),
        ["3415"] = ("六安", "Lu'an"),
        ["3416"] = ("亳州", "Bozhou"),
        ["3417"] = ("池州", "Chizhou"),
        ["3418"] = ("宣城", "Xuancheng"),
    };

    public static string OfIdNumber(string number) => Digits(number, 0);

    public static string OfUscc(string uscc) => Digits(uscc, 2);

    public static string Name(ITexts texts, string city) => Known.TryGetValue(city, out var name) ? texts.Of(name.Chinese, name.English) : city == Unknown ? texts.Of("未知", "Unknown") : city;

    public static bool IsCity(string? city) => city is { Length: 4 } && city.All(char.IsAsciiDigit);

    private static string Digits(string text, int start) => text.Length >= start + 4 && IsCity(text.Substring(start, 4)) ? text.Substring(start, 4) : Unknown;
}
