using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Raising.RealPersons;
using Yinxin.Identity.Server.Features.Raising.Ways;
using Yinxin.Identity.Server.Features.SecondFactors;

namespace Yinxin.Identity.Server.Features.Strengthening;

/// <summary>
/// What an account has to show beyond its password, quickest first. A message to the account's own phone needs no second step to be switched on: the number was proved
/// at registration. Whoever has an authenticator app is sent none, here as at sign-in.
/// </summary>
internal sealed class StrengtheningWays(IdentityContext database, IRealPersonProvider realPerson, FactorTickets tickets)
{
    public async Task<IReadOnlyList<StrengtheningWay>> OfAsync(Guid account, CancellationToken cancellationToken)
    {
        var own = await OwnSecondFactors.OfAsync(database, account, cancellationToken);
        var hasPasskey = await database.UserPasskeys.AnyAsync(p => p.UserId == account, cancellationToken);
        List<StrengtheningWay> ways = [];
        if (hasPasskey)
        {
            ways.Add(new("passkey", "/account/confirm/passkey", 1, new("通行密钥", "Passkey"), new("用本机的指纹、面容或锁屏密码确认。", "Confirm with fingerprint, face or screen lock of this device.")));
        }

        ways.AddRange(own.Ways.Select(way => Of(way, own)));
        if (own.PhoneCipher is not null && realPerson.IsOpen)
        {
            ways.Add(new("real-person", "/account/raise/real-person", 2, new("网上实人核验", "Online real-person check"),
                new("需要摄像头：按提示做几个动作，与证件照片比对。不保存照片和录像。", "You need a camera: a few actions as shown, compared with the photo on file. No picture is kept.")));
        }

        return ways;
    }

    /// <summary>Whether a further factor may be added in this session: with two shown, or as the account's very first. After a reset it is the first for the session that showed the ticket.</summary>
    public async Task<bool> MayBindAsync(Session session, CancellationToken cancellationToken) =>
        session.HasTwoFactors ||
        ((await OwnSecondFactors.OfAsync(database, session.AccountId, cancellationToken)).Ways.Count == 0 && !await database.UserPasskeys.AnyAsync(p => p.UserId == session.AccountId, cancellationToken) &&
            !await tickets.IsNeededAsync(session.AccountId, session.Id, cancellationToken));

    /// <summary>Whether the account has a second factor to show and this session has shown none: whoever has the password alone takes nothing with them and closes nothing.</summary>
    public async Task<bool> LacksFurtherAsync(Session session, CancellationToken cancellationToken) =>
        !session.HasTwoFactors && (await OfAsync(session.AccountId, cancellationToken)).Count > 0;

    /// <summary>Where a session goes that may not bind a factor: to its ticket, or to a second factor.</summary>
    public async Task<string> BeforeBindingAsync(Session session, string returnUrl, CancellationToken cancellationToken) =>
        (await tickets.IsNeededAsync(session.AccountId, session.Id, cancellationToken) ? OfficialFactorModel.Path + "?" : "/account/confirm?two=true&") + "ReturnUrl=" + Uri.EscapeDataString(returnUrl);

    /// <summary>
    /// Where a session goes first that is to raise a level by a number alone, which others may know as well; null: it has shown two factors, or the account has nothing more to show.
    /// Whoever knows somebody's password and somebody's card number is not yet that person.
    /// </summary>
    public async Task<string?> BeforeRaisingAsync(Session session, string returnUrl, CancellationToken cancellationToken) =>
        session.HasTwoFactors || (await OfAsync(session.AccountId, cancellationToken)).Count == 0 ? null : "/account/confirm?two=true&ReturnUrl=" + Uri.EscapeDataString(returnUrl);

    private static StrengtheningWay Of(string way, OwnSecondFactors own) => way switch
    {
        SecondFactorWays.App => new(way, "/account/confirm/code?way=app", 1, new("验证器应用", "Authenticator app"), new("打开手机上的验证器应用，输入显示的 6 位数字。", "Open the app on your phone and type the six digits it shows.")),
        SecondFactorWays.Sms => new(way, "/account/confirm/code?way=sms", 1, new("短信验证码", "Text message"),
            new($"向您绑定的手机 {own.PhoneMasked} 发送验证码。", $"A code is sent to your phone {own.PhoneMasked}.")),
        _ => new(way, "/account/confirm/code?way=recovery", 1, new("恢复码", "Recovery code"), new("输入您保存的一个恢复码，每个只能用一次。", "Type one of your saved recovery codes; each works once.")),
    };
}
