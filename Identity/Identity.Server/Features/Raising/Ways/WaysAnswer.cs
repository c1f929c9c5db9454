using System.Security.Claims;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance;
using Yinxin.Identity.Server.Features.Protocol;
using Yinxin.Identity.Server.Features.Sessions;
using Yinxin.Identity.Server.Features.SignIn;
using Yinxin.Identity.Server.Features.Strengthening;
using Yinxin.Web.Components;

namespace Yinxin.Identity.Server.Features.Raising.Ways;

/// <summary><c>GET /account/step-up/ways</c>: the same as the page, for scripts of our own pages and for apps in a browser of the signed-in person.</summary>
internal static class WaysAnswer
{
    /// <param name="Level">The level of whom it is about.</param>
    /// <param name="For"><c>person</c> or <c>organisation</c>.</param>
    /// <param name="Next">The next level; null at the top.</param>
    /// <param name="Missing">Requirements that are not met, each with the kinds of evidence of which any one meets it.</param>
    /// <param name="Ways">How to get them.</param>
    /// <param name="SignInSuffices">Whether this sign-in shows enough for the level that is wanted: Intermediate, if the question (<c>level</c>) says nothing else.</param>
    /// <param name="Strengthening">How to show more, where it does not.</param>
    internal sealed record Answer(
        string Level, string For, string? Next, IReadOnlyList<IReadOnlyList<string>> Missing, IReadOnlyList<Way> Ways, bool SignInSuffices, IReadOnlyList<Way> Strengthening);

    internal sealed record Way(string Kind, string Title, string Needs, int Minutes, bool Open, string? Address);

    public static void MapRaisingWays(this WebApplication app) => app.MapGet("/account/step-up/ways", AskAsync).RequireAuthorization();

    private static async Task<IResult> AskAsync(ClaimsPrincipal user, StepUpSubject subjects, RaisingWays ways, StrengtheningWays strengthening, ITexts texts, string? returnUrl, Guid? organisation, string? level, CancellationToken cancellationToken)
    {
        if (await subjects.OfAsync(user.SessionId()!.Value, organisation, forService: returnUrl?.StartsWith(ProtocolPaths.Authorize + "?", StringComparison.Ordinal) == true, StepUpModel.Wanted(level), cancellationToken) is not { } subject)
        {
            return Results.Unauthorized();
        }

        var grade = subject.Grade;
        var target = LocalUrl.OrHome(returnUrl);
        return Results.Ok(new Answer(
            AssuranceNames.Name(grade.Level), grade.Kind == SubjectKind.Organisation ? "organisation" : "person",
            grade.Missing is { } missing ? AssuranceNames.Name(missing.Level) : null, grade.Missing?.AnyOf ?? [],
            [.. RaisingWays.For(grade).Select(w => new Way(
                w.Kind, texts.Of(w.Title.Chinese, w.Title.English), texts.Of(w.Needs.Chinese, w.Needs.English), w.Minutes, ways.IsOpen(w), subject.AddressOf(w, returnUrl)))],
            !subject.SignInTooWeak,
            subject.SignInTooWeak
                ? [.. (await strengthening.OfAsync(user.AccountId()!.Value, cancellationToken)).Select(w => new Way(
                    w.Kind, texts.Of(w.Title.Chinese, w.Title.English), texts.Of(w.Needs.Chinese, w.Needs.English), w.Minutes, Open: true, w.Address(target)))]
                : []));
    }
}
