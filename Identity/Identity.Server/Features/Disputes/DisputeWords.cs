using Yinxin.Identity.Server.Data;
using Yinxin.Web.Components;

namespace Yinxin.Identity.Server.Features.Disputes;

/// <summary>Disputes in words for people.</summary>
internal static class DisputeWords
{
    public static string State(ITexts texts, DisputeState state) => state switch
    {
        DisputeState.Asked => texts.Of("待到窗口", "Not at a counter yet"),
        DisputeState.Open => texts.Of("办理中", "Open"),
        DisputeState.Granted => texts.Of("已交还主张人", "Given to the claimant"),
        _ => texts.Of("已驳回", "Rejected"),
    };

    public static string Kind(ITexts texts, DisputeKind kind) => kind == DisputeKind.TakenOver
        ? texts.Of("账号被他人冒用开通", "Opened by another in the person's name") : texts.Of("证件号码重复", "The number was given twice");

    public static string Answer(ITexts texts, Dispute dispute, DateTimeOffset now) => dispute.Contradicted switch
    {
        true => texts.Of("持有人反对", "The holder contradicts"),
        false => texts.Of("持有人不反对", "The holder does not contradict"),
        _ when dispute.AnswerDue <= now => texts.Of("逾期未答复", "The holder did not answer in time"),
        _ => texts.Of("等待持有人答复", "Waiting for the holder's answer"),
    };

    public static string Document(ITexts texts, string kind) => kind switch
    {
        DocumentKinds.IdCard => texts.Of("居民身份证", "ID card"),
        "temporary-id-card" => texts.Of("临时居民身份证", "Temporary ID card"),
        "household-register" => texts.Of("户口簿", "Household register"),
        "passport" => texts.Of("护照", "Passport"),
        _ => kind,
    };

    public static string HallLevel(ITexts texts, string? level) => level switch
    {
        "province" => texts.Of("省级", "province"),
        "city" => texts.Of("市级", "city"),
        "county" => texts.Of("县级", "county"),
        _ => "",
    };
}
