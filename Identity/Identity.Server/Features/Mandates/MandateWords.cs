using Yinxin.Identity.Server.Data;
using Yinxin.ServiceDefaults.Identifiers;
using Yinxin.Web.Components;

namespace Yinxin.Identity.Server.Features.Mandates;

/// <summary>A mandate in words for people.</summary>
internal static class MandateWords
{
    public static string Power(ITexts texts, string power) => power switch
    {
        MandatePowers.Apply => texts.Of("申办事项", "apply"),
        MandatePowers.Pay => texts.Of("缴费", "pay"),
        MandatePowers.Receive => texts.Of("领取结果", "receive results"),
        _ => texts.Of("使用印章", "use seals"),
    };

    /// <summary>How many wait for a new legal representative.</summary>
    public static string Waiting(ITexts texts, int count) => texts.Of(Waiting(count).Chinese, Waiting(count).English);

    public static (string Chinese, string English) Waiting(int count) =>
        ($"{count} 份授权待您逐一确认后恢复", count == 1 ? "1 mandate waits for your confirmation" : $"{count} mandates wait for your confirmation");

    public static string Powers(ITexts texts, Mandate mandate) => string.Join(texts.Of("、", ", "), mandate.Powers.Select(p => Power(texts, p)));

    public static string Reach(ITexts texts, Mandate mandate) => mandate.Reach switch
    {
        MandateReach.All => texts.Of("全部事项", "all matters"),
        MandateReach.Categories => string.Join(texts.Of("、", ", "), mandate.Matters.Select(m => Type(texts, m))),
        _ => string.Join(' ', mandate.Matters),
    };

    public static string Type(ITexts texts, string type) =>
        MatterTypes.Names.TryGetValue(type, out var name) ? $"{texts.Of(name.Chinese, name.English)} ({type})" : type;

    public static string State(ITexts texts, MandateState state) => state switch
    {
        MandateState.Invited => texts.Of("待接受", "Invited"),
        MandateState.Active => texts.Of("生效中", "Active"),
        MandateState.Suspended => texts.Of("已暂停", "Suspended"),
        MandateState.Declined => texts.Of("已谢绝", "Declined"),
        MandateState.Expired => texts.Of("已到期", "Expired"),
        _ => texts.Of("已撤销", "Revoked"),
    };

    /// <summary>That it gives no power for the moment, and until when; why the account, or the organisation, is frozen is nobody else's business.</summary>
    public static string HeldUp(ITexts texts, Mandate mandate) => mandate.Organisation is { FrozenAt: not null }
        ? texts.Of(
            "该单位已冻结，此授权暂不能使用；解冻后自动恢复，无需重新确认。",
            "The organisation is frozen, so this mandate cannot be used. It can again when that is lifted, without being confirmed anew.")
        : mandate.ParentId is null
        ? texts.Of(
            "法定代表人的账号已冻结，此授权暂不能使用；解冻后自动恢复，无需重新确认。",
            "The legal representative's account is frozen, so this mandate cannot be used. It can again when that is lifted, without being confirmed anew.")
        : texts.Of(
            "法定代表人或转授权人的账号已冻结，此授权暂不能使用；解冻后自动恢复，无需重新确认。",
            "The account of the legal representative, or of whoever passed this on, is frozen, so this mandate cannot be used. It can again when that is lifted, without being confirmed anew.");

    /// <summary>Of a part passed on: that it gives no power while the mandate above is suspended.</summary>
    public static string AboveRests(ITexts texts) => texts.Of(
        "转授权人自己的授权已暂停，此授权暂不能使用；其授权恢复后自动恢复，无需重新确认。",
        "The mandate of which this is a part is suspended, so this one cannot be used. It can again when that one goes on, without being confirmed anew.");

    /// <summary>Class of the tag that shows the state.</summary>
    public static string Tag(MandateState state) => state switch
    {
        MandateState.Active => "good",
        MandateState.Invited or MandateState.Suspended => "warn",
        _ => "bad",
    };

    public static string Act(ITexts texts, string act) => Enum.TryParse<MandateAct>(act, out var known)
        ? known switch
        {
            MandateAct.Invite => texts.Of("发出邀请", "Invitation sent"),
            MandateAct.Accept => texts.Of("经办人接受", "Accepted by the agent"),
            MandateAct.Decline => texts.Of("经办人谢绝", "Declined by the agent"),
            MandateAct.Suspend => texts.Of("暂停", "Suspended"),
            MandateAct.Resume => texts.Of("恢复", "Resumed"),
            MandateAct.Confirm => texts.Of("新任法定代表人确认", "Confirmed by the new legal representative"),
            MandateAct.Revoke => texts.Of("撤销", "Revoked"),
            MandateAct.Resign => texts.Of("经办人辞去", "Laid down by the agent"),
            MandateAct.GrantorFrozen => texts.Of("授权人的账号已冻结", "The grantor's account is frozen"),
            MandateAct.GrantorFreed => texts.Of("授权人的账号已解冻", "The grantor's account is free again"),
            MandateAct.OrganisationFrozen => texts.Of("单位已冻结", "The organisation is frozen"),
            MandateAct.OrganisationFreed => texts.Of("单位已解冻", "The organisation is free again"),
            _ => texts.Of("到期", "Expired"),
        }
        : act;

    public static string Error(ITexts texts, TermsError error, int maximumYears) => error switch
    {
        TermsError.Powers => texts.Of("请至少选择一项权限", "Please choose at least one power"),
        TermsError.Seals => texts.Of("选择“使用印章”时请填写印章标识，每行一个，最多 20 个；否则请留空", "With «use seals» please write the seals' identifiers, one a line, 20 at most; else leave it empty"),
        TermsError.Matters => texts.Of($"请填写 {MatterCode.Length} 位实施编码，每行一个，最多 {MandateTerms.MostMatters} 个，或选择事项类型", $"Please write implementation codes of {MatterCode.Length} characters, one a line, {MandateTerms.MostMatters} at most, or choose types of matters"),
        TermsError.Period => texts.Of("截止日期应晚于今天和起始日期", "The last day must lie after today and after the first day"),
        _ => texts.Of($"期限最长 {maximumYears} 年", $"The longest term is {maximumYears} years"),
    };
}
