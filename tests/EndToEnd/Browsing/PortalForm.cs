using Microsoft.Playwright;

namespace Yinxin.EndToEnd.Browsing;

/// <summary>The portal's form of one matter that needs the level Intermediate.</summary>
internal static class PortalForm
{
    public const string Path = "/apply/11349900MB0000051U3000199006000";
    public const string Business = "样例书店";
    public const string Premises = "样例市样例路1号";

    /// <summary>Fills it in; the page stays.</summary>
    public static async Task FillInPortalFormAsync(this IPage page)
    {
        await page.FillAsync("[name='Form.businessName']", Business);
        await page.FillAsync("[name='Form.address']", Premises);
        await page.FillAsync("[name='Form.scope']", "图书、报刊零售");
        await page.FillAsync("[name='Form.mode']", "零售");
        await page.FillAsync("[name='Form.phone']", "19900000000");
    }
}
