using Yinxin.Identity.Server.Data;
using Yinxin.Web.Components;

namespace Yinxin.Identity.Server.Features.Console.FourEyes;

/// <summary>Proposals in words for officials.</summary>
internal static class ProposalWords
{
    public static readonly IReadOnlyList<string> FreezeReasons = ["stolen", "dispute", "fraud", "court-order", "owner-asked"];
    public static readonly IReadOnlyList<string> UnfreezeReasons = ["settled", "owner-proved", "mistake", "court-order"];

    public static string Kind(ITexts texts, ProposalKind kind) => kind switch
    {
        ProposalKind.Freeze => texts.Of("冻结账号", "Freeze the account"),
        ProposalKind.Unfreeze => texts.Of("解冻账号", "Unfreeze the account"),
        ProposalKind.Roles => texts.Of("调整岗位", "Change roles"),
        _ => texts.Of("停用账号", "Close the account"),
    };

    public static string State(ITexts texts, ProposalState state) => state switch
    {
        ProposalState.Pending => texts.Of("待复核", "Waiting"),
        ProposalState.Approved => texts.Of("已批准", "Approved"),
        ProposalState.Refused => texts.Of("已驳回", "Refused"),
        ProposalState.Withdrawn => texts.Of("已撤回", "Withdrawn"),
        _ => texts.Of("已过期", "Expired"),
    };

    public static string Reason(ITexts texts, string reason) => reason switch
    {
        "stolen" => texts.Of("账号被盗用", "The account is used by another"),
        "dispute" => texts.Of("身份争议", "A dispute about the identity"),
        "fraud" => texts.Of("涉嫌欺诈", "Suspected fraud"),
        "court-order" => texts.Of("司法机关要求", "A court's order"),
        "owner-asked" => texts.Of("本人请求", "The owner asked for it"),
        "settled" => texts.Of("争议已解决", "The dispute is settled"),
        "owner-proved" => texts.Of("本人已到窗口证明", "The owner proved themselves at a counter"),
        "mistake" => texts.Of("冻结有误", "It was frozen by mistake"),
        "duty" => texts.Of("岗位变动", "A change of duties"),
        "left" => texts.Of("离岗", "Left the post"),
        _ => reason,
    };
}
