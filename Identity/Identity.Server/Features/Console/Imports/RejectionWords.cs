using Yinxin.Web.Components;

namespace Yinxin.Identity.Server.Features.Console.Imports;

/// <summary>Codes and members of a report in words for people.</summary>
internal static class RejectionWords
{
    private static readonly Dictionary<string, (string Chinese, string English)> Codes = new(StringComparer.Ordinal)
    {
        ["row.json"] = ("不是正确的 JSON，或有未知成员", "No valid JSON, or an unknown member"),
        ["row.utf8"] = ("不是 UTF-8", "No UTF-8"),
        ["row.quotes"] = ("引号未闭合", "A quote is not closed"),
        ["row.columns"] = ("列数与首行不符", "Not as many columns as the header"),
        ["externalId.invalid"] = ("来源编号缺失或有误", "The source's key is missing or wrong"),
        ["externalId.personal"] = ("来源编号是证件号或手机号", "The source's key is an ID or phone number"),
        ["externalId.taken"] = ("来源编号已属于另一人", "Under the source's key stands another person"),
        ["userName.invalid"] = ("用户名有误", "The user name is wrong"),
        ["userName.personal"] = ("用户名是他人的证件号或手机号", "The user name is somebody else's ID or phone number"),
        ["userName.taken"] = ("用户名已被占用", "The user name is taken"),
        ["idNumber.invalid"] = ("身份证号有误", "The ID number is wrong"),
        ["name.invalid"] = ("姓名缺失或有误", "The name is missing or wrong"),
        ["name.differs"] = ("与已有账号的姓名不同", "The account has another name"),
        ["name.changed"] = ("人口库已报告改名", "The population library has reported another name"),
        ["sex.invalid"] = ("性别有误或与身份证号不符", "The sex is wrong, or not that of the ID number"),
        ["ethnicity.invalid"] = ("民族代码有误", "The ethnicity is wrong"),
        ["phone.invalid"] = ("手机号缺失或有误", "The phone is missing or wrong"),
        ["phone.taken"] = ("手机号属于另一账号", "The phone is another account's"),
        ["passwordHash.unsupported"] = ("不支持的口令摘要", "The password hash is not supported"),
        ["evidence.json"] = ("证据不是正确的 JSON", "The evidence is no valid JSON"),
        ["evidence.tooMany"] = ("证据过多", "Too much evidence"),
        ["evidence.invalid"] = ("证据缺少必填内容或有误", "Evidence that is incomplete or wrong"),
        ["evidence.personal"] = ("证据中有证件号或手机号", "Evidence with an ID or phone number in it"),
        ["evidence.leftOut"] = ("已接收，但未采用所列证据", "Taken, without the evidence named"),
        ["person.deceased"] = ("人口库已报告死亡", "The population library has reported the death"),
        ["account.disputed"] = ("账号处于争议中", "The account is in dispute"),
        ["account.frozen"] = ("账号已冻结", "The account is frozen"),
    };

    private static readonly Dictionary<string, (string Chinese, string English)> Members = new(StringComparer.Ordinal)
    {
        ["externalId"] = ("来源编号", "Source's key"),
        ["userName"] = ("用户名", "User name"),
        ["idNumber"] = ("身份证号", "ID number"),
        ["name"] = ("姓名", "Name"),
        ["sex"] = ("性别", "Sex"),
        ["ethnicity"] = ("民族", "Ethnicity"),
        ["phone"] = ("手机号", "Phone"),
        ["passwordHash"] = ("口令摘要", "Password hash"),
        ["level"] = ("等级", "Level"),
        ["evidence"] = ("证据", "Evidence"),
    };

    public static string Code(ITexts texts, string code) => Codes.TryGetValue(code, out var words) ? texts.Of(words.Chinese, words.English) : code;

    /// <summary>In words, where the member is one of a row's own; the sender may have called it anything.</summary>
    public static string? Member(ITexts texts, string field) => Members.TryGetValue(field.Split('[', 2)[0], out var words) ? texts.Of(words.Chinese, words.English) : null;
}
