using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance;
using Yinxin.Identity.Server.Features.Assurance.Policy;
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

    /// <summary>In the order in which they are offered: what Primary lacks, then the quickest first.</summary>
    private static readonly RaisingWay[] Persons =
    [
        new(EvidenceKinds.PopulationMatch, "/account/raise/population", 1, new("核对身份信息", "Your particulars"),
            new("对照居民身份证填写号码、姓名、性别和民族，与公安人口库核对。", "ID number, name, sex and ethnicity from your ID card, compared with the population register.")),
        new(EvidenceKinds.PhoneCode, "/account/phone", 2, new("验证手机号", "Your phone"),
            new("绑定您现在使用的手机号，需要接收短信验证码。", "Prove the mobile number that you use now; a code comes by text message.")),
        new(EvidenceKinds.Password, "/account/password", 1, new("设置登录密码", "A password"), new("设置本账号的登录密码。", "Set a password for this account.")),
        new(EvidenceKinds.Passkey, "/account/passkeys", 1, new("添加通行密钥", "A passkey"), new("用手机或电脑的锁屏方式登录。", "Sign in by the screen lock of your phone or computer.")),
        new(EvidenceKinds.AlipayAccount, "/account/raise/alipay", 1, new("支付宝实名账户", "Alipay real-name account"),
            new("使用本人已实名的支付宝账户，在支付宝页面同意一次核对。", "With your own verified Alipay account; you agree once on a page of Alipay.")),
        new(EvidenceKinds.BankCard, "/account/raise/bank-card", 1, new("银行卡核验", "Bank card"),
            new("使用本人银行卡和银行预留手机号；与账号手机号不同时，需要接收短信验证码。只核对、不扣款、不保存卡号。",
                "With a card of your own and the phone number the bank knows; if it is not the account's, a code comes to it by text message. It is only compared: nothing is charged, the number is not kept.")),
        new(EvidenceKinds.HousingFundAccount, "/account/raise/housing-fund", 1, new("住房公积金账户", "Housing-fund account"),
            new("使用本人住房公积金个人账号。", "With the number of your own housing provident fund account.")),
        new(EvidenceKinds.RealPerson, "/account/raise/real-person", 2, new("网上实人核验", "Online real-person check"),
            new("需要摄像头：按提示做几个动作，与证件照片比对。不保存照片和录像。", "You need a camera: a few actions as shown, compared with the photo on file. No picture is kept.")),
        Counter,
    ];

    /// <summary>What the register, the organisation codes and the population library say comes with one form, whichever of it is missing.</summary>
    private static readonly RaisingWay Registration = new(
        EvidenceKinds.LegalRepresentativeMatch, Organisation + "new", 2, new("重新核对登记信息", "Its registration"),
        new("由法定代表人填写统一社会信用代码和名称，与登记机关、组织机构代码库和公安人口库重新核对。授权和办件不受影响。",
            "The legal representative gives credit code and name, which are compared anew with its register, the organisation codes and the population register. Mandates and cases stay."));

    private static readonly HashSet<string> OfRegistration = new(StringComparer.Ordinal)
    {
        EvidenceKinds.MarketRegistryMatch, EvidenceKinds.StaffingRegistryMatch, EvidenceKinds.CivilAffairsRegistryMatch, EvidenceKinds.OrganisationCodeMatch, EvidenceKinds.LegalRepresentativeMatch,
    };

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
    public static IReadOnlyList<RaisingWay> For(Grade grade) => To(grade, [.. (grade.Missing?.AnyOf ?? []).SelectMany(any => any)]);

    /// <summary>
    /// The ways that renew what carries the level before it ends, or put a second one beside it: all to Intermediate, where that is reached, and those to whatever else of the level is carried by
    /// nothing but evidence with an end.
    /// </summary>
    /// <param name="grade">What is reached.</param>
    /// <param name="policy">What it rests on.</param>
    public static IReadOnlyList<RaisingWay> Renewing(Grade grade, AssurancePolicyDocument policy)
    {
        var ladder = grade.Kind == SubjectKind.Organisation ? policy.Organisation : policy.Person;
        List<string> kinds = grade.Level < AssuranceLevel.Primary ? [] : [.. ladder.Primary.Where(Ends).SelectMany(any => any)];
        if (grade.Level >= AssuranceLevel.Intermediate)
        {
            kinds.AddRange(ladder.Intermediate.SelectMany(any => any));
        }

        return To(grade, kinds);

        bool Ends(IReadOnlyList<string> any) => grade.Carrying.Where(c => any.Contains(c.Record.Kind, StringComparer.Ordinal)).All(c => c.Until is not null);
    }

    /// <summary>Those of <see cref="Renewing"/> that are done online and whose source is connected, each with where it begins.</summary>
    public IReadOnlyList<(RaisingWay Way, string Address)> OpenRenewals(Grade grade, AssurancePolicyDocument policy, Guid? organisation, string returnUrl)
    {
        var open = new List<(RaisingWay Way, string Address)>();
        foreach (var way in Renewing(grade, policy).Where(IsOpen))
        {
            if (way.AddressFor(organisation, returnUrl) is { } address)
            {
                open.Add((way, address));
            }
        }

        return open;
    }

    private static List<RaisingWay> To(Grade grade, List<string> kinds)
    {
        var ofOrganisation = grade.Kind == SubjectKind.Organisation;
        var ways = (ofOrganisation ? Organisations : Persons).Where(w => kinds.Contains(w.Kind));

        // What carries the level goes before the ladder's first kind, which may be another register's: the form renews that and adds nothing.
        var registration = kinds.Find(k => OfRegistration.Contains(k) && grade.Carrying.Any(c => c.Record.Kind == k)) ?? kinds.Find(OfRegistration.Contains);
        return ofOrganisation && registration is not null ? [Registration with { Kind = registration }, .. ways] : [.. ways];
    }

    /// <summary>Whether the source behind it is connected.</summary>
    public bool IsOpen(RaisingWay way) => way.Kind switch
    {
        EvidenceKinds.PopulationMatch => keys.Knows(PopulationRegister.Self),
        EvidenceKinds.AlipayAccount => keys.Knows(AlipayProvider.Self),
        EvidenceKinds.BankCard => keys.Knows(BankCardNetwork.Self),
        EvidenceKinds.HousingFundAccount => keys.Knows(HousingFund.Self),
        EvidenceKinds.RealPerson => realPerson.IsOpen,
        EvidenceKinds.TaxAccount => keys.Knows(TaxAuthority.Self),
        _ => true,
    };
}
