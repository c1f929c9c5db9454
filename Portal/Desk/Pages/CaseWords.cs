using Yinxin.Desk.Features.Cases;
using Yinxin.Web.Components;

namespace Yinxin.Desk.Pages;

/// <summary>States and acts in words.</summary>
internal static class CaseWords
{
    public static string State(this ITexts texts, string state) => state switch
    {
        nameof(CaseState.Submitted) => texts.Of("已申报", "Submitted"),
        nameof(CaseState.Received) => texts.Of("已收件", "Received"),
        nameof(CaseState.Accepted) => texts.Of("已受理", "Accepted"),
        nameof(CaseState.NotAccepted) => texts.Of("不予受理", "Not accepted"),
        nameof(CaseState.Handled) => texts.Of("已承办", "Handled"),
        nameof(CaseState.Examined) => texts.Of("已审核", "Examined"),
        nameof(CaseState.AwaitingPayment) => texts.Of("准予，待缴费", "Granted, fee due"),
        nameof(CaseState.Issuing) => texts.Of("准予，制证中", "Granted, licence in the making"),
        nameof(CaseState.Denied) => texts.Of("不予许可", "Denied"),
        nameof(CaseState.Completed) => texts.Of("已办结", "Completed"),
        nameof(CaseState.Withdrawn) => texts.Of("已撤回", "Withdrawn"),
        _ => state,
    };

    public static string Act(this ITexts texts, string act) => act switch
    {
        "Submit" => texts.Of("申报", "Submit"),
        nameof(CaseAct.Receive) => texts.Of("收件", "Receive"),
        nameof(CaseAct.Accept) => texts.Of("受理", "Accept"),
        nameof(CaseAct.RefuseAcceptance) => texts.Of("不予受理", "Refuse acceptance"),
        nameof(CaseAct.Handle) => texts.Of("承办", "Handle"),
        nameof(CaseAct.Examine) => texts.Of("审核", "Examine"),
        nameof(CaseAct.Grant) or nameof(CaseAct.GrantWithFee) => texts.Of("准予许可", "Grant"),
        nameof(CaseAct.Deny) => texts.Of("不予许可", "Deny"),
        nameof(CaseAct.Pay) => texts.Of("缴费", "Pay"),
        nameof(CaseAct.Issue) => texts.Of("制证", "Issue licence"),
        nameof(CaseAct.Withdraw) => texts.Of("撤回", "Withdraw"),
        _ => act,
    };
}
