using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Disputes;

/// <summary>Why something about a dispute is refused.</summary>
internal static class DisputeProblems
{
    public static readonly Problem NotRegistered = new("identity.dispute.notRegistered", 404, "该身份证号没有账号，请直接注册。", "There is no account for this ID number; the person can simply register.");
    public static readonly Problem Disagrees = new(
        "identity.dispute.populationMismatch", 422, "与公安人口库的登记不一致，请先到公安机关办理。", "It does not agree with the population register; the police come first.");

    public static readonly Problem AlreadyOpen = new("identity.dispute.open", 409, "该账号已有一件争议在办理。", "There is an open dispute about this account already.");
    public static readonly Problem Deceased = new("identity.dispute.deceased", 409, "人口库已登记该人死亡，不能办理。", "The population register has this person as deceased.");
    public static readonly Problem SlipDiffers = new("identity.dispute.slip", 422, "争议编号与该身份证号不符或已失效。", "The slip's number does not belong to this ID number, or has ended.");
    public static readonly Problem OwnMatter = new("identity.dispute.ownMatter", 403, "当事人与您同名，须由另一人办理，以免处理本人的争议。", "A party bears your name: another official has to act, so that nobody handles a dispute of their own.");
    public static readonly Problem OwnDecision = new("identity.dispute.ownDecision", 403, "不能决定自己受理的争议，请由另一人决定。", "Nobody decides the dispute they opened; another official has to.");
    public static readonly Problem Unknown = new("identity.dispute.unknown", 404, "没有该争议。", "There is no such dispute.");
    public static readonly Problem Over = new("identity.dispute.over", 409, "该争议已有决定。", "The dispute is decided already.");
    public static readonly Problem NotHeard = new(
        "identity.dispute.notHeard", 409, "账号持有人尚未答复，答复期未满，不能交还账号。", "The holder has not answered and may still do so; until then the account is not handed over.");

    public static readonly Problem Answered = new("identity.dispute.answered", 409, "已经答复过，或答复期已过。", "An answer was given already, or the term has passed.");
    public static readonly Problem AnswerCode = new(
        "identity.dispute.answerCode", 422, "查询码不正确。持有人不反对时，必须填写其手机收到的查询码。", "The code is not right. Whoever does not contradict has to show the code on their phone.");

    public static readonly Problem OwnAnswer = new("identity.dispute.ownAnswer", 403, "持有人的答复由您记录，须由另一人决定。", "You wrote the holder's answer down; another official has to decide.");
    public static readonly Problem PopulationChanged = new(
        "identity.dispute.populationChanged", 409, "人口库的登记与受理时已不一致，不能交还账号；请驳回后重新受理。", "The population register does not agree any more as it did at the opening; reject the dispute and open it anew.");

    public static readonly Problem Refused = new("identity.dispute.refused", 422, "争议编号或查询码不正确。", "The dispute's number or the code is not right.");
    public static readonly Problem MustWait = new("identity.dispute.mustWait", 429, "尝试次数过多，请稍后再试。", "Too many tries. Please try again later.");
}
