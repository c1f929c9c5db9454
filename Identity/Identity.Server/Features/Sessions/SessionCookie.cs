using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Yinxin.Identity.Server.Data;
using Yinxin.ServiceDefaults.Settings;

namespace Yinxin.Identity.Server.Features.Sessions;

/// <summary>The browser's end of a session: an encrypted cookie that names the row and its current stamp, and nothing personal.</summary>
internal static class SessionCookie
{
    public const string Scheme = "session";
    public const string SessionIdClaim = "sid";
    public const string SubjectClaim = "sub";
    public const string KindClaim = "kind";
    private const string StampClaim = "stamp";

    public static void AddSessionCookie(this AuthenticationBuilder builder, AppSettings app) => builder.AddCookie(Scheme, options =>
    {
        var secure = app.Address.Scheme == Uri.UriSchemeHttps;
        options.Cookie.Name = secure ? "__Host-yinxin.identity.session" : "yinxin.identity.session";
        options.Cookie.SecurePolicy = secure ? CookieSecurePolicy.Always : CookieSecurePolicy.SameAsRequest;
        options.Cookie.HttpOnly = true;
        options.Cookie.SameSite = SameSiteMode.Lax;
        options.ExpireTimeSpan = SessionStore.Life;
        options.SlidingExpiration = false;
        options.LoginPath = "/sign-in";
        options.ReturnUrlParameter = "ReturnUrl";
        options.AccessDeniedPath = "/error/403";
        options.Events.OnValidatePrincipal = ValidateAsync;
    });

    public static ClaimsPrincipal Principal(Session session, AccountKind kind) => new(new ClaimsIdentity(
        [
            new Claim(SubjectClaim, session.AccountId.ToString()),
            new Claim(SessionIdClaim, session.Id.ToString()),
            new Claim(StampClaim, session.Stamp.ToString()),
            new Claim(KindClaim, kind == AccountKind.Staff ? "staff" : "person"),
        ],
        Scheme,
        SubjectClaim,
        roleType: null));

    /// <summary>Key of the signed-in account; null for a visitor.</summary>
    public static Guid? AccountId(this ClaimsPrincipal user) =>
        Guid.TryParse(user.FindFirstValue(SubjectClaim), out var id) ? id : null;

    /// <summary>Key of the current session; null for a visitor.</summary>
    public static Guid? SessionId(this ClaimsPrincipal user) =>
        Guid.TryParse(user.FindFirstValue(SessionIdClaim), out var id) ? id : null;

    private static async Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        var services = context.HttpContext.RequestServices;
        var session = context.Principal?.SessionId() is { } id
            ? await services.GetRequiredService<SessionStore>().FindLiveAsync(id, context.HttpContext.RequestAborted)
            : null;
        if (session is null || context.Principal!.FindFirstValue(StampClaim) != session.Stamp.ToString())
        {
            context.RejectPrincipal();
            await context.HttpContext.SignOutAsync(Scheme);
        }
    }
}
