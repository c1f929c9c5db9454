using Yinxin.Identity.Server.Data;
using Yinxin.Web.Components;

namespace Yinxin.Identity.Server.Features.Freezing;

/// <summary>Standing freezes in words for officials; the reasons themselves are in <see cref="Console.FourEyes.ProposalWords"/>.</summary>
internal static class FreezeWords
{
    /// <summary>What is needed to lift it, as <see cref="FreezeRights"/> decides.</summary>
    public static string Lifting(ITexts texts, FreezeKind kind) => kind switch
    {
        FreezeKind.Owner => texts.Of("本人到窗口，或以本人两项因素、窗口凭条找回；无争议时也可双人复核", "Its owner at a counter, or by a recovery with two own factors or a counter's ticket; two officials where nothing is disputed"),
        FreezeKind.FormerPhone => texts.Of("使用窗口找回凭条", "A counter's recovery ticket, when it is used"),
        FreezeKind.Officials => texts.Of("双人复核", "Two officials"),
        FreezeKind.Handover => texts.Of("权利人使用受理回执或窗口凭条启用", "Its rightful holder, with the receipt's code or a counter's ticket"),
        FreezeKind.Dispute => texts.Of("争议决定", "The decision about the dispute"),
        _ => texts.Of("核实有误后双人复核", "Two officials, where the report was wrong"),
    };

    /// <param name="texts">The language.</param>
    /// <param name="freeze">Which.</param>
    /// <param name="official">The name of the official that set it, if one did.</param>
    public static string SetBy(ITexts texts, StandingFreeze freeze, string? official) => freeze.Kind switch
    {
        FreezeKind.Owner => texts.Of("本人", "Its owner"),
        FreezeKind.FormerPhone => texts.Of("原手机号", "The former phone"),
        FreezeKind.Death => texts.Of("公安人口库", "The population register"),
        _ => official ?? texts.Of("无记录", "Not recorded"),
    };
}
