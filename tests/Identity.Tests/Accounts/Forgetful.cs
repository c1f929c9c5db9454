using Yinxin.Identity.Tests.Hosting;

namespace Yinxin.Identity.Tests.Accounts;

/// <summary>Somebody at the recovery pages, with the particulars of a person, their own or another's.</summary>
/// <param name="identity">The server.</param>
/// <param name="person">Whose particulars they are.</param>
/// <param name="browser">None: one that has never been anywhere.</param>
public sealed class Forgetful(IdentityFixture identity, SyntheticPerson person, Browser? browser = null) : IDisposable
{
    public const string NewPassword = "Harbour-velvet-93-Comet";

    public Browser Browser { get; } = browser ?? identity.NewBrowser();

    public Task<HttpResponseMessage> TellAsync(string lost = "password", string? name = null) => FillAsync(
        "/recover", ("IdNumber", person.IdNumber), ("Name", name ?? person.Name), ("Sex", person.Sex), ("Ethnicity", person.Ethnicity), ("Lost", lost));

    public Task<HttpResponseMessage> TypeCodeAsync(string code) => FillAsync("/recover/code", ("Code", code));

    public Task<HttpResponseMessage> NewPhoneAsync(string phone) => FillAsync("/recover/phone", ("Phone", phone));

    public Task<HttpResponseMessage> FinishAsync(string further = "", bool secondFactorLost = false, string password = NewPassword) => FillAsync(
        "/recover/password", ("Password", password), ("PasswordAgain", password), ("Further", further), ("SecondFactorLost", secondFactorLost ? "true" : "false"));

    /// <summary>Particulars and the code on the person's own phone.</summary>
    public async Task ProvePhoneAsync(int message = 1)
    {
        await TellAsync();
        await TypeCodeAsync(await identity.WaitForCodeAsync(person.Phone, "recovery", message));
    }

    public async Task<HttpResponseMessage> FillAsync(string url, params (string Name, string Value)[] fields)
    {
        var page = await Browser.GetAsync(url);
        return page.StatusCode == System.Net.HttpStatusCode.OK ? await Browser.SubmitAsync(url, await page.Content.ReadAsStringAsync(), fields) : page;
    }

    public void Dispose() => Browser.Dispose();
}
