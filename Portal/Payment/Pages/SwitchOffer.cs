using Yinxin.Identity.Client.Mandates;
using Yinxin.ServiceDefaults.Language;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Payment.Pages;

/// <summary>
/// An agent whose mandate lets him pay nothing is refused at every page here and advised to switch. The page that says so has no menu, so its button leads to the choice and from there back to the
/// page.
/// </summary>
internal static class SwitchOffer
{
    public static async Task MakeAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context);
        }
        catch (ProblemException refusal) when (refusal.Problem.Code == MandateChecks.Code)
        {
            var page = HttpMethods.IsGet(context.Request.Method) ? context.Request.Path + context.Request.QueryString : "/";
            refusal.Extensions[ProblemException.Again] = "/switch-acting?returnUrl=" + Uri.EscapeDataString(page);
            refusal.Extensions[ProblemException.AgainText] = Languages.IsChinese ? "切换办事身份" : "Switch whom you act for";
            throw;
        }
    }
}
