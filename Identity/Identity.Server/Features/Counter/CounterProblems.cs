using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Counter;

/// <summary>Why an act at a counter is refused.</summary>
internal static class CounterProblems
{
    public static readonly Problem NotRegistered = new("identity.counter.notRegistered", 404, "该身份证号尚未注册账号，请先注册。", "There is no account for this ID number; the person has to register first.");
    public static readonly Problem NameDiffers = new("identity.counter.nameDiffers", 422, "姓名与账号登记的不一致，请核对证件。", "The name does not agree with the account; please check the document.");
    public static readonly Problem NameUnchanged = new("identity.counter.nameUnchanged", 409, "账号登记的就是这个姓名。", "This is the account's name already.");
    public static readonly Problem NotFrozen = new("identity.counter.notFrozen", 409, "该账号没有由本人冻结，窗口不能解除。", "Its owner did not freeze this account; a counter cannot lift it.");
    public static readonly Problem PhoneDisputed = new(
        "identity.counter.phoneDisputed", 409, "该账号因手机号更换有异议而冻结，请办理“手机遗失、账号找回”，凭条使用后即解除。",
        "The former phone objected to the change of number: give a ticket for a lost phone instead; using it lifts the freeze.");
    public static readonly Problem Disagrees = new(
        "identity.counter.populationMismatch", 422, "与公安人口库的登记不一致，请先到公安机关办理。", "It does not agree with the population register; the police come first.");

    public static readonly Problem Incomplete = new(
        "identity.counter.incomplete", 422, "请填写有效的身份证号、姓名、大厅和窗口，并确认已查验证件原件。", "A valid ID number, name, hall and window are needed, and the document must have been checked.");

    public static readonly Problem OrganisationUnknown = new(
        "identity.counter.organisationUnknown", 404, "该组织尚未由此法定代表人注册，请先注册。", "This representative has not registered the organisation; that comes first.");

    public static readonly Problem BadUscc = new("identity.counter.uscc", 422, "请填写 18 位有效统一社会信用代码。", "A valid credit code of 18 characters is needed.");
    public static readonly Problem OwnMatter = new("identity.counter.ownMatter", 403, "该账号与您同名，须由另一人办理，以免办理本人的事项。", "The account bears your name: another official has to act, so that nobody acts for themselves.");
    public static readonly Problem HallLevelDiffers = new("identity.counter.hallLevelDiffers", 422, "大厅级别与您的岗位不一致。", "The hall's level is not that of your post.");
    public static readonly Problem HallLevelMissing = new(
        "identity.counter.hallLevelMissing", 422, "请填写大厅级别（省、市或县），您的岗位没有设置。", "The hall's level (province, city or county) is needed: your post does not name it.");
    public static readonly Problem Disputed = new(
        "identity.counter.disputed", 409, "该账号有未决定的身份争议，决定之前不能办理。", "There is an open dispute about this account; nothing else is done about it before the decision.");
}
