using Yinxin.Web.Components;

namespace Yinxin.Identity.Server.Features.Console.Accounts;

/// <summary>Why a value is looked at in full.</summary>
internal static class UnmaskReasons
{
    /// <summary>An inquiry of a court or the police: the owner is not told, which could spoil it; everyone else is. So it is not everybody's to give, and names the order.</summary>
    public const string LegalRequest = "legal-request";

    public static readonly IReadOnlyList<string> All = ["counter-service", "dispute", "complaint", LegalRequest, "data-error"];

    public static string Of(ITexts texts, string reason)
    {
        var (chinese, english) = Both(reason);
        return texts.Of(chinese, english);
    }

    public static (string Chinese, string English) Both(string reason) => reason switch
    {
        "counter-service" => ("窗口办理业务", "service at a counter"),
        "dispute" => ("身份争议处理", "a dispute about an identity"),
        "complaint" => ("投诉处理", "a complaint"),
        LegalRequest => ("司法机关依法查询", "a lawful inquiry"),
        "data-error" => ("数据差错核实", "an error in the data"),
        _ => (reason, reason),
    };
}
