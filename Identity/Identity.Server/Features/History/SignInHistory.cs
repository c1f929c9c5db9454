using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Notices;
using Yinxin.Identity.Server.Features.Sessions;
using Yinxin.ServiceDefaults.Settings;

namespace Yinxin.Identity.Server.Features.History;

/// <summary>Writes down tries to sign in, and knows the browsers in which an account has been before.</summary>
internal sealed class SignInHistory(IdentityContext database, INotices notices, IOptions<AppSettings> app, TimeProvider time)
{
    public const string Ok = "ok";
    public const string WrongPassword = "wrong-password";
    public const string WrongCode = "wrong-code";
    private static readonly TimeSpan DeviceLife = TimeSpan.FromDays(400);

    private bool Secure => app.Value.Address.Scheme == Uri.UriSchemeHttps;

    private string Cookie => (Secure ? "__Host-" : "") + "yinxin.identity.device";

    /// <summary>With the caller's next save: the success, the device, and a notice when the account has never been in this browser (the very first sign-in needs none).</summary>
    public async Task AddSuccessAsync(HttpContext context, Account account, IReadOnlyList<string> methods, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        database.SignInRecords.Add(Record(context, account.Id, Ok, methods, now));
        var value = context.Request.Cookies[Cookie] is { Length: 43 } given ? given : Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        var hash = Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(value)));
        var known = await database.KnownDevices.FirstOrDefaultAsync(d => d.AccountId == account.Id && d.Hash == hash, cancellationToken);
        if (known is not null)
        {
            known.LastSeenAt = now;
        }
        else
        {
            if (await database.KnownDevices.AnyAsync(d => d.AccountId == account.Id, cancellationToken))
            {
                notices.Add(account.Id, NoticeKinds.NewDevice, new Dictionary<string, string>(StringComparer.Ordinal)
                {
                    ["device"] = string.Join(" · ", new[] { DeviceOf(context), AddressMasking.Mask(context.Connection.RemoteIpAddress) }.Where(p => p is not null)),
                });
            }

            database.KnownDevices.Add(new KnownDevice { AccountId = account.Id, Hash = hash, FirstSeenAt = now, LastSeenAt = now });
        }

        context.Response.Cookies.Append(
            Cookie, value, new CookieOptions { HttpOnly = true, Secure = Secure, SameSite = SameSiteMode.Lax, IsEssential = true, Path = "/", MaxAge = DeviceLife });
    }

    /// <summary>Stores a failure at once. Under a name without an account too, so that both cost the same.</summary>
    public async Task WriteFailureAsync(HttpContext context, Guid? account, string result, IReadOnlyList<string> methods, CancellationToken cancellationToken)
    {
        database.SignInRecords.Add(Record(context, account ?? Guid.Empty, result, methods, time.GetUtcNow()));
        await database.SaveChangesAsync(cancellationToken);
    }

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
