using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.RegularExpressions;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Hosting;
using Yinxin.Identity.Tests.Presence;

namespace Yinxin.Identity.Tests.Faces;

/// <summary>A person before the camera of Identity's own page, for one transaction.</summary>
internal sealed class FaceCeremony(Applicant person, RelyingParty party, Ceremony ceremony, string page)
{
    private static int transactions;

    /// <summary>The address of the page that takes the frames.</summary>
    public string Capture { get; private set; } = "";

    /// <summary>What the page asks for, in its order.</summary>
    public IReadOnlyList<string> Asked { get; private set; } = [];

    public string Nonce { get; private set; } = "";

    /// <summary>Where the page leads back to whoever does not want to go on.</summary>
    public string Leave => Regex.Match(WebUtility.HtmlDecode(Form), "id=\"leave\" href=\"(?<link>[^\"]+)\"", RegexOptions.None, TimeSpan.FromSeconds(1)).Groups["link"].Value;

    private string Form { get; set; } = "";

    /// <summary>Somebody new, whose photo on file is given; asked to confirm a transaction.</summary>
    public static async Task<FaceCeremony> BeginAsync(IdentityFixture identity, Applicant person, byte[]? photo)
    {
        await FileAsync(identity, person, photo);
        var party = new RelyingParty(identity);
        var ceremony = new Ceremony(identity, person, party);
        var transaction = string.Create(CultureInfo.InvariantCulture, $"faces:{Interlocked.Increment(ref transactions)}");
        var begun = new FaceCeremony(person, party, ceremony, await ceremony.PageAsync(Ceremony.Detail(transaction)));
        await begun.AgainAsync();
        return begun;
    }

    /// <summary>Somebody who raises their account by their face.</summary>
    public static async Task<FaceCeremony> RaisingAsync(IdentityFixture identity, Applicant person, byte[]? photo)
    {
        await FileAsync(identity, person, photo);
        var party = new RelyingParty(identity);
        var begun = new FaceCeremony(person, party, new Ceremony(identity, person, party), "/account/raise/real-person?ReturnUrl=/account");
        await begun.AgainAsync();
        return begun;
    }

    private static async Task FileAsync(IdentityFixture identity, Applicant person, byte[]? photo)
    {
        if (photo is not null)
        {
            using var content = new ByteArrayContent(photo);
            (await identity.Sandbox.Http.PutAsync($"/population/v1/photos?idNumber={person.Person.IdNumber}", content)).EnsureSuccessStatusCode();
        }
    }

    /// <summary>Agrees once more: a new challenge for the same transaction.</summary>
    public async Task AgainAsync()
    {
        var begun = await person.FillAsync(page, ("Consent", "true"));
        Capture = begun.Headers.Location?.Local() ?? throw new InvalidOperationException($"{begun.StatusCode}: {await Applicant.TextAsync(begun)}");
        Form = await (await person.Browser.GetAsync(Capture)).Content.ReadAsStringAsync();
        Nonce = Browser.HiddenFields(Form)["Nonce"];
        Asked = [.. WebUtility.HtmlDecode(Form).Split("data-step=\"").Skip(2).Select(s => Action(s.Split('"')[0]))];
    }

    /// <summary>Sends frames as the page's script would: an answer for programs, with the code of what is wrong.</summary>
    public async Task<Answer> SendAsync(IEnumerable<byte[]> frames, string? nonce = null) => await Answer.FromAsync(await PostAsync(frames, nonce, "application/json"));

    /// <summary>Sends frames as a browser does.</summary>
    public async Task<HttpResponseMessage> PostAsync(IEnumerable<byte[]> frames, string? nonce = null, string accept = "text/html")
    {
        using var content = new MultipartFormDataContent();
        foreach (var (name, value) in Browser.HiddenFields(Form))
        {
            content.Add(new StringContent(name == "Nonce" ? nonce ?? Nonce : value), name);
        }

        foreach (var (frame, n) in frames.Select((f, n) => (f, n)))
        {
            content.Add(new ByteArrayContent(frame) { Headers = { ContentType = new MediaTypeHeaderValue("image/jpeg") } }, "Frames", string.Create(CultureInfo.InvariantCulture, $"{n}.jpg"));
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, Capture) { Content = content };
        request.Headers.Accept.ParseAdd(accept);
        return await person.Browser.SendAsync(request);
    }

    /// <summary>Sends frames that are judged.</summary>
    /// <returns>The way back from the page.</returns>
    public async Task<string> JudgedAsync(IEnumerable<byte[]> frames)
    {
        var judged = await PostAsync(frames);
        return judged.Headers.Location?.Local() ?? throw new InvalidOperationException($"{judged.StatusCode}: {await Applicant.TextAsync(judged)}");
    }

    /// <summary>Goes back to the ceremony of presence and expects that nothing was proven.</summary>
    public async Task<string> RefusedAsync(IEnumerable<byte[]> frames)
    {
        var back = await person.Browser.GetAsync(await JudgedAsync(frames));
        return back.StatusCode == HttpStatusCode.UnprocessableEntity ? await Applicant.TextAsync(back) : throw new InvalidOperationException($"{back.StatusCode} {back.Headers.Location}");
    }

    /// <summary>The library's number of the photo with which the frames were compared, while the verdict waits for the person.</summary>
    public async Task<string> PhotoAsync(IdentityFixture identity)
    {
        using var verdict = JsonDocument.Parse(await identity.ReadAsync($"SELECT \"Verdict\" FROM \"FaceChecks\" WHERE \"Nonce\" = '{Nonce}'"));
        return verdict.RootElement.GetProperty("photoReceipt").GetString()!;
    }

    public async Task<Answer> TokensAsync(IEnumerable<byte[]> frames) => await party.RedeemAsync(await ceremony.CodeAsync(await JudgedAsync(frames)));

    private static string Action(string words) => words switch
    {
        "闭上双眼" => "blink",
        "低头" => "nod",
        "头转向您的左侧" => "turn-left",
        "头转向您的右侧" => "turn-right",
        "张开嘴" => "open-mouth",
        _ => throw new InvalidOperationException(words),
    };
}

internal static class Locations
{
    /// <summary>A redirect may be absolute or not.</summary>
    public static string Local(this Uri location) => location.IsAbsoluteUri ? location.PathAndQuery : location.OriginalString;
}
