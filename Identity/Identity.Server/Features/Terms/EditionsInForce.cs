using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Terms;

/// <summary>Which editions a person was shown and agreed to.</summary>
/// <param name="Terms">Version of the terms of service.</param>
/// <param name="Privacy">Version of the rules on personal information.</param>
internal sealed record EditionsInForce(string Terms, string Privacy)
{
    /// <summary>What was read is not what would be recorded; also of a form that says nothing of what it showed.</summary>
    public static readonly Problem Newer = new(
        "identity.registration.newEdition", 422, "您打开此页后，服务协议或个人信息处理规则有了新版本，请重新阅读并同意",
        "There is a new edition of the terms or the rules since you opened this page; please read and accept it");

    /// <summary>Both in one word, for a form to say what it showed.</summary>
    public string Mark => $"{Terms}/{Privacy}";

    public static EditionsInForce At(DateTimeOffset now) => new(LegalDocument.Terms.InForce(now).Version, LegalDocument.Privacy.InForce(now).Version);
}
