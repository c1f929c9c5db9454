using Yinxin.Identity.Server.Features.Console.FourEyes;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.Web.Components;

namespace Yinxin.Identity.Server.Features.Console.CounterEvidence;

/// <summary>Why checks at a counter are taken back, and what a proposal of it must say.</summary>
internal static class CounterReasons
{
    public static readonly IReadOnlyList<string> All = ["counter-false", "counter-mistake", "counter-conviction"];

    public static readonly Problem NoReason = new("console.proposal.reason", 422, "请选择理由。", "Choose a reason.");
    public static readonly Problem NoExplanation = new("console.proposal.explanation", 422, "请填写 5 至 500 字的说明。", "Say why in 5 to 500 characters.");

    public static Dictionary<string, string> Choices(ITexts texts) =>
        All.Prepend("").ToDictionary(r => r, r => r.Length == 0 ? texts.Of("请选择", "Choose one") : ProposalWords.Reason(texts, r), StringComparer.Ordinal);
}
