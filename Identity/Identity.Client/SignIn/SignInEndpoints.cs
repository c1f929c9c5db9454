using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Yinxin.Identity.Client.Assurance;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Client.SignIn;

/// <summary>The addresses that pages link to.</summary>
public static class SignInEndpoints
{
    internal const string FailedPath = "/sign-in-failed";
    private const string StepUpPath = "/step-up";
    private const string OfPerson = "person";

    internal static readonly Problem LevelNotReached = new(
        "signIn.levelNotReached", 403,
        "办理此事项需要更高的认证等级。请先提升等级，再回来继续。",
        "This needs a higher level of assurance. Please raise your level first, then come back.");

    private static readonly Problem NotConfirmed = new(
        "signIn.denied", 403, "您没有确认，未办理任何内容。可以返回重新提交。", "You did not confirm, and nothing was done. You can go back and try again.");

    private static readonly Problem NotFromOurForm = new(
        "signIn.formExpired", 400, "页面已过期，请刷新后重试。", "The page has expired. Please reload it and try again.");

    private static readonly Problem Failed = new(
        "signIn.failed", 400, "登录没有完成，请重新登录。", "The sign-in was not completed. Please sign in again.");

    /// <summary>
    /// <c>GET /sign-in?returnUrl=</c>, <c>GET /step-up?returnUrl=&amp;acr=&amp;age=&amp;of=</c> (for scripts), <c>POST /sign-out</c> (antiforgery token needed), <c>GET /switch-acting?returnUrl=</c> and the
    /// page that tells why a sign-in failed.
    /// </summary>
    public static IEndpointRouteBuilder MapYinxinSignIn(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/sign-in", (string? returnUrl) => Challenge(SignInProperties.For(Local(returnUrl), AssuranceLevel.Anonymous))).AllowAnonymous();
        routes.MapGet(StepUpPath, (string? returnUrl, string? acr, int? age, string? of) => Challenge(SignInProperties.For(Local(returnUrl), Read(acr, age, of)))).AllowAnonymous();
        routes.MapGet("/switch-acting", (string? returnUrl) => Challenge(SignInProperties.ToSwitch(Local(returnUrl)))).AllowAnonymous();
        routes.MapPost("/sign-out", SignOutAsync).AllowAnonymous();
        routes.MapGet(FailedPath, IResult (string? reason) => throw (reason switch { "level" => LevelNotReached, "denied" => NotConfirmed, _ => Failed }).Exception()).AllowAnonymous();
        return routes;
    }

    /// <summary>Where a script is sent when its request needs more of the sign-in; the same as a redirect of the page.</summary>
    internal static string StepUpAddress(string returnUrl, StepUpDemand demand) =>
        $"{StepUpPath}?returnUrl={Uri.EscapeDataString(returnUrl)}&acr={Uri.EscapeDataString(string.Join(' ', demand.AcrValues))}" +
        (demand.OfPerson ? $"&of={OfPerson}" : "") +
        (demand.MaxAge is { } age ? $"&age={((long)age.TotalSeconds).ToString(System.Globalization.CultureInfo.InvariantCulture)}" : "");

    /// <summary>Anybody may write this address: it can ask a person for more than is needed, never let them in with less.</summary>
    private static StepUpDemand Read(string? acr, int? age, string? of) => new(
        [.. (acr ?? "").Split(' ').Where(v => AssuranceClaim.Parse(v) != AssuranceLevel.Anonymous).Distinct(StringComparer.Ordinal).Take(10)], age is >= 0 ? TimeSpan.FromSeconds(age.Value) : null, of == OfPerson);

    private static IResult Challenge(AuthenticationProperties properties) => Results.Challenge(properties, [YinxinSignIn.ChallengeScheme]);

    /// <summary>Ends the app's own session and, through Identity, the sign-in that it came from.</summary>
    private static async Task<IResult> SignOutAsync(HttpContext context, IAntiforgery antiforgery)
    {
        if (!await antiforgery.IsRequestValidAsync(context))
        {
            throw NotFromOurForm.Exception();
        }

        var signedIn = context.User.Identity?.IsAuthenticated == true;
        return signedIn
            ? Results.SignOut(new AuthenticationProperties { RedirectUri = "/" }, [YinxinSignIn.CookieScheme, YinxinSignIn.ChallengeScheme])
            : Results.LocalRedirect("/");
    }

    /// <summary>Paths of this app only: one slash, then neither slash nor backslash nor a control character.</summary>
    private static string Local(string? url) =>
        url is ['/', ..] && (url.Length == 1 || url[1] is not ('/' or '\\')) && !url.Any(char.IsControl) ? url : "/";
}
