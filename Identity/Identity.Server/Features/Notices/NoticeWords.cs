using System.Text.Json;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance;
using Yinxin.ServiceDefaults.Language;
using Yinxin.Web.Components;

namespace Yinxin.Identity.Server.Features.Notices;

/// <summary>A notice in words for people, made when it is shown.</summary>
internal static class NoticeWords
{
    private static readonly TimeZoneInfo Shanghai = TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai");

    public static string Of(ITexts texts, Notice notice)
    {
        var (chinese, english) = Of(notice.Kind, JsonSerializer.Deserialize<Dictionary<string, string>>(notice.Facts, JsonSerializerOptions.Web) ?? []);
        return texts.Of(chinese, english);
    }

    /// <summary>Both languages, for a message whose reader's language is not known. A missing fact leaves its words out.</summary>
    public static (string Chinese, string English) Of(string kind, IReadOnlyDictionary<string, string> facts) => kind switch
    {
        NoticeKinds.NewDevice => ($"您的账号在新设备上登录{Bracket(facts, "device")}。", $"Your account signed in on a new device{BracketEnglish(facts, "device")}."),
        NoticeKinds.PasswordChanged => ("您的登录密码已修改，其他设备已退出登录。", "Your password was changed; other devices were signed out."),
        NoticeKinds.PasskeyAdded => ($"您的账号添加了通行密钥{Bracket(facts, "name")}。", $"A passkey was added to your account{BracketEnglish(facts, "name")}."),
        NoticeKinds.PasskeyRemoved => ($"您的账号移除了通行密钥{Bracket(facts, "name")}，其他设备已退出登录。", $"A passkey was removed from your account{BracketEnglish(facts, "name")}; other devices were signed out."),
        NoticeKinds.PasskeyRefused => (
            "您的一个通行密钥登录未被接受：它可能被复制，或有人诱您在别的网站使用。请查看通行密钥，移除不认识的。",
            "A sign-in with a passkey of your account was refused: it may have been copied, or somebody led you to another site. Please look at your passkeys and remove any that you do not know."),
        NoticeKinds.SecondFactorOn => ("您的账号已开启两步验证。", "The second step at sign-in is switched on."),
        NoticeKinds.SecondFactorOff => ("您的账号已关闭两步验证。", "The second step at sign-in is switched off."),
        NoticeKinds.AppReplaced => (
            "您的账号更换了验证器应用，原应用和恢复码全部作废，其他设备已退出登录。",
            "The authenticator app of your account was replaced; the former app and all recovery codes are void, and other devices were signed out."),
        NoticeKinds.FactorsReset => (
            "经双人复核，您的验证器应用、恢复码和通行密钥已全部移除，所有设备已退出登录。请凭一次性凭条重新设置。",
            "By a decision of two officials your authenticator app, recovery codes and passkeys were removed and all devices signed out. Please set up a new factor with your one-time ticket."),
        NoticeKinds.RecoveryCodesMade => ("您生成了新的恢复码，旧恢复码全部作废。", "New recovery codes were made; the old ones are void."),
        NoticeKinds.RecoveryCodeUsed => ($"您的账号使用了一个恢复码{Left(facts, "，还剩 {0} 个")}。", $"A recovery code of your account was used{Left(facts, "; {0} are left")}."),
        NoticeKinds.PhoneChanged => ($"您账号绑定的手机号已更换{Bracket(facts, "phone")}。", $"The phone number of your account was changed{BracketEnglish(facts, "phone")}."),
        NoticeKinds.PhoneReassigned => (
            "您账号原绑定的手机号已由他人实名使用，已与您的账号解绑，请重新绑定手机号。",
            "The phone number of your account now belongs to somebody else and was taken off; please prove a new one."),
        NoticeKinds.RecoveryStarted => (
            "有人正在找回您的账号，等待期满后生效，期间您可以登录账号取消。",
            "Somebody is recovering your account. It takes effect after a waiting period; until then you can sign in and cancel it."),
        NoticeKinds.RecoveryDone => ("您的账号已找回并设置了新密码，所有设备已退出登录。", "Your account was recovered and has a new password; all devices were signed out."),
        NoticeKinds.TicketGiven => (
            "政务服务大厅为您的账号发出了一次性找回凭条，所有设备已退出登录。",
            "A service hall gave a ticket for the recovery of your account; all devices were signed out."),
        NoticeKinds.RecoveredAnew => (
            "您的账号已找回并设置了新密码，原有两步验证和通行密钥已全部移除，所有设备已退出登录。",
            "Your account was recovered and has a new password; its second step and every passkey were removed, and all devices were signed out."),
        NoticeKinds.RecoveryCancelled => ("账号找回已取消。", "The recovery of your account was cancelled."),
        NoticeKinds.RecoveryRefused => (
            "账号找回没有生效：人口库或运营商现在的登记与账号信息不一致，原密码不变。请持身份证到政务服务大厅办理。",
            "The recovery of your account did not take effect: the population register or the carrier no longer agrees with its particulars. The password is unchanged; please bring your ID card to a hall."),
        NoticeKinds.ClosingBegun => ("您的账号已申请注销，等待期满后生效，期间登录即可撤回。", "Your account is to be closed after a waiting period; until then you can sign in and take that back."),
        NoticeKinds.ClosingUndone => ("账号注销申请已撤回。", "Your account is not closed: the request was taken back."),
        NoticeKinds.Frozen => ("您的账号已冻结，所有设备已退出登录。", "Your account is frozen; all devices were signed out."),
        NoticeKinds.Unfrozen => ("您的账号已解除冻结。", "Your account is no longer frozen."),
        NoticeKinds.OrganisationFrozen => (
            $"您担任法定代表人的组织{Bracket(facts, "organisation")}已被冻结，暂时无人可以代表其办事。",
            $"An organisation that you represent{BracketEnglish(facts, "organisation")} is frozen; nobody can act for it meanwhile."),
        NoticeKinds.OrganisationUnfrozen => (
            $"您担任法定代表人的组织{Bracket(facts, "organisation")}已解除冻结。",
            $"An organisation that you represent{BracketEnglish(facts, "organisation")} is no longer frozen."),
        NoticeKinds.DisputeOpened => ($"有人在窗口主张您的账号属于他本人{Bracket(facts, "number")}，账号已冻结，等待决定。", $"Somebody disputed your account at a counter{BracketEnglish(facts, "number")}; it is frozen until that is decided."),
        NoticeKinds.DisputeGranted => ($"身份争议{Bracket(facts, "number")}已决定：账号交还证件持有人，原登录方式全部失效。", $"The dispute about the account{BracketEnglish(facts, "number")} is decided: it goes to the holder of the ID card, and all former ways of signing in are void."),
        NoticeKinds.DisputeRejected => ($"身份争议{Bracket(facts, "number")}已驳回：账号不变。", $"The dispute about the account{BracketEnglish(facts, "number")} is rejected: the account stays as it was."),
        NoticeKinds.NameChanged => ("您的账号姓名已在服务窗口更正。", "The name of your account was changed at a counter."),
        NoticeKinds.DataExported => ("您账号的全部数据已导出，含完整的身份证号和手机号。", "All data of your account were downloaded, with your ID number and phone number in full."),
        NoticeKinds.PresenceProven when Fact(facts, "purpose").Length == 0 => ("您的账号完成了一次本人在场确认。", "Something was confirmed in person with your account."),
        NoticeKinds.PresenceProven => (
            $"您已本人在场确认：{Fact(facts, "purpose")}{Bracket(facts, "application")}。", $"You confirmed in person: {Fact(facts, "purposeEnglish")}{BracketEnglish(facts, "application")}."),
        NoticeKinds.PresenceFailed => (
            $"有一次本人在场核验没有通过：{Fact(facts, "purpose")}{Bracket(facts, "application")}。",
            $"A check in person did not succeed: {Fact(facts, "purposeEnglish")}{BracketEnglish(facts, "application")}."),
        NoticeKinds.LevelChanged when Fact(facts, "organisation") is { Length: > 0 } organisation => (
            $"您担任法定代表人的组织“{organisation}”的认证等级由“{Level(facts, "was").Chinese}”变为“{Level(facts).Chinese}”。",
            $"The assurance level of the organisation “{organisation}” that you represent changed from “{Level(facts, "was").English}” to “{Level(facts).English}”."),
        NoticeKinds.LevelChanged => (
            $"您的认证等级变为“{Level(facts).Chinese}”。", $"Your assurance level is now “{Level(facts).English}”."),
        NoticeKinds.LevelEnds when Fact(facts, "organisation") is { Length: > 0 } organisation => (
            $"您担任法定代表人的组织“{organisation}”的“{Level(facts).Chinese}”认证将于{Day(facts).Chinese}到期，届时等级降低。请在此之前到“我的组织”续期，或增加一种认证方式。",
            $"What carries the level “{Level(facts).English}” of the organisation “{organisation}” that you represent ends {Day(facts).English}, and the level falls then. Please renew it or add a way before, under “My organisations”."),
        NoticeKinds.LevelEnds => (
            $"您的“{Level(facts).Chinese}”认证将于{Day(facts).Chinese}到期，届时等级降低。请在此之前到“我的账号”续期，或增加一种认证方式。",
            $"What carries your level “{Level(facts).English}” ends {Day(facts).English}, and the level falls then. Please renew it or add a way before, under “My account”."),
        NoticeKinds.LevelRaised => ("您账号的认证等级已提高。", "The assurance level of your account was raised."),
        NoticeKinds.OrganisationLevelRaised => ("您担任法定代表人的组织的认证等级已提高。", "The assurance level of an organisation that you represent was raised."),
        NoticeKinds.Mandate => ($"{Fact(facts, "organisation")}的经办授权{Change(facts).Chinese}。", $"A mandate of {Fact(facts, "organisation")} {Change(facts).English}."),
        NoticeKinds.MandatesWait => (
            $"{Fact(facts, "organisation")}的 {Fact(facts, "count")} 份经办授权因法定代表人变更已暂停，待您逐一确认后恢复。",
            $"The legal representative of {Fact(facts, "organisation")} changed: mandates that wait for your confirmation, one by one: {Fact(facts, "count")}."),
        NoticeKinds.DataViewed => (
            $"{Fact(facts, "department")}的工作人员查看了您的{Field(facts).Chinese}，理由：{Console.Accounts.UnmaskReasons.Both(Fact(facts, "reason")).Chinese}。",
            $"An official of {Fact(facts, "department")} saw your {Field(facts).English} in full; reason: {Console.Accounts.UnmaskReasons.Both(Fact(facts, "reason")).English}."),
        NoticeKinds.AtSource => SourceChanges.SourceNoticeWords.Of(Fact(facts, "what"), Fact(facts, "organisation"), Fact(facts, "was")),
        NoticeKinds.CounterWithdrawn => (
            $"政务服务大厅窗口的一项核验{Bracket(facts, "organisation")}已被撤销，认证等级可能随之降低，请以其他方式重新核验或持证件到大厅办理。",
            $"A check at a service hall{BracketEnglish(facts, "organisation")} was taken back, so an assurance level may have fallen: please verify anew in another way or come to a hall."),
        NoticeKinds.ImportWithdrawn => (
            $"由原系统移交的认证信息{Bracket(facts, "organisation")}经核查有误，已撤销，认证等级可能随之降低，请以其他方式重新核验或持证件到政务服务大厅办理。",
            $"What a former system had handed over about you{BracketEnglish(facts, "organisation")} was found to be wrong and taken back, so an assurance level may have fallen: please verify anew in another way or come to a service hall."),
        _ => ("您的账号有新的变动。", "Something about your account has changed."),
    };

