using Yinxin.Identity.Client.Assurance;
using Yinxin.Identity.Client.Mandates;
using Yinxin.Identity.Client.SignIn;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Desk.Features.Cases;

/// <summary>What a session that does not reach a level is answered.</summary>
internal static class LevelDemand
{
    private static readonly Problem TooLow = new("case.level", 401, "该事项需要更高的认证等级。", "This matter needs a higher level.");

    /// <returns>Null when the session reaches the level; else RFC 9470: which one the next token needs.</returns>
    /// <exception cref="ProblemException">403: an agent, whom no step-up leads above his ceiling.</exception>
    public static IResult? StepUp(this HttpContext http, AssuranceLevel needed)
    {
        if (http.User.RequireSignedInUser().Level >= needed)
        {
            return null;
        }

        http.User.DemandLevel(needed);
        http.Response.Headers.WWWAuthenticate =
            $"Bearer error=\"insufficient_user_authentication\", error_description=\"A higher level is needed for this matter\", acr_values=\"{needed.Acr()}\"";
        return Results.Problem(title: TooLow.Text, statusCode: TooLow.Status, extensions: new Dictionary<string, object?> { ["code"] = TooLow.Code });
    }
}
