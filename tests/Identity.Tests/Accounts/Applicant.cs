using System.Net;
using Yinxin.Identity.Tests.Hosting;

namespace Yinxin.Identity.Tests.Accounts;

/// <summary>A person at the registration pages, with a browser that runs no script.</summary>
/// <param name="identity">The server.</param>
/// <param name="person">With whose particulars.</param>
/// <param name="server">Another server's address.</param>
/// <param name="from">The loopback address that the browser has; none: the usual one.</param>
public sealed class Applicant(IdentityFixture identity, SyntheticPerson person, string? server = null, IPAddress? from = null) : IDisposable
{
    public const string Password = "Lantern-orbit-47-Quill";

    public Browser Browser { get; } = new(server ?? identity.Issuer, from);

    public SyntheticPerson Person { get; } = person;

    public static async Task<Applicant> NewAsync(IdentityFixture identity) => new(identity, await identity.Sandbox.NextPersonAsync());

    /// <summary>Somebody with an account at level primary, signed in.</summary>
    public static async Task<Applicant> RegisteredAsync(IdentityFixture identity, SyntheticPerson? person = null)
    {
        var applicant = person is null ? await NewAsync(identity) : new Applicant(identity, person);
        await applicant.ProveAsync();
        var done = await applicant.FinishAsync();
        return done.StatusCode == HttpStatusCode.Found ? applicant : throw new InvalidOperationException(await done.Content.ReadAsStringAsync());
    }

    public Task<HttpResponseMessage> TellAsync(string? idNumber = null, string? name = null, string? sex = null, string? ethnicity = null) => FillAsync(
        "/register", ("IdNumber", idNumber ?? Person.IdNumber), ("Name", name ?? Person.Name), ("Sex", sex ?? Person.Sex), ("Ethnicity", ethnicity ?? Person.Ethnicity));

    public Task<HttpResponseMessage> AskCodeAsync(string? phone = null) => FillAsync("/register/phone", ("Phone", phone ?? Person.Phone));

    public Task<HttpResponseMessage> TypeCodeAsync(string code) => FillAsync("/register/code", ("Code", code));

    public async Task<HttpResponseMessage> TypeCodeAsync() => await TypeCodeAsync(await identity.Sandbox.CodeAsync(Person.Phone));

    /// <summary>Steps 1 and 2.</summary>
    public async Task ProveAsync()
    {
        await ExpectAsync(await TellAsync(), "/register/phone");
        await ExpectAsync(await AskCodeAsync(), "/register/code");
        await ExpectAsync(await TypeCodeAsync(), "/register/check");
    }

    public Task<HttpResponseMessage> FinishAsync(string password = Password, string? again = null) =>
        FillAsync("/register/check", ("Password", password), ("PasswordAgain", again ?? password), ("Agreement", "true"));

    public async Task<HttpResponseMessage> FillAsync(string url, params (string Name, string Value)[] fields)
    {
        var page = await Browser.GetAsync(url);
        return page.StatusCode == HttpStatusCode.OK ? await Browser.SubmitAsync(url, await page.Content.ReadAsStringAsync(), fields) : page;
    }

    /// <summary>Sends a form of a page to another address than the page's own.</summary>
    public async Task<HttpResponseMessage> FillAsync(string page, string action, params (string Name, string Value)[] fields) =>
        await Browser.SubmitAsync(action, await (await Browser.GetAsync(page)).Content.ReadAsStringAsync(), fields);

    public async Task<string> ReadAsync(string url) => WebUtility.HtmlDecode(await (await Browser.GetAsync(url)).Content.ReadAsStringAsync());

    public void Dispose() => Browser.Dispose();

    public static async Task<string> TextAsync(HttpResponseMessage response) => WebUtility.HtmlDecode(await response.Content.ReadAsStringAsync());

    private static async Task ExpectAsync(HttpResponseMessage response, string location)
    {
        if (response.Headers.Location?.OriginalString != location)
        {
            throw new InvalidOperationException($"{response.StatusCode} {response.Headers.Location}: {await TextAsync(response)}");
        }
    }
}
