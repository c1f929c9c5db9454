using Yinxin.Identity.Server.Data;
using Yinxin.Web.Components;

namespace Yinxin.Identity.Server.Features.MyAccount;

/// <summary>A kind of evidence in words for people.</summary>
internal static class EvidenceWords
{
    public static string Of(ITexts texts, string kind) => kind switch
    {
        EvidenceKinds.PopulationMatch => texts.Of("身份信息与公安人口库一致", "Agrees with the population register"),
        EvidenceKinds.PhoneCode => texts.Of("手机号已验证", "Phone number proved"),
        EvidenceKinds.Password => texts.Of("已设置密码", "Password set"),
        EvidenceKinds.Passkey => texts.Of("已添加通行密钥", "Passkey added"),
        EvidenceKinds.Counter => texts.Of("窗口实名认证", "Verified at a counter"),
        EvidenceKinds.BankCard => texts.Of("银行卡核验", "Bank card checked"),
        EvidenceKinds.AlipayAccount => texts.Of("支付宝实名账户", "Alipay real-name account"),
        EvidenceKinds.HousingFundAccount => texts.Of("公积金账户", "Housing-fund account"),
        EvidenceKinds.RealPerson => texts.Of("实人核验", "Real-person check"),
        _ => kind,
    };
}
