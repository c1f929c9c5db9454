using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Notices;
using Yinxin.Identity.Server.Features.Sessions;
using Yinxin.ServiceDefaults.Settings;

namespace Yinxin.Identity.Server.Features.History;

/// <summary>Writes down tries to sign in, and knows the browsers in which an account has been before.</summary>
internal sealed class SignInHistory(IdentityContext database, INotices notices, SecureCookies secure, TimeProvider time)
{
    /// <summary>How long it is known that somebody was signed in, also after the account is closed: six months are the least (Cybersecurity Law, article 21).</summary>
    public const int DaysKept = 183;

    /// <summary>How long a browser is known as the account's after its last sign-in there.</summary>
    public const int DeviceDays = 400;

    public const string Ok = "ok";
    public const string WrongPassword = "wrong-password";
    public const string WrongCode = "wrong-code";
    public const string WrongPasskey = "wrong-passkey";

    /// <summary>The failure before was one too many: the name, or the second factor, waits from then on.</summary>
    public const string Blocked = "must-wait";

    private static readonly TimeSpan China = TimeSpan.FromHours(8);

    private string Cookie => secure.Name("yinxin.identity.device");

    /// <summary>With the caller's next save: the success, the device, and a notice when the account has never been in this browser (the very first sign-in needs none).</summary>
    public async Task AddSuccessAsync(HttpContext context, Account account, IReadOnlyList<string> methods, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        database.SignInRecords.Add(Record(context, account.Id, Ok, methods, now));
        var value = context.Request.Cookies[Cookie] is { Length: 43 } given ? given : Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        var hash = Hash(value);
        // This one, if the account has been here before, else any other.
        var device = await database.KnownDevices.Where(d => d.AccountId == account.Id).OrderByDescending(d => d.Hash == hash).FirstOrDefaultAsync(cancellationToken);
        if (device?.Hash == hash)
        {
            device.LastSeenAt = now;
        }
        else
        {
            if (device is not null)
            {
                notices.Add(account.Id, NoticeKinds.NewDevice, new Dictionary<string, string>(StringComparer.Ordinal)
                {
                    ["device"] = string.Join(" · ", new[] { DeviceOf(context), AddressMasking.Mask(context.Connection.RemoteIpAddress) }.Where(p => p is not null)),
                }, quietly: await ToldTodayAsync(account.Id, now, cancellationToken));
            }

            database.KnownDevices.Add(new KnownDevice { AccountId = account.Id, Hash = hash, FirstSeenAt = now, LastSeenAt = now });
        }

        context.Response.Cookies.Append(
            Cookie, value, new CookieOptions { HttpOnly = true, Secure = secure.Wanted, SameSite = SameSiteMode.Lax, IsEssential = true, Path = "/", MaxAge = TimeSpan.FromDays(DeviceDays) });
    }

    /// <summary>One text message a day (in China's time) is warning enough: whoever signs in from a browser that keeps no cookies, or a thief who wants to wear the owner out, sends no more. Each has its notice.</summary>
    private async Task<bool> ToldTodayAsync(Guid account, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var midnight = new DateTimeOffset(now.ToOffset(China).Date, China).ToUniversalTime();
        return await database.Notices.AnyAsync(n => n.AccountId == account && n.Kind == NoticeKinds.NewDevice && n.CreatedAt >= midnight, cancellationToken);
    }

    /// <summary>Whether the browser brings a cookie that may be one of ours: whose it is, only the database tells.</summary>
    public bool HasDevice(HttpContext context) => context.Request.Cookies[Cookie] is { Length: 43 };

    /// <summary>The hash of this browser's cookie, if the account has signed in here before. Asked for a name without an account too, so that both cost the same.</summary>
    public async Task<string?> KnownDeviceAsync(HttpContext context, Guid? account, CancellationToken cancellationToken)
    {
        if (context.Request.Cookies[Cookie] is not { Length: 43 } value)
        {
            return null;
        }

        var (id, hash) = (account ?? Guid.Empty, Hash(value));
        return await database.KnownDevices.AnyAsync(d => d.AccountId == id && d.Hash == hash, cancellationToken) ? hash : null;
    }

    /// <summary>Stores a failure at once. Under a name without an account too, so that both cost the same.</summary>
    public async Task WriteFailureAsync(HttpContext context, Guid? account, string result, IReadOnlyList<string> methods, CancellationToken cancellationToken)
    {
        database.SignInRecords.Add(Record(context, account ?? Guid.Empty, result, methods, time.GetUtcNow()));
        await database.SaveChangesAsync(cancellationToken);
    }

    private static string Hash(string cookie) => Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(cookie)));

    private static SignInRecord Record(HttpContext context, Guid account, string result, IReadOnlyList<string> methods, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(now),
        AccountId = account,
        At = now,
        Result = result,
        Methods = [.. methods],
        Device = DeviceOf(context),
        AddressMasked = AddressMasking.Mask(context.Connection.RemoteIpAddress),
    };

    private static string? DeviceOf(HttpContext context) => DeviceName.From(context.Request.Headers.UserAgent.ToString());
}
