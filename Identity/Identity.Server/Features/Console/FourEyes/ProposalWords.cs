using Yinxin.Identity.Server.Data;
using Yinxin.Web.Components;

namespace Yinxin.Identity.Server.Features.Console.FourEyes;

/// <summary>Proposals in words for officials.</summary>
internal static class ProposalWords
{
    public static readonly IReadOnlyList<string> FreezeReasons = ["stolen", "dispute", "fraud", "court-order", "owner-asked"];

    public static readonly IReadOnlyList<string> UnfreezeReasons = ["settled", "owner-proved", "mistake", "court-order"];

    /// <summary>Why an organisation is frozen.</summary>
    public static readonly IReadOnlyList<string> OrganisationFreezeReasons = ["misused", "control-disputed", "fraud", "court-order", "organisation-asked"];

    public static readonly IReadOnlyList<string> OrganisationUnfreezeReasons = ["settled", "control-proved", "mistake", "court-order"];

    public static string Kind(ITexts texts, Proposal proposal) => (proposal.Kind, proposal.OrganisationId) switch
    {
        (ProposalKind.Freeze, not null) => texts.Of("冻结组织", "Freeze the organisation"),
        (ProposalKind.Unfreeze, not null) => texts.Of("解冻组织", "Unfreeze the organisation"),
        _ => Kind(texts, proposal.Kind),
    };

    public static string Kind(ITexts texts, ProposalKind kind) => kind switch
    {
        ProposalKind.Freeze => texts.Of("冻结账号", "Freeze the account"),
        ProposalKind.Unfreeze => texts.Of("解冻账号", "Unfreeze the account"),
        ProposalKind.Roles => texts.Of("调整岗位", "Change roles"),
        ProposalKind.CounterRecord => texts.Of("撤销一项窗口核验", "Take a check at a counter back"),
        ProposalKind.CounterRecords => texts.Of("撤销一名工作人员的窗口核验", "Take an official's checks at a counter back"),
        ProposalKind.ImportRecords => texts.Of("撤销一次移交的认证信息", "Take back what an import brought"),
        ProposalKind.FactorReset => texts.Of("重置第二因素", "Reset the second factor"),
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
        "misused" => texts.Of("组织被他人冒用", "Somebody misuses the organisation"),
        "control-disputed" => texts.Of("组织控制权有争议", "Who controls the organisation is disputed"),
        "organisation-asked" => texts.Of("组织请求", "The organisation asked for it"),
        "control-proved" => texts.Of("组织已证明控制权", "The organisation proved who controls it"),
        "settled" => texts.Of("争议已解决", "The dispute is settled"),
        "owner-proved" => texts.Of("本人已到窗口证明", "The owner proved themselves at a counter"),
        "mistake" => texts.Of("冻结有误", "It was frozen by mistake"),
        "duty" => texts.Of("岗位变动", "A change of duties"),
        "left" => texts.Of("离岗", "Left the post"),
        "counter-false" => texts.Of("窗口核验不实", "The check was false"),
        "counter-mistake" => texts.Of("窗口核验有误", "The check was a mistake"),
        "counter-conviction" => texts.Of("核验人员违法违纪", "The official's misconduct"),
        "import-false" => texts.Of("移交数据不实", "The data handed over is false"),
        "import-mistake" => texts.Of("移交有误", "It was handed over by mistake"),
        "import-source" => texts.Of("来源系统被入侵", "The source's system was broken into"),
        "factor-lost" => texts.Of("第二因素丢失", "The second factor is lost"),
        Freezing.FreezeReasons.OwnWish => texts.Of("本人自行冻结", "Frozen by its owner"),
        Freezing.FreezeReasons.PhoneDisputed => texts.Of("本人称手机号被他人更换", "Its owner says that another changed the phone"),
        Freezing.FreezeReasons.Dispute => texts.Of("身份争议办理中", "A dispute at the counter is open"),
        Freezing.FreezeReasons.HandedOver => texts.Of("已决定交还主张人，等待启用", "Given to the claimant, not opened yet"),
        "deceased" => texts.Of("人口库登记死亡", "Deceased, by the population register"),
        _ => reason,
    };
}