    private static string Fact(IReadOnlyDictionary<string, string> facts, string name) => facts.TryGetValue(name, out var value) ? value : "";

    private static string Bracket(IReadOnlyDictionary<string, string> facts, string name) => Fact(facts, name) is { Length: > 0 } value ? $"（{value}）" : "";

    private static string BracketEnglish(IReadOnlyDictionary<string, string> facts, string name) => Fact(facts, name) is { Length: > 0 } value ? $" ({value})" : "";

    private static string Left(IReadOnlyDictionary<string, string> facts, string format) => Fact(facts, "left") is { Length: > 0 } left ? format.Replace("{0}", left, StringComparison.Ordinal) : "";

    private static (string Chinese, string English) Level(IReadOnlyDictionary<string, string> facts, string name = "level") => LevelWords.Both(AssuranceNames.Parse(Fact(facts, name)));

    /// <summary>Day in Asia/Shanghai, with what stands before it.</summary>
    private static (string Chinese, string English) Day(IReadOnlyDictionary<string, string> facts) => EndingNotice.EndOf(facts) is { } end
        ? (Local(end).ToString(" yyyy年M月d日 ", Languages.Chinese), "on " + Local(end).ToString("d MMMM yyyy", Languages.English)) : ("近期", "soon");

    private static DateTimeOffset Local(DateTimeOffset time) => TimeZoneInfo.ConvertTime(time, Shanghai);

    private static (string Chinese, string English) Field(IReadOnlyDictionary<string, string> facts) => Fact(facts, "field") switch
    {
        "idNumber" => ("身份证号", "ID number"),
        "phone" => ("手机号", "phone number"),
        _ => ("姓名", "name"),
    };

    private static (string Chinese, string English) Change(IReadOnlyDictionary<string, string> facts) => Fact(facts, "change") switch
    {
        "offered" => ("等待您接受", "waits for you to accept it"),
        "accepted" => ("已被接受", "was accepted"),
        "declined" => ("已被谢绝", "was declined"),
        "suspended" => ("已暂停", "was suspended"),
        "resumed" => ("已恢复", "was resumed"),
        "revoked" => ("已撤销", "was revoked"),
        "resigned" => ("已由经办人辞去", "was given up by the agent"),
        "expired" => ("已到期", "has expired"),
        "grantorFrozen" => ("因授权人的账号已冻结，暂不能使用", "cannot be used while its grantor's account is frozen"),
        "organisationFrozen" => ("因单位已冻结，暂不能使用", "cannot be used while the organisation is frozen"),
        "grantorFreed" or "organisationFreed" => ("可继续使用", "can be used again"),
        _ => ("有变动", "has changed"),
    };
}
