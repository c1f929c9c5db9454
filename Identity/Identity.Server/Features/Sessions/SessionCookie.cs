using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Forms;
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

    /// <summary>Under which a request remembers whose session its cookie named that has ended: what was typed in it is kept for that account.</summary>
    private const string EndedItem = "yinxin.session.ended";

    public static void AddSessionCookie(this AuthenticationBuilder builder, SecureCookies secure) => builder.AddCookie(Scheme, options =>
    {
        options.Cookie.Name = secure.Name("yinxin.identity.session");
        options.Cookie.SecurePolicy = secure.Policy;
        options.Cookie.HttpOnly = true;
        options.Cookie.SameSite = SameSiteMode.Lax;
        // The longest that a session can be set to; each cookie is written with its session's own end, and the row decides.
        options.ExpireTimeSpan = TimeSpan.FromHours(24);
        options.SlidingExpiration = false;
        options.LoginPath = "/sign-in";
        options.ReturnUrlParameter = "ReturnUrl";
        options.AccessDeniedPath = "/error/403";
        options.Events.OnValidatePrincipal = ValidateAsync;
        var toSignIn = options.Events.OnRedirectToLogin;
        options.Events.OnRedirectToLogin = async context =>
        {
            await context.HttpContext.RequestServices.GetRequiredService<KeptForms>().KeepAsync(context.HttpContext, context.HttpContext.Items[EndedItem] as Guid?);
            await toSignIn(context);
        };
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

    /// <summary>What kind of account is signed in; a visitor is none of the officials.</summary>
    public static AccountKind Kind(this ClaimsPrincipal user) => user.FindFirstValue(KindClaim) == "staff" ? AccountKind.Staff : AccountKind.Person;

    /// <summary>What a page's script asks without anybody there (assets/qr-sign-in.js): whether the phone has answered, and a new picture. A page left open keeps no session awake.</summary>
    private static bool ComesByItself(HttpRequest request) => request.Query["handler"] == "State" || request.Query["renewal"] == "script";

    private static async Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        var services = context.HttpContext.RequestServices;
        var session = context.Principal?.SessionId() is { } id
            ? await services.GetRequiredService<SessionStore>().FindLiveAsync(
                id, context.HttpContext.RequestAborted, context.Principal.FindFirstValue(StampClaim) ?? "", !ComesByItself(context.HttpContext.Request))
            : null;
        if (session is null)
        {
            context.HttpContext.Items[EndedItem] = context.Principal?.AccountId();
            context.RejectPrincipal();
            await context.HttpContext.SignOutAsync(Scheme);
            return;
        }

        KeepOutOfCaches(context.HttpContext.Response);
    }

    /// <summary>
    /// Whatever a signed-in person was shown, the back button does not show again after sign-out; spelled as the antiforgery token's own rule. Scripts and pictures say otherwise of themselves.
    /// </summary>
    private static void KeepOutOfCaches(HttpResponse response) => response.OnStarting(() =>
    {
        if (StringValues.IsNullOrEmpty(response.Headers.CacheControl))
        {
            response.Headers.CacheControl = "no-cache, no-store";
        }

        return Task.CompletedTask;
    });
}
