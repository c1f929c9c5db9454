using System.Globalization;
using System.Net;
using Xunit;
using Yinxin.Identity.Tests.Hosting;

namespace Yinxin.Identity.Tests.Accounts;

/// <summary>A database that cannot be written: said plainly, nothing half done, nothing lost.</summary>
public sealed class ReadOnlyTests(SqliteIdentity identity) : IClassFixture<SqliteIdentity>
{
    [Fact]
    public async Task Registration_says_that_nothing_was_saved_and_keeps_what_was_typed()
    {
        var person = await identity.Sandbox.NextPersonAsync();
        await using var second = await identity.StartSecondAsync(2, ("Database:ConnectionString", $"Data Source={Path.Combine(identity.DataDirectory, "database.sqlite")};Mode=ReadOnly"));
        using var browser = new Browser(string.Create(CultureInfo.InvariantCulture, $"http://localhost:{identity.BasePort + 2}"));
        var page = await (await browser.GetAsync("/register")).Content.ReadAsStringAsync();
        var response = await browser.SubmitAsync("/register", page, ("IdNumber", person.IdNumber), ("Name", person.Name), ("Sex", person.Sex), ("Ethnicity", person.Ethnicity));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Contains("没有丢失", WebUtility.HtmlDecode(await response.Content.ReadAsStringAsync()), StringComparison.Ordinal);

        // Later steps keep their draft by themselves; a page that is only saved says so by the common problem.
        var signIn = await browser.SignInAsync("citizen");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, signIn.StatusCode);
        Assert.Contains("storage.unavailable", await signIn.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Contains(person.Name, WebUtility.HtmlDecode(await (await browser.GetAsync("/register")).Content.ReadAsStringAsync()), StringComparison.Ordinal);
    }
}
