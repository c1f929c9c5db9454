using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance;
using Yinxin.Identity.Server.Features.Authorities;
using Yinxin.Identity.Server.Features.Raising.RealPersons;

namespace Yinxin.Identity.Server.Features.Raising.Ways;

/// <summary>Every way there is. Which of them a subject is offered follows from the policy in force: what is missing for the next level, and nothing else.</summary>
internal sealed class RaisingWays(AuthorityKeys keys, IRealPersonProvider realPerson)
{
    public const string Organisation = "/account/organisations/";

    private static readonly RaisingWay Counter = new(
        EvidenceKinds.Counter, Path: null, 5, new("到政务服务大厅窗口", "At the counter of a service hall"),
        new("本人携带居民身份证原件，到任一省、市、县（区）政务服务大厅的实名认证窗口，不收费。办好后刷新本页即可继续。",
            "Come in person with your original ID card to the real-name counter of any provincial, city or county hall. It is free. Then reload this page."));

    /// <summary>In the order in which they are offered: the quickest first.</summary>
    private static readonly RaisingWay[] Persons =
    [
        new(EvidenceKinds.AlipayAccount, "/account/raise/alipay", 1, new("支付宝实名账户", "Alipay real-name account"),
            new("使用本人已实名的支付宝账户，在支付宝页面同意一次核对。", "With your own verified Alipay account; you agree once on a page of Alipay.")),
        new(EvidenceKinds.BankCard, "/account/raise/bank-card", 1, new("银行卡核验", "Bank card"),
            new("使用本人银行卡和银行预留手机号。只核对、不扣款、不保存卡号。", "With a card of your own and the phone number the bank knows. It is only compared: nothing is charged, the number is not kept.")),
        new(EvidenceKinds.HousingFundAccount, "/account/raise/housing-fund", 1, new("住房公积金账户", "Housing-fund account"),
            new("使用本人住房公积金个人账号。", "With the number of your own housing provident fund account.")),
        new(EvidenceKinds.RealPerson, "/account/raise/real-person", 2, new("网上实人核验", "Online real-person check"),
            new("需要摄像头：按提示做几个动作，与证件照片比对。不保存照片和录像。", "You need a camera: a few actions as shown, compared with the photo on file. No picture is kept.")),
        Counter,
    ];

    private static readonly RaisingWay[] Organisations =
    [
        new(EvidenceKinds.TaxAccount, Organisation + "tax-account", 1, new("税务申报账户", "Tax-filing account"),
            new("使用本单位的电子税务局申报账户。", "With the organisation's account at the electronic tax office.")),
        new(EvidenceKinds.EnterpriseCertificate, Organisation + "certificate", 5, new("企业数字证书", "Enterprise digital certificate"),
            new("使用信任列表中任一机构签发的企业数字证书（SM2、ECDSA 或 RSA）签署一段文字。", "Sign a short text with a certificate (SM2, ECDSA or RSA) from any CA of the trust list.")),
        Counter with
        {
            Needs = new("法定代表人本人携带身份证和登记证照原件，到任一政务服务大厅的实名认证窗口，不收费。", "The legal representative comes with ID card and certificate of registration to any hall's real-name counter. It is free."),
        },
    ];

    /// <summary>The ways to the kinds of evidence that the next level still lacks.</summary>
    public static IReadOnlyList<RaisingWay> For(Grade grade)
    {
        var lacking = (grade.Missing?.AnyOf ?? []).SelectMany(any => any).ToHashSet(StringComparer.Ordinal);
        return [.. (grade.Kind == SubjectKind.Organisation ? Organisations : Persons).Where(w => lacking.Contains(w.Kind))];
    }

    /// <summary>Whether the source behind it is connected.</summary>
    public bool IsOpen(RaisingWay way) => way.Kind switch
    {
        EvidenceKinds.AlipayAccount => keys.Knows(AlipayProvider.Self),
        EvidenceKinds.BankCard => keys.Knows(BankCardNetwork.Self),
        EvidenceKinds.HousingFundAccount => keys.Knows(HousingFund.Self),
        EvidenceKinds.RealPerson => realPerson.IsOpen,
        EvidenceKinds.TaxAccount => keys.Knows(TaxAuthority.Self),
        _ => true,
    };
}
