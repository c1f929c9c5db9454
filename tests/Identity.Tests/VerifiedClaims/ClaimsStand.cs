using System.Net;
using System.Text.Json;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Hosting;

namespace Yinxin.Identity.Tests.VerifiedClaims;

/// <summary>A person at a client that asks for verified claims.</summary>
internal sealed class ClaimsStand(Applicant person, RelyingParty party)
{
    public const string Any = """{"trust_framework":null}""";

    public static string Asking(string target, string verification, string claims) => Asking(target, Set(verification, claims));

    public static string Asking(string target, string set) => "{\"" + target + "\":{\"verified_claims\":" + set + "}}";

    /// <summary>One set, as the official schema has it.</summary>
    public static string Set(string verification, string claims)
    {
        var set = "{\"verification\":" + verification + ",\"claims\":" + claims + "}";
        RequestedClaimsSchema.Check(JsonDocument.Parse(set).RootElement);
        return set;
    }

    public Task<HttpResponseMessage> AskAsync(string claims, params (string Name, string? Value)[] changes) => person.Browser.GetAsync(party.AuthorizeUrl([("claims", claims), .. changes]));

    /// <summary>Asks, and answers the consent page when one comes.</summary>
    /// <param name="claims">The parameter.</param>
    /// <param name="given">Which claims are ticked; null: whatever is asked for.</param>
    public async Task<Answer> SignInAsync(string claims, params string[]? given)
    {
        var response = await AskAsync(claims);
        if (response.Headers.Location!.OriginalString.StartsWith("/account/consent", StringComparison.Ordinal))
        {
            response = await person.Browser.GetAsync((await ConsentAsync(response.Headers.Location.OriginalString, "agree", given ?? [])).Headers.Location!.OriginalString);
        }

        return await party.RedeemAsync(RelyingParty.Code(response.Headers.Location!));
    }

    public async Task<HttpResponseMessage> ConsentAsync(string page, string answer, params string[] given)
    {
        var html = await (await person.Browser.GetAsync(page)).Content.ReadAsStringAsync();
        var done = await person.Browser.PostAsync(page, [.. Browser.HiddenFields(html), new("answer", answer), .. given.Select(g => KeyValuePair.Create("given", g))]);
        return done.StatusCode == HttpStatusCode.Found ? done : throw new InvalidOperationException(await Applicant.TextAsync(done));
    }

    public async Task<JsonElement?> UserInfoAsync(Answer tokens)
    {
        var answer = await party.UserInfoAsync(tokens.AccessToken);
        return answer.Body.TryGetProperty("verified_claims", out var verified) ? verified : null;
    }
}
