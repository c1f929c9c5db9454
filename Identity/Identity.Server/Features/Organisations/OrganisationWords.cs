using Yinxin.Identity.Server.Data;
using Yinxin.Web.Components;

namespace Yinxin.Identity.Server.Features.Organisations;

/// <summary>An organisation in words for people.</summary>
internal static class OrganisationWords
{
    /// <summary>In being, frozen by officials, at rest for want of a representative, or no more: what rests wakes with whom its register names next, what is dissolved does not.</summary>
    public static string State(ITexts texts, Organisation organisation) => organisation switch
    {
        { DissolvedAt: { } dissolved } => texts.Of($"{texts.Date(dissolved)} 注销", $"dissolved {texts.Date(dissolved)}"),
        { FrozenAt: { } frozen, EndedAt: null } => texts.Of($"已冻结（自 {texts.Date(frozen)} 起）", $"frozen (since {texts.Date(frozen)})"),
        { FrozenAt: { } frozen } => texts.Of($"已冻结（自 {texts.Date(frozen)} 起），暂无法定代表人", $"frozen (since {texts.Date(frozen)}), and without a legal representative"),
        { EndedAt: { } since } => texts.Of($"暂无法定代表人（自 {texts.Date(since)} 起）", $"without a legal representative (since {texts.Date(since)})"),
        _ => texts.Of("正常", "in being"),
    };
}
