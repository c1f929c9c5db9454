using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using Yinxin.Identity.Server.Features.SourceChanges;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Hosting;
using Yinxin.Identity.Tests.StepUp;

namespace Yinxin.Identity.Tests.Sources;

/// <summary>An organisation whose register gives it a new name.</summary>
public abstract class OrganisationNameSuite(IdentityFixture identity)
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_new_name_at_the_register_is_heard_of_by_push_and_by_the_feed(bool push)
    {
        var (former, organisation, id) = await Organisations.RegisteredAsync(identity);
        former.Dispose();
        var name = organisation.Name + "（更名）";
        await Organisations.RenameAsync(identity, organisation, name, push);
        if (!push)
        {
            identity.Time.Advance(TimeSpan.FromHours(24));
            await using var scope = identity.Services.CreateAsyncScope();
            await scope.ServiceProvider.GetRequiredService<Reconciliation>().RunDueAsync(TestContext.Current.CancellationToken);
        }

        using var representative = new Applicant(identity, former.Person);
        await representative.Browser.SignInAsync(representative.Person.IdNumber, Applicant.Password);
        await Messages.UntilAsync(async () => (await representative.ReadAsync("/account/organisations")).Contains(name, StringComparison.Ordinal));
        Assert.Contains("初级", await representative.ReadAsync("/account/organisations"), StringComparison.Ordinal);
        Assert.Equal(1, await identity.RowsAsync(
            $"\"Evidence\" WHERE \"Kind\" = 'market-registry-match' AND \"Method\" = 'change-notice' AND \"Supersedes\" IS NOT NULL AND \"ReceiptCipher\" IS NOT NULL AND LOWER(CAST(\"SubjectId\" AS TEXT)) = '{id}'"));
        Assert.Equal(1, await identity.RowsAsync($"\"AuditRecords\" WHERE \"Action\" = 'organisation.nameChanged' AND \"ActorId\" = 'market' AND \"SubjectId\" = '{id}'"));

        // On the page with both names; in the message no more than he recognises.
        Assert.Contains($"您所代表组织“{name}”的名称（原名称“{organisation.Name}”）", await representative.ReadAsync("/account/notices"), StringComparison.Ordinal);
        await Messages.UntilAsync(async () => (await identity.Sandbox.MessagesAsync(former.Person.Phone)).Exists(m => m.Purpose == "source-notice"));
        var message = (await identity.Sandbox.MessagesAsync(former.Person.Phone)).Single(m => m.Purpose == "source-notice").Text;
        Assert.Contains($"组织“{organisation.Name[..4]}***”", message, StringComparison.Ordinal);
        Assert.DoesNotContain(organisation.Name, message, StringComparison.Ordinal);

        // What is said and asked from now on bears the new name: the tax authority would not know the old one.
        var party = new RelyingParty(identity);
        using var browser = identity.NewBrowser();
        var tokens = await party.RedeemAsync(RelyingParty.Code(await browser.AuthorizeAsync(party.AuthorizeUrl(), former.Person.IdNumber, forOrganisation: true, password: Applicant.Password)));
        Assert.Equal(name, Answer.Claims(tokens.AccessToken).GetProperty("act_for").GetProperty("organisation").GetProperty("name").GetString());
        var page = $"/account/organisations/tax-account?Organisation={id}&ReturnUrl=/account/organisations";
        Assert.Equal(page, (await representative.Browser.StrengthenAsync(identity, former.Person.Phone, page)).Headers.Location?.OriginalString);
        Assert.Equal("/account/organisations", (await representative.FillAsync(page, ("Account", organisation.TaxAccount))).Headers.Location?.OriginalString);
        Assert.Contains("中级", await representative.ReadAsync("/account/organisations"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_its_own_register_renames_an_organisation_with_a_name_that_can_be()
    {
        var (representative, organisation, _) = await Organisations.RegisteredAsync(identity);
        foreach (var (authority, name) in (IEnumerable<(string, string?)>)[("staffing", "样例"), ("tax", "样例"), ("market", null), ("market", " "), ("market", new string('样', 101)), ("market", "样\u0001例")])
        {
            var change = Guid.NewGuid().ToString("N");
            var statement = AuthorityEvents.Signed(identity, authority, AuthorityKeyring.Key(authority), change, new { id = change, number = 1, kind = "name-changed", uscc = organisation.Uscc, name });
            Assert.Equal(HttpStatusCode.UnprocessableEntity, (await AuthorityEvents.PushAsync(identity.Http, statement)).StatusCode);
        }

        Assert.Equal("unchanged", await AuthorityEvents.HappenAsync(identity, "market", change => new { id = change, number = 1, kind = "name-changed", uscc = organisation.Uscc, name = organisation.Name }));
        Assert.Equal("corrected", await AuthorityEvents.HappenAsync(identity, "market", change => new { id = change, number = 3, kind = "name-changed", uscc = organisation.Uscc, name = "样例新名称" }));
        Assert.Equal("overtaken", await AuthorityEvents.HappenAsync(identity, "market", change => new { id = change, number = 2, kind = "name-changed", uscc = organisation.Uscc, name = "样例迟到的名称" }));
        Assert.Contains("样例新名称", await representative.ReadAsync("/account/organisations"), StringComparison.Ordinal);
        representative.Dispose();
    }

    [Fact]
    public async Task Who_registers_it_anew_under_its_new_name_corrects_the_name()
    {
        var (representative, organisation, id) = await Organisations.RegisteredAsync(identity);
        var name = organisation.Name + "（新）";
        await Organisations.RenameAsync(identity, organisation, name, push: false);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await Organisations.RegisterAsync(representative, organisation.Uscc, organisation.Name)).StatusCode);
        Assert.Equal(HttpStatusCode.Found, (await Organisations.RegisterAsync(representative, organisation.Uscc, name)).StatusCode);
        Assert.Contains(name, await representative.ReadAsync("/account/organisations"), StringComparison.Ordinal);
        Assert.Equal(1, await identity.RowsAsync($"\"Organisations\" WHERE \"Uscc\" = '{organisation.Uscc}' AND \"Name\" = '{name}'"));
        Assert.Equal(2, await identity.RowsAsync($"\"Evidence\" WHERE \"Kind\" = 'organisation-code-match' AND LOWER(CAST(\"SubjectId\" AS TEXT)) = '{id}'"));
        representative.Dispose();
    }
}

[Collection(OnSqlite.Name)]
public sealed class OrganisationNamesOnSqlite(SqliteIdentity identity) : OrganisationNameSuite(identity);

[Collection(OnPostgres.Name)]
public sealed class OrganisationNamesOnPostgres(PostgresIdentity identity) : OrganisationNameSuite(identity);
