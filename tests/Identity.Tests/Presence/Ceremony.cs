using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Hosting;

namespace Yinxin.Identity.Tests.Presence;

/// <summary>A person who is asked to confirm something in person, at a client that asks for it.</summary>
internal sealed class Ceremony(IdentityFixture identity, Applicant person, RelyingParty party)
{
    public const string Scope = "openid profile offline_access license.read";
    public const string Advanced = "urn:yinxin:assurance:advanced";
    public const string Digest = "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU";

    public static string Detail(string transaction, string? digest = null, string chinese = "提交房屋转移登记申请", string english = "Submit the transfer of a home", params string[] methods) => JsonSerializer.Serialize(
        new[]
        {
            new Dictionary<string, object?> { ["type"] = "urn:yinxin:presence", ["transaction"] = transaction, ["purpose"] = new { zh = chinese, en = english } }
                .Concat(digest is null ? [] : new Dictionary<string, object?> { ["digest"] = digest })
                .Concat(methods.Length == 0 ? [] : new Dictionary<string, object?> { ["methods"] = methods }).ToDictionary(),
        });

    /// <summary>The condition on a column that it holds the person's account.</summary>
    public static string Is(Applicant person) => $"IN (SELECT \"Id\" FROM \"Persons\" WHERE \"PhoneMasked\" LIKE '%{person.Person.Phone[^4..]}')";

    public string Url(string details, params (string Name, string? Value)[] changes) => party.AuthorizeUrl(
        [("scope", Scope), ("acr_values", Advanced), ("authorization_details", details), .. changes]);

    /// <summary>The page that asks for it.</summary>
    public async Task<string> PageAsync(string details, params (string Name, string? Value)[] changes)
    {
        var page = (await person.Browser.GetAsync(Url(details, changes))).Headers.Location?.OriginalString ?? "";
        return page.StartsWith("/presence?", StringComparison.Ordinal) ? page : throw new InvalidOperationException(page);
    }

    /// <summary>Agrees, and does before the camera or microphone what <paramref name="seen"/> says.</summary>
    /// <returns>The path by which the provider sends the person back.</returns>
    public async Task<string> ShowAsync(string page, string seen = "right", string? method = null) => await identity.ShowFaceAsync(
        await person.FillAsync(page, [("Consent", "true"), .. method is null ? [] : new[] { ("Method", method) }]), seen);

    /// <summary>From the way back to the code at the client.</summary>
    public async Task<string> CodeAsync(string back)
    {
        var onwards = await person.Browser.GetAsync(back);
        if (onwards.Headers.Location is not { } next)
        {
            throw new InvalidOperationException($"{onwards.StatusCode}: {await Applicant.TextAsync(onwards)}");
        }

        return RelyingParty.Code((await person.Browser.GetAsync(next.OriginalString)).Headers.Location!);
    }

    /// <summary>The whole way, to the tokens.</summary>
    public async Task<Answer> ConfirmAsync(string details, params (string Name, string? Value)[] changes) =>
        await party.RedeemAsync(await CodeAsync(await ShowAsync(await PageAsync(details, changes))));
}

/// <summary>Somebody before the provider's camera.</summary>
internal static class Camera
{
    /// <param name="identity">The server.</param>
    /// <param name="begun">The answer that leads to the provider.</param>
    /// <param name="seen">What it sees.</param>
    /// <returns>The path by which the provider sends the person back.</returns>
    public static async Task<string> ShowFaceAsync(this IdentityFixture identity, HttpResponseMessage begun, string seen = "right")
    {
        if (begun.StatusCode != HttpStatusCode.Found)
        {
            throw new InvalidOperationException($"{begun.StatusCode}: {await Applicant.TextAsync(begun)}");
        }

        var capture = begun.Headers.Location!.AbsoluteUri;
        using var provider = new Browser(identity.Sandbox.Address);
        await provider.SubmitAsync(capture, await (await provider.GetAsync(capture)).Content.ReadAsStringAsync(), ("Seen", seen));
        var done = await Applicant.TextAsync(await provider.GetAsync(capture));
        return new Uri(Regex.Match(done, "id=\"return\" href=\"(?<link>[^\"]+)\"", RegexOptions.None, TimeSpan.FromSeconds(1)).Groups["link"].Value).PathAndQuery;
    }
}
