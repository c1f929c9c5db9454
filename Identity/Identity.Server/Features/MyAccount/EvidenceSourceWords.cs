using Yinxin.Identity.Server.Features.Authorities;
using Yinxin.Identity.Server.Features.Raising.RealPersons.Local;
using Yinxin.Web.Components;

namespace Yinxin.Identity.Server.Features.MyAccount;

/// <summary>Who holds the truth that evidence was compared with, in words for people.</summary>
internal static class EvidenceSourceWords
{
    private const string Imported = "import:";

    public static string Of(ITexts texts, string source) => source switch
    {
        "population" => texts.Of("公安人口库", "population register"),
        PhoneOwners.Source => texts.Of("本人手机", "own phone"),
        "person" => texts.Of("本人设置", "set by its owner"),
        "counter" => texts.Of("政务服务大厅", "service hall"),
        BankCardNetwork.Source => texts.Of("银联", "UnionPay"),
        "alipay" => texts.Of("支付宝", "Alipay"),
        "housing-fund" => texts.Of("住房公积金管理机构", "housing fund"),
        "real-person" => texts.Of("公安实人核验平台", "real-person service of the police"),
        LocalRealPerson.Name => texts.Of("本平台与公安人口库照片比对", "compared here with the photo of the population register"),
        "market" => texts.Of("市场监管部门", "market regulator"),
        "staffing" => texts.Of("机构编制部门", "staffing office"),
        "civil-affairs" => texts.Of("民政部门", "civil affairs"),
        "quality" => texts.Of("组织机构代码库", "register of organisation codes"),
        "tax" => texts.Of("税务部门", "tax authority"),
        "trust-list" => texts.Of("可信证书机构列表", "trust list of certificate authorities"),
        "sample" => texts.Of("样例数据", "sample data"),
        _ when source.StartsWith(Imported, StringComparison.Ordinal) => texts.Of($"原系统移交（{source[Imported.Length..]}）", $"handed over by a former system ({source[Imported.Length..]})"),
        _ => source,
    };
}
