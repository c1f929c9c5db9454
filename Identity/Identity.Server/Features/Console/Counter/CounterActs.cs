using Yinxin.Web.Components;

namespace Yinxin.Identity.Server.Features.Console.Counter;

/// <summary>What can be done at a window, as it stands in addresses, with its words.</summary>
internal static class CounterActs
{
    public const string Verify = "verify";
    public const string Organisation = "organisation";
    public const string NameChange = "name-change";
    public const string Unfreeze = "unfreeze";
    public const string LostPhone = "lost-phone";

    public static readonly IReadOnlyList<string> All = [Verify, Organisation, NameChange, Unfreeze, LostPhone];

    /// <summary>Those that change who gets into an account.</summary>
    public static readonly IReadOnlyList<string> Guarded = [NameChange, Unfreeze, LostPhone];

    public static string Title(ITexts texts, string act) => act switch
    {
        Verify => texts.Of("实名认证", "Verify a person"),
        Organisation => texts.Of("组织认证", "Verify an organisation"),
        NameChange => texts.Of("更改姓名", "Change a name"),
        Unfreeze => texts.Of("解除冻结", "Unfreeze an account"),
        _ => texts.Of("手机遗失、账号找回", "Lost phone, recovery"),
    };

    public static string Lead(ITexts texts, string act) => act switch
    {
        Verify => texts.Of("查验本人和居民身份证原件后，账号升为中级。", "The person and the original ID card are seen; the account rises to intermediate."),
        Organisation => texts.Of("法定代表人持身份证和登记证照到场，组织升为中级。", "The legal representative comes with ID card and certificate of registration; the organisation rises to intermediate."),
        NameChange => texts.Of("填写身份证上的现姓名，系统与公安人口库核对。", "Write the name now on the ID card; it is compared with the population register."),
        Unfreeze => texts.Of("仅限本人自行冻结的账号。因手机号更换有异议而冻结的，请办理手机遗失、账号找回。", "Only for accounts that their owner froze. Where the former phone objected to a change of number, give a ticket for a lost phone."),
        _ => texts.Of("发给一次性凭条，账号立即退出所有登录；本人凭条设置新手机号和密码，原有两步验证和通行密钥同时移除。", "Gives a ticket that works once, and signs the account out everywhere: the person sets a new phone number and password with it; the second step and passkeys are removed."),
    };

    /// <summary>In place of <see cref="Done"/> where the owner's own freeze is lifted and another one stands.</summary>
    public static string StillFrozen(ITexts texts) => texts.Of("本人的冻结已解除，账号因其他原因仍处于冻结", "The owner's own freeze is lifted; the account is still frozen for another reason");

    public static string Done(ITexts texts, string act) => act switch
    {
        Verify => texts.Of("实名认证已完成", "The person is verified"),
        Organisation => texts.Of("组织认证已完成", "The organisation is verified"),
        NameChange => texts.Of("姓名已更改", "The name is changed"),
        Unfreeze => texts.Of("冻结已解除", "The account is no longer frozen"),
        _ => texts.Of("凭条已发给", "The ticket is given"),
    };
}
