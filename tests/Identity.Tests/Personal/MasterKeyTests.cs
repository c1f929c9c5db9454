using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Hosting;

namespace Yinxin.Identity.Tests.Personal;

/// <summary>Another master key: what the former one wrapped is wrapped anew, and then opens without it.</summary>
public sealed class MasterKeyTests(SqliteIdentity identity) : IClassFixture<SqliteIdentity>
{
    [Fact]
    public async Task Data_keys_are_wrapped_anew_and_open_without_the_former_master_key()
    {
        using var person = await Applicant.RegisteredAsync(identity);
        var key = Guid.Parse(await identity.KeyOfAsync(person.Person.IdNumber));
        var former = Convert.ToBase64String([.. Enumerable.Range(0, 32).Select(i => (byte)i)]);
        var other = Convert.ToBase64String([.. Enumerable.Range(0, 32).Select(i => (byte)(200 - i))]);
        var before = await identity.ReadAsync("SELECT MAX(\"KeyCipher\") FROM \"DataKeys\" WHERE \"Version\" = 1");
        await using (var second = await identity.StartSecondAsync(8, ("App:MasterKey", other), ("App:FormerMasterKeys:0", former)))
        {
            Assert.Equal(person.Person.Name, await NameAsync(second.Services, key));
        }

        Assert.NotEqual(before, await identity.ReadAsync("SELECT MAX(\"KeyCipher\") FROM \"DataKeys\" WHERE \"Version\" = 1"));
        await using var without = await identity.StartSecondAsync(8, ("App:MasterKey", other), ("App:DataDirectory", Path.Combine(identity.DataDirectory, "second")),
            ("Database:ConnectionString", $"Data Source={Path.Combine(identity.DataDirectory, "database.sqlite")}"));
        Assert.Equal(person.Person.Name, await NameAsync(without.Services, key));
        using var browser = new Browser($"http://localhost:{identity.BasePort + 8}");
        Assert.Equal(HttpStatusCode.Found, (await browser.SignInAsync(person.Person.Phone, Applicant.Password)).StatusCode);
    }

    private static async Task<string> NameAsync(IServiceProvider services, Guid key)
    {
        await using var scope = services.CreateAsyncScope();
        return (await scope.ServiceProvider.GetRequiredService<IdentityContext>().Persons.FindAsync(key))!.Name;
    }
}
