using Yinxin.Identity.Server.Data;
using Yinxin.Web.Components;

namespace Yinxin.Identity.Server.Features.Console.Accounts;

/// <summary>What became of a record, in words for officials.</summary>
internal static class EvidenceStateWords
{
    public static string Of(ITexts texts, Evidence record, IReadOnlySet<Guid> takenBack) => (record.State, record.Result) switch
    {
        (EvidenceState.Revoked, _) => texts.Of("撤回先前记录", "takes a record back"),
        (EvidenceState.Superseded, _) => texts.Of("取代先前记录", "supersedes a record"),
        (EvidenceState.Expired, _) => texts.Of("已到期", "ran out"),
        (_, EvidenceResult.Disagreed) => texts.Of("不一致", "disagreed"),
        (_, EvidenceResult.CannotTell) => texts.Of("无法判断", "cannot tell"),
        _ when takenBack.Contains(record.Id) => texts.Of("一致，后被撤回", "agreed, taken back later"),
        _ => texts.Of("一致", "agreed"),
    };
}
