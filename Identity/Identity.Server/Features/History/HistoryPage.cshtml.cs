using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Sessions;
using Yinxin.Web.Components;

namespace Yinxin.Identity.Server.Features.History;

/// <summary>A person's sign-ins and failed tries, newest first, page by page behind a key.</summary>
[Authorize]
internal sealed class HistoryModel(IdentityContext database, ITexts texts) : PageModel
{
    private const int PageSize = 30;

    /// <summary>Tries older than this one.</summary>
    [BindProperty(SupportsGet = true)]
    public Guid? Before { get; set; }

    public IReadOnlyList<SignInRecord> Records { get; private set; } = [];

    public Guid? Next { get; private set; }

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        var account = User.AccountId();
        var own = database.SignInRecords.AsNoTracking().Where(r => r.AccountId == account);
        var page = Before is { } before ? own.Where(r => r.Id.CompareTo(before) < 0) : own;
        var found = await page.OrderByDescending(r => r.Id).Take(PageSize + 1).ToListAsync(cancellationToken);
        Records = [.. found.Take(PageSize)];
        Next = found.Count > PageSize ? Records[^1].Id : null;
    }

    public string Result(SignInRecord record) => record.Result switch
    {
        SignInHistory.Ok => texts.Of("成功", "Signed in"),
        SignInHistory.WrongPassword => texts.Of("密码错误", "Wrong password"),
        SignInHistory.WrongCode => texts.Of("验证码错误", "Wrong code"),
        SignInHistory.WrongPasskey => texts.Of("通行密钥未被接受", "Passkey refused"),
        SignInHistory.Blocked => texts.Of("错误过多，暂停尝试", "Too many errors: further tries wait"),
        _ => record.Result,
    };

    /// <summary>The ways in words, in the order in which they were shown.</summary>
    public string Ways(SignInRecord record) => string.Join(texts.Of("、", ", "), record.Methods.Select(Way).OfType<string>().Distinct(StringComparer.Ordinal));

    private string? Way(string method) => method switch
    {
        "pwd" => texts.Of("密码", "password"),
        "sms" => texts.Of("短信验证码", "text message"),
        "otp" => texts.Of("验证器或恢复码", "app or recovery code"),
        "hwk" or "swk" => texts.Of("通行密钥", "passkey"),
        "qr" => texts.Of("扫码", "QR code"),
        _ => null,
    };
}
