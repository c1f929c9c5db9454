namespace Yinxin.Identity.Server.Features.SourceChanges;

/// <summary>What a register reported, in words for the person concerned: on their own page with the organisation's name, by text message with as much of it as they recognise.</summary>
internal static class SourceNoticeWords
{
    /// <summary>Whether there is something to do about it in the account, for which a text message has to say where that is.</summary>
    public static bool AsksToSignIn(string what) => what is SourceNotice.NameChanged or SourceNotice.CertificateRevoked or SourceNotice.CertificateDistrusted or SourceNotice.AnswerWithdrawn
        or SourceNotice.RepresentativeGained;

    /// <param name="what">One of the words of <see cref="SourceNotice"/>.</param>
    /// <param name="organisation">Name of the organisation; empty where it is about the person, or in a notice of an earlier release.</param>
    /// <param name="was">Its former name.</param>
    public static (string Chinese, string English) Of(string what, string organisation, string was)
    {
        var (chinese, english) = organisation.Length == 0 ? ("组织", "organisation") : ($"组织“{organisation}”", $"organisation “{organisation}”");
        var (formerly, before) = was.Length == 0 ? ("", "") : ($"（原名称“{was}”）", $" (formerly “{was}”)");
        return what switch
        {
            SourceNotice.NameChanged => (
                "公安人口库登记的姓名已变更，您的账号姓名已随之更正。用原姓名完成的核验不再有效，认证等级可能随之降低，请登录后重新核验。如有疑问，请持身份证到政务服务大厅核实。",
                "Your registered name changed; your account follows. Checks made with the former name hold no more, so your level may have fallen: please sign in and verify anew."),
            SourceNotice.Dissolved => ($"您担任法定代表人的{chinese}已在登记机关注销，不能再以其名义办事。", $"The {english} that you represent was dissolved."),
            SourceNotice.OrganisationRenamed => (
                $"登记机关已变更您所代表{chinese}的名称{formerly}，账号中的名称已随之更正。", $"The register gave the {english} that you represent a new name{before}; your account follows."),
            SourceNotice.CertificateRevoked => (
                $"您担任法定代表人的{chinese}所用的企业数字证书已被吊销或挂起，由它核验的等级不再有效，请重新核验。", $"A certificate that proved the {english} was revoked; please prove it anew."),
            SourceNotice.CertificateDistrusted => (
                $"您担任法定代表人的{chinese}所用企业数字证书的签发机构已不在信任列表中，由它核验的等级不再有效，请换用其他证书或方式重新核验。",
                $"The CA of a certificate that proved the {english} is trusted no longer; please prove it anew in another way."),
            SourceNotice.AnswerWithdrawn => (
                organisation.Length == 0 ? "为您或您所代表组织的认证等级作证的一项核验结果已被核验机构撤回，等级可能随之降低，请登录“我的账号”查看并重新核验。"
                    : $"为您所代表{chinese}的认证等级作证的一项核验结果已被核验机构撤回，等级可能随之降低，请登录“我的账号”查看并重新核验。",
                organisation.Length == 0 ? "A check behind an assurance level of yours was taken back by its source; please sign in and see."
                    : $"A check behind the assurance level of the {english} was taken back by its source; please sign in and see."),
            SourceNotice.RepresentativeGained => (
                $"登记机关已将您登记为{chinese}的法定代表人，登录后可以其名义办事。如有原法定代表人在窗口或用税务申报账户所做的核验，则不再有效，组织的认证等级可能已随之降低，请登录查看并重新核验。",
                $"You are registered as the legal representative of the {english}. Where a former one showed something at a counter or with a tax account, it holds no more and the level may have fallen: please sign in and see."),
            _ => ($"登记机关已变更您所代表{chinese}的法定代表人，您不能再以其名义办事。", $"You are no longer the legal representative of the {english}."),
        };
    }
}
