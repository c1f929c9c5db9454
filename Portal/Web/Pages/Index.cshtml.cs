using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Options;
using Yinxin.ServiceDefaults.Settings;
using Yinxin.Web.Desk;

namespace Yinxin.Web.Pages;

internal sealed class IndexModel(DeskApi desk, IOptions<AddressSettings> addresses) : PageModel
{
    private const int Shown = 6;

    /// <summary>Words that the search finds in names and departments.</summary>
    public static readonly IReadOnlyList<(string Query, string Chinese, string English)> Themes =
    [
        ("出版", "新闻出版", "Press and publishing"), ("市场", "市场监管", "Market regulation"), ("公积金", "住房公积金", "Housing fund"),
        ("自然资源", "不动产与规划", "Property and planning"), ("交通", "交通运输", "Transport"), ("教育", "教育", "Education"),
        ("社会保障", "人力社保", "Labour and social security"), ("民政", "民政婚姻", "Civil affairs"), ("公安", "公安户籍", "Police and residence"),
    ];

    public PageOf<MatterEntry> Popular { get; private set; } = null!;

    public int Persons { get; private set; }

    public int Enterprises { get; private set; }

    public string VerifyAddress => AddressSettings.Text(addresses.Value.License) + "/verify";

    public async Task OnGetAsync()
    {
        var popular = desk.SearchAsync(null, null, 1, Shown, HttpContext.RequestAborted);
        var persons = desk.SearchAsync(null, "NaturalPerson", 1, 1, HttpContext.RequestAborted);
        var enterprises = desk.SearchAsync(null, "Enterprise", 1, 1, HttpContext.RequestAborted);
        await Task.WhenAll(popular, persons, enterprises);
        Popular = await popular;
        Persons = (await persons).Total;
        Enterprises = (await enterprises).Total;
    }
}
