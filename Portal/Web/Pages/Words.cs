using System.Text.Json;
using Yinxin.Identity.Client.Assurance;
using Yinxin.Web.Components;
using Yinxin.Web.Desk;

namespace Yinxin.Web.Pages;

/// <summary>Codes of other apps in words for citizens.</summary>
internal static class Words
{
    public static string State(this ITexts texts, string state) => state switch
    {
        "Submitted" => texts.Of("已申报", "Submitted"),
        "Received" => texts.Of("已收件", "Received"),
        "CorrectionRequested" => texts.Of("待补正", "Correction needed"),
        "Accepted" => texts.Of("已受理", "Accepted"),
        "NotAccepted" => texts.Of("不予受理", "Not accepted"),
        "Handled" or "Examined" => texts.Of("审查中", "Under examination"),
        "AwaitingPayment" => texts.Of("待缴费", "Fee due"),
        "Issuing" => texts.Of("制证中", "Licence being made"),
        "Denied" => texts.Of("不予许可", "Denied"),
        "Completed" => texts.Of("已办结", "Completed"),
        "Withdrawn" => texts.Of("已撤回", "Withdrawn"),
        _ => state,
    };

    public static string StateClass(string state) => state switch
    {
        "Completed" => "good",
        "AwaitingPayment" or "CorrectionRequested" => "warn",
        "Denied" or "NotAccepted" => "bad",
        _ => "",
    };

    public static string NextStep(this ITexts texts, string state) => state switch
    {
        "Submitted" => texts.Of("窗口将核对您的材料，决定是否收件、受理。您现在不需要做什么。", "The window checks your materials. You need not do anything now."),
        "Received" or "Accepted" or "Handled" or "Examined" => texts.Of("部门正在办理。您现在不需要做什么。", "The department is working on it. You need not do anything now."),
        "CorrectionRequested" => texts.Of("请按下方意见到窗口补正材料。", "Please bring the corrected materials to the window, as the opinion below says."),
        "AwaitingPayment" => texts.Of("已准予许可。请缴费，缴费后自动制证。", "The permit is granted. Please pay; the licence is made as soon as you have paid."),
        "Issuing" => texts.Of("正在制作电子证照，通常几秒钟内完成，请稍后刷新本页。", "The electronic licence is being made, usually within seconds. Reload this page in a moment."),
        "Completed" => texts.Of("办件已办结，您可以下载证照。", "The case is complete; you can download the licence."),
        "Denied" or "NotAccepted" => texts.Of("如有异议，可依法申请行政复议或者提起行政诉讼。", "If you disagree you may ask for administrative review or go to court."),
        _ => texts.Of("办件已结束。", "The case has ended."),
    };

    public static string Act(this ITexts texts, string act) => act switch
    {
        "Submit" => texts.Of("申报", "Submitted"),
        "Receive" => texts.Of("收件", "Received"),
        "RequestCorrection" => texts.Of("要求补正", "Correction requested"),
        "Correct" => texts.Of("补正", "Corrected"),
        "Accept" => texts.Of("受理", "Accepted"),
        "RefuseAcceptance" => texts.Of("不予受理", "Acceptance refused"),
        "Handle" => texts.Of("承办", "Handled"),
        "Examine" => texts.Of("审核", "Examined"),
        "Grant" or "GrantWithFee" => texts.Of("准予许可", "Granted"),
        "Deny" => texts.Of("不予许可", "Denied"),
        "Pay" => texts.Of("已缴费", "Paid"),
        "Issue" => texts.Of("制证", "Licence issued"),
        "Withdraw" => texts.Of("撤回", "Withdrawn"),
        _ => act,
    };

    public static string LimitText(this ITexts texts, Limit? limit) => limit switch
    {
        null => "—",
        { Unit: "Instant" } => texts.Of("即办", "On the spot"),
        { Unit: "WorkingDay" } => texts.Of($"{limit.Value} 个工作日", $"{limit.Value} working days"),
        { Unit: "CalendarDay" } => texts.Of($"{limit.Value} 日", $"{limit.Value} days"),
        { Unit: "WorkingHour" } => texts.Of($"{limit.Value} 个工作小时", $"{limit.Value} working hours"),
        _ => $"{limit.Value}",
    };

    public static string ServiceObject(this ITexts texts, string kind) => kind switch
    {
        "NaturalPerson" => texts.Of("自然人", "Persons"),
        "Enterprise" => texts.Of("企业法人", "Enterprises"),
        "PublicInstitution" => texts.Of("事业单位", "Public institutions"),
        "SocialOrganisation" => texts.Of("社会组织", "Social organisations"),
        _ => texts.Of("其他组织", "Other organisations"),
    };

    public static string Level(this ITexts texts, AssuranceLevel level) => level switch
    {
        AssuranceLevel.Primary => texts.Of("初级", "Primary"),
        AssuranceLevel.Intermediate => texts.Of("中级", "Intermediate"),
        AssuranceLevel.Advanced => texts.Of("高级", "Advanced"),
        _ => texts.Of("未登录", "Not signed in"),
    };

    /// <summary>Whoever submits applies and confirms in one act, so the higher of the two levels counts; Advanced is shown in person and is no level of a sign-in.</summary>
    public static AssuranceLevel NeededToApply(this Matter matter)
    {
        var (apply, confirm) = (Read("apply"), Read("confirm"));
        return confirm < AssuranceLevel.Advanced && confirm > apply ? confirm : apply;

        AssuranceLevel Read(string act) => Enum.TryParse<AssuranceLevel>(matter.RequiredAssurance.GetValueOrDefault(act), out var level) ? level : AssuranceLevel.Primary;
    }

    /// <summary>Whether Desk will ask for a confirmation in person; Desk decides, this only says so beforehand.</summary>
    public static bool MayNeedPresence(this Matter matter, IReadOnlyDictionary<string, string> form) =>
        matter.RequiredAssurance.GetValueOrDefault("confirm") == nameof(AssuranceLevel.Advanced) &&
        !(Amount(matter.ConfirmRule?.AdvancedFromAmount) is { } threshold && Amount(form.GetValueOrDefault("amount")) is { } amount && amount < threshold);

    private static decimal? Amount(string? text) =>
        decimal.TryParse(text, System.Globalization.NumberStyles.AllowDecimalPoint, System.Globalization.CultureInfo.InvariantCulture, out var amount) ? amount : null;

    public static string Size(long bytes) => bytes < 1024 * 1024 ? $"{Math.Max(1, bytes / 1024)} KB" : FormattableString.Invariant($"{bytes / 1048576.0:0.0} MB");

    public static string LicenseStatus(this ITexts texts, string status) => status.ToLowerInvariant() switch
    {
        "valid" or "active" or "issued" => texts.Of("有效", "Valid"),
        "suspended" => texts.Of("已暂停", "Suspended"),
        "withheld" => texts.Of("已暂扣", "Withheld"),
        "rescinded" => texts.Of("已撤销", "Rescinded"),
        "revoked" => texts.Of("已吊销", "Revoked"),
        "cancelled" => texts.Of("已注销", "Cancelled"),
        "expired" => texts.Of("已过期", "Expired"),
        _ => status,
    };

    /// <summary>Conditions in the reader's language where the matter has them in it.</summary>
    public static IEnumerable<string> Conditions(this ITexts texts, Matter matter) =>
        (texts.Chinese || matter.AcceptanceConditionsEn.Count == 0 ? matter.AcceptanceConditions : matter.AcceptanceConditionsEn)
        .Where(c => c.ValueKind == JsonValueKind.String).Select(c => c.GetString()!);
}
