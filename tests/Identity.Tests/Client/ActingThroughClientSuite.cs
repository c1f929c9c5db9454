using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Xunit;
using Yinxin.Identity.Client.Assurance;
using Yinxin.Identity.Client.SignIn;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Hosting;
using Yinxin.Identity.Tests.Mandates;

namespace Yinxin.Identity.Tests.Client;

/// <summary>An app with Identity.Client whose users act for others: the switch, and what its code reads of who acts and how sure that is.</summary>
public abstract class ActingThroughClientSuite(IdentityFixture identity) : IAsyncLifetime
{
    private readonly string directory = Directory.CreateTempSubdirectory("yinxin-client-").FullName;
    private WebApplication? app;

    private string App => $"http://localhost:{identity.BasePort}";

    public async ValueTask InitializeAsync() => app = await SampleApp.StartAsync(identity, directory);

    public async ValueTask DisposeAsync()
    {
        await app!.DisposeAsync();
        Directory.Delete(directory, recursive: true);
        GC.SuppressFinalize(this);
    }

    [Fact] // 58
    public async Task An_app_switches_to_a_part_passed_on_and_reads_who_acts_and_what_stands_without_the_cap()
    {
        using var company = await Company.NewAsync(identity);
        Company.Expect(await company.Representative.FillAsync(
            $"/account/organisations/tax-account?Organisation={company.Id}&ReturnUrl=/account/organisations", ("Account", company.Organisation.TaxAccount)));
        using var agent = await Applicant.RegisteredAsync(identity);
        using var helper = await Applicant.RegisteredAsync(identity);
        await Company.RaiseAsync(helper);
        var whole = await company.EmpowerAsync(agent, ("SubDelegate", "true"));
        var part = Company.Created(await Company.PostAsync(
            agent, $"/account/mandates/{whole}/pass-on", Company.Form(identity.Time.GetUtcNow(), helper.Person, ("Powers", "apply"))));
        Company.Expect(await Company.AcceptAsync(helper, part));

        var self = await MeAsync(helper, "/me", "");
        Assert.Equal((UserKind.Person, AssuranceLevel.Intermediate, AssuranceLevel.Intermediate), Standing(self));
        Assert.Equal(JsonValueKind.Null, self.GetProperty("actor").ValueKind);

        var acting = await MeAsync(helper, "/switch-acting?returnUrl=/me", $"mandate-{part}");
        Assert.Equal((UserKind.Organisation, AssuranceLevel.Primary, AssuranceLevel.Intermediate), Standing(acting));
        Assert.Equal(self.GetProperty("subject").GetString(), acting.GetProperty("subject").GetString());
        var represented = acting.GetProperty("actingFor");
        Assert.Equal(("agent", company.Organisation.Uscc), (represented.GetProperty("relation").GetString(), represented.GetProperty("organisation").GetProperty("uscc").GetString()));
        Assert.Equal(("primary", (int)AssuranceLevel.Primary), (represented.GetProperty("ceiling").GetString(), acting.GetProperty("ceiling").GetInt32()));
        Assert.Equal(part, represented.GetProperty("mandate").GetProperty("id").GetGuid());
        var actor = acting.GetProperty("actor");
        Assert.Equal(
            (self.GetProperty("subject").GetString(), "urn:yinxin:assurance:intermediate"),
            (actor.GetProperty("sub").GetString(), actor.GetProperty("acr").GetString()));
        Assert.Equal((await identity.KeyOfAsync(agent.Person.IdNumber)).ToLowerInvariant(), actor.GetProperty("act").GetProperty("sub").GetString());
        Assert.Equal(JsonValueKind.Null, actor.GetProperty("act").GetProperty("act").ValueKind);

        // What asks for the person at the screen opens, what asks how high the matter stands does not, and says so at once.
        Assert.Equal("done", await (await WalkAsync(helper.Browser, "/pay", "")).Content.ReadAsStringAsync());
        var refused = await WalkAsync(helper.Browser, "/apply", "");
        Assert.Equal((HttpStatusCode.Forbidden, "/sign-in-failed"), (refused.StatusCode, refused.RequestMessage!.RequestUri!.AbsolutePath));

        var back = await MeAsync(helper, "/switch-acting?returnUrl=/me", "");
        Assert.Equal((UserKind.Person, AssuranceLevel.Intermediate, AssuranceLevel.Intermediate), Standing(back));
        Assert.Equal((JsonValueKind.Null, JsonValueKind.Null), (back.GetProperty("actor").ValueKind, back.GetProperty("actingFor").ValueKind));
    }

