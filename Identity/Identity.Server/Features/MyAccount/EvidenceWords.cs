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
        EvidenceKinds.Dispute => texts.Of("身份争议", "A dispute about the account"),
        EvidenceKinds.TransactionProof => texts.Of("本人在场确认", "Confirmed in person"),
        EvidenceKinds.MarketRegistryMatch => texts.Of("与市场主体登记一致", "Agrees with market registration"),
        EvidenceKinds.CivilAffairsRegistryMatch => texts.Of("与民政登记一致", "Agrees with civil affairs' register"),
        EvidenceKinds.StaffingRegistryMatch => texts.Of("与机构编制登记一致", "Agrees with the staffing register"),
        EvidenceKinds.OrganisationCodeMatch => texts.Of("与组织机构代码库一致", "Agrees with the register of organisation codes"),
        EvidenceKinds.LegalRepresentativeMatch => texts.Of("法定代表人身份一致", "The legal representative agrees"),
        EvidenceKinds.TaxAccount => texts.Of("税务申报账户", "Tax-filing account"),
        EvidenceKinds.EnterpriseCertificate => texts.Of("企业数字证书", "Enterprise certificate"),
        _ => kind,
    };
}