    [Fact] // 58
    public async Task A_representative_has_no_cap_and_nobody_before_them()
    {
        using var company = await Company.NewAsync(identity);
        var acting = await MeAsync(company.Representative, "/switch-acting?returnUrl=/me", company.Id.ToString());
        Assert.Equal((UserKind.Organisation, AssuranceLevel.Primary, AssuranceLevel.Primary), Standing(acting));
        Assert.Equal("legal_representative", acting.GetProperty("actingFor").GetProperty("relation").GetString());
        Assert.Equal((JsonValueKind.Null, (int)AssuranceLevel.Intermediate), (acting.GetProperty("actingFor").GetProperty("ceiling").ValueKind, acting.GetProperty("ceiling").GetInt32()));
        Assert.Equal(acting.GetProperty("subject").GetString(), acting.GetProperty("actor").GetProperty("sub").GetString());
        Assert.Equal(JsonValueKind.Null, acting.GetProperty("actor").GetProperty("act").ValueKind);
    }

    [Fact] // 12, 48
    public async Task The_switch_asks_each_time_leads_nowhere_else_and_a_visitor_is_asked_once()
    {
        using var company = await Company.NewAsync(identity);
        using var visitor = identity.NewBrowser();
        var way = await visitor.GetAsync(App + "/switch-acting?returnUrl=/me");
        var signIn = (await visitor.GetAsync(way.Headers.Location!.ToString())).Headers.Location!.OriginalString;
        Assert.StartsWith("/sign-in?", signIn, StringComparison.Ordinal);
        var page = await (await visitor.GetAsync(signIn)).Content.ReadAsStringAsync();
        var chosen = await visitor.SubmitAsync(signIn, page, ("Name", company.Representative.Person.IdNumber), ("Password", Applicant.Password));
        var choose = chosen.Headers.Location!.OriginalString;
        Assert.StartsWith("/account/acting?", choose, StringComparison.Ordinal);
        var done = await visitor.SubmitAsync(choose, await (await visitor.GetAsync(choose)).Content.ReadAsStringAsync(), ("Organisation", company.Id.ToString()));
        var code = (await visitor.GetAsync(done.Headers.Location!.OriginalString)).Headers.Location!;
        Assert.StartsWith(App + "/signin-oidc?", code.OriginalString, StringComparison.Ordinal);
        var home = await visitor.GetAsync(code.OriginalString);
        Assert.Equal("/me", home.Headers.Location?.OriginalString);
        var me = JsonDocument.Parse(await (await visitor.GetAsync(App + "/me")).Content.ReadAsStringAsync()).RootElement;
        Assert.Equal((int)UserKind.Organisation, me.GetProperty("kind").GetInt32());

        // Whoever has chosen is asked again, and no address but a path of the app is taken.
        foreach (var foreign in (string[])["//evil.example", "https://evil.example/", "/%5Cevil.example"])
        {
            var again = await visitor.GetAsync(App + "/switch-acting?returnUrl=" + foreign);
            Assert.StartsWith("/account/acting?", (await visitor.GetAsync(again.Headers.Location!.ToString())).Headers.Location!.OriginalString, StringComparison.Ordinal);
            Assert.Equal(App + "/", (await WalkAsync(visitor, "/switch-acting?returnUrl=" + foreign, "")).RequestMessage!.RequestUri!.ToString());
        }
    }

    private static (UserKind Kind, AssuranceLevel Level, AssuranceLevel WithoutCap) Standing(JsonElement user) =>
        ((UserKind)user.GetProperty("kind").GetInt32(), (AssuranceLevel)user.GetProperty("level").GetInt32(), (AssuranceLevel)user.GetProperty("levelWithoutCap").GetInt32());

    private async Task<JsonElement> MeAsync(Applicant who, string path, string choice)
    {
        var answer = await WalkAsync(who.Browser, path, choice);
        Assert.Equal((HttpStatusCode.OK, App + "/me"), (answer.StatusCode, answer.RequestMessage!.RequestUri!.ToString()));
        return JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
    }

    /// <summary>Follows redirects over both hosts, and chooses where it is asked whom to act for.</summary>
    private async Task<HttpResponseMessage> WalkAsync(Browser browser, string path, string choice)
    {
        var response = await browser.GetAsync(App + path);
        for (var step = 0; step < 15; step++)
        {
            var here = response.RequestMessage!.RequestUri!;
            if (response.StatusCode == HttpStatusCode.OK && here.AbsolutePath == "/account/acting")
            {
                response = await browser.SubmitAsync(here.AbsoluteUri, await response.Content.ReadAsStringAsync(), ("Organisation", choice));
            }
            else if (response.StatusCode is HttpStatusCode.Found or HttpStatusCode.SeeOther)
            {
                response = await browser.GetAsync(new Uri(here, response.Headers.Location!).AbsoluteUri);
            }
            else
            {
                return response;
            }
        }

        throw new InvalidOperationException($"Round in circles: {path}");
    }
}

[Collection(OnSqlite.Name)]
public sealed class ActingThroughClientOnSqlite(SqliteIdentity identity) : ActingThroughClientSuite(identity);

[Collection(OnPostgres.Name)]
public sealed class ActingThroughClientOnPostgres(PostgresIdentity identity) : ActingThroughClientSuite(identity);
