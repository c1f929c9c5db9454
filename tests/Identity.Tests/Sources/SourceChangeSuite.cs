using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Xunit;
using Yinxin.Identity.Server.Features.SourceChanges;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Hosting;

namespace Yinxin.Identity.Tests.Sources;

/// <summary>When an authority reports a change, accounts follow: by push at once, by the nightly feed else.</summary>
public abstract class SourceChangeSuite(IdentityFixture identity)
{
    [Fact]
    public async Task A_death_freezes_the_account_and_ends_everything_at_once()
    {
        using var applicant = await Applicant.RegisteredAsync(identity);
        var party = new RelyingParty(identity);
        var tokens = await party.RedeemAsync(RelyingParty.Code((await applicant.Browser.GetAsync(party.AuthorizeUrl())).Headers.Location!));
        Assert.Equal(HttpStatusCode.OK, (await party.UserInfoAsync(tokens.AccessToken)).Status);
        await HappenAsync(new { kind = "deceased", idNumber = applicant.Person.IdNumber });
        await UntilAsync(async () => (await applicant.Browser.GetAsync("/account")).StatusCode == HttpStatusCode.Found);
        Assert.Equal(HttpStatusCode.Unauthorized, (await party.UserInfoAsync(tokens.AccessToken)).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await party.RefreshAsync(tokens.RefreshToken)).Status);

        // No word that tells why: the same as for a wrong password.
        using var browser = identity.NewBrowser();
        var refused = await browser.SignInAsync(applicant.Person.IdNumber, Applicant.Password);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        Assert.Contains("账号或密码不正确", await Applicant.TextAsync(refused), StringComparison.Ordinal);
        Assert.Equal(3, await identity.RowsAsync(Evidence(applicant, "\"State\" = 'Revoked' AND \"Method\" = 'deceased'")));
        Assert.Equal(1, await identity.RowsAsync(Evidence(applicant, "\"Kind\" = 'phone-otp' AND \"State\" = 'Active'")));
        Assert.DoesNotContain(await identity.Sandbox.MessagesAsync(applicant.Person.Phone), m => m.Purpose == "source-notice");
    }

    [Fact]
    public async Task A_new_name_is_corrected_by_the_feed_when_no_push_came_and_the_level_stays()
    {
        using var applicant = await Applicant.RegisteredAsync(identity);
        const string name = "样改名";
        await HappenAsync(new { kind = "name-changed", idNumber = applicant.Person.IdNumber, name, push = false });
        Assert.DoesNotContain(name, await applicant.ReadAsync("/account"), StringComparison.Ordinal);
        identity.Time.Advance(TimeSpan.FromHours(24));
        using var returned = identity.NewBrowser();
        await returned.SignInAsync(applicant.Person.IdNumber, Applicant.Password);

        // An authority that cannot be asked stops nothing for good.
        await identity.Sandbox.FailAsync("/population/v1/changes", "forged", 1);
        await ReconcileAsync();
        await identity.Sandbox.RecoverAsync();
        await ReconcileAsync();
        var account = await Applicant.TextAsync(await returned.GetAsync("/account"));
        Assert.Contains(name, account, StringComparison.Ordinal);
        Assert.Contains("初级", account, StringComparison.Ordinal);
        Assert.Equal(1, await identity.RowsAsync(Evidence(applicant, "\"Method\" = 'change-notice' AND \"Supersedes\" IS NOT NULL AND \"ReceiptCipher\" IS NOT NULL")));
        await UntilAsync(async () => (await identity.Sandbox.MessagesAsync(applicant.Person.Phone)).Exists(m => m.Purpose == "source-notice"));
        Assert.Equal(0, await ReconcileAsync());
    }

    [Fact]
    public async Task More_changes_than_a_batch_holds_are_read_to_the_end_once()
    {
        using var applicant = await Applicant.RegisteredAsync(identity);
        for (var i = 0; i < Reconciliation.Batch + 3; i++)
        {
            await HappenAsync(new { kind = "name-changed", idNumber = applicant.Person.IdNumber, name = $"样名{i}", push = false });
        }

        identity.Time.Advance(TimeSpan.FromHours(24));
        var read = await ReconcileAsync();
        Assert.True(read >= Reconciliation.Batch + 3, $"{read}");
        Assert.Single(await identity.NamesAsync(), name => name == $"样名{Reconciliation.Batch + 2}");
        Assert.Equal(0, await ReconcileAsync());
    }

    [Fact]
    public async Task A_dissolved_organisation_and_a_former_representative_act_no_more()
    {
        var organisation = await identity.Sandbox.NextOrganisationAsync();
        using var representative = await Applicant.RegisteredAsync(identity, organisation.LegalRepresentative);
        using var successor = await Applicant.RegisteredAsync(identity);
        await representative.FillAsync("/account/organisations/new", ("Uscc", organisation.Uscc), ("Name", organisation.Name));
        var party = new RelyingParty(identity);
        var tokens = await party.RedeemAsync(RelyingParty.Code(await ActingAsync(party, representative.Person.IdNumber)));
        Assert.Equal(HttpStatusCode.OK, (await party.UserInfoAsync(tokens.AccessToken)).Status);

        await HappenAsync(new { kind = "representative-changed", uscc = organisation.Uscc, representativeIdNumber = successor.Person.IdNumber });
        await UntilAsync(async () => (await party.UserInfoAsync(tokens.AccessToken)).Status == HttpStatusCode.Unauthorized);
        Assert.DoesNotContain(organisation.Name, await representative.ReadAsync("/account/organisations"), StringComparison.Ordinal);
        Assert.Contains(organisation.Name, await successor.ReadAsync("/account/organisations"), StringComparison.Ordinal);
        Assert.Contains("初级", await successor.ReadAsync("/account/organisations"), StringComparison.Ordinal);
        await UntilAsync(async () => (await identity.Sandbox.MessagesAsync(representative.Person.Phone)).Exists(m => m.Purpose == "source-notice"));

        await HappenAsync(new { kind = "dissolved", uscc = organisation.Uscc });
        await UntilAsync(async () => !(await successor.ReadAsync("/account/organisations")).Contains(organisation.Name, StringComparison.Ordinal));
        Assert.True(await identity.RowsAsync("\"Evidence\" WHERE \"Method\" = 'dissolved' AND \"State\" = 'Revoked'") >= 3);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await successor.FillAsync("/account/organisations/new", ("Uscc", organisation.Uscc), ("Name", organisation.Name))).StatusCode);
    }

    [Fact]
    public async Task A_representative_without_an_account_leaves_the_organisation_at_rest_until_he_registers_it()
    {
        var organisation = await identity.Sandbox.NextOrganisationAsync();
        using var representative = await Applicant.RegisteredAsync(identity, organisation.LegalRepresentative);
        using var newcomer = await Applicant.NewAsync(identity);
        await representative.FillAsync("/account/organisations/new", ("Uscc", organisation.Uscc), ("Name", organisation.Name));
        await HappenAsync(new { kind = "representative-changed", uscc = organisation.Uscc, representativeIdNumber = newcomer.Person.IdNumber });
        await UntilAsync(async () => !(await representative.ReadAsync("/account/organisations")).Contains(organisation.Name, StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await representative.FillAsync("/account/organisations/new", ("Uscc", organisation.Uscc), ("Name", organisation.Name))).StatusCode);
        using var registered = await Applicant.RegisteredAsync(identity, newcomer.Person);
        Assert.Equal(HttpStatusCode.Found, (await registered.FillAsync("/account/organisations/new", ("Uscc", organisation.Uscc), ("Name", organisation.Name))).StatusCode);
        Assert.Contains("初级", await registered.ReadAsync("/account/organisations"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_event_counts_once_and_only_when_the_right_authority_signed_it_just_now()
    {
        using var applicant = await Applicant.RegisteredAsync(identity);
        object Death(string id, string idNumber) => new { id, number = 1, kind = "deceased", idNumber };
        var id = Guid.NewGuid().ToString("N");
        var number = applicant.Person.IdNumber;
        using var stranger = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        (string Statement, HttpStatusCode Status)[] wrong =
        [
            (Signed("population", stranger, id, Death(id, number)), HttpStatusCode.Unauthorized),
            (Signed("market", AuthorityKeyring.Key("population"), id, Death(id, number)), HttpStatusCode.Unauthorized),
            (Signed("market", AuthorityKeyring.Key("market"), id, Death(id, number)), HttpStatusCode.UnprocessableEntity),
            (Signed("bank-card", AuthorityKeyring.Key("bank-card"), id, Death(id, number)), HttpStatusCode.Unauthorized),
            (Signed("population", AuthorityKeyring.Key("population"), id, Death(id, number), type: "authority-answer+jwt"), HttpStatusCode.Unauthorized),
            (Signed("population", AuthorityKeyring.Key("population"), id, Death(id, number), audience: "another"), HttpStatusCode.Unauthorized),
            (Signed("population", AuthorityKeyring.Key("population"), id, Death(id, number), minutes: -5), HttpStatusCode.Unauthorized),
            (Signed("population", AuthorityKeyring.Key("population"), "another", Death(id, number)), HttpStatusCode.UnprocessableEntity),
            (Signed("population", AuthorityKeyring.Key("population"), id, new { id, number = 1, kind = "promoted", idNumber = number }), HttpStatusCode.UnprocessableEntity),
            (Signed("population", AuthorityKeyring.Key("population"), id, new { id, number = 1, kind = "dissolved", uscc = "91340100MA2N0000X1" }), HttpStatusCode.UnprocessableEntity),
            ("eyJhbGciOiJub25lIn0.e30.", HttpStatusCode.Unauthorized),
            (new string('a', 20_000), HttpStatusCode.Unauthorized),
            ("", HttpStatusCode.Unauthorized),
        ];
        foreach (var (statement, status) in wrong)
        {
            Assert.Equal(status, (await PushAsync(statement)).StatusCode);
        }

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await identity.Http.PostAsJsonAsync("/api/source-events", new { })).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await applicant.Browser.GetAsync("/account")).StatusCode);

        var right = Signed("population", AuthorityKeyring.Key("population"), id, new { id, number = 7, kind = "name-changed", idNumber = number, name = "样新名" });
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => PushAsync(right)));
        Assert.All(answers, a => Assert.Equal(HttpStatusCode.OK, a.StatusCode));
        Assert.Equal(1, await identity.RowsAsync(Evidence(applicant, "\"Method\" = 'change-notice'")));

        // What happened before and comes late.
        var late = Guid.NewGuid().ToString("N");
        var answer = await PushAsync(Signed("population", AuthorityKeyring.Key("population"), late, new { id = late, number = 6, kind = "name-changed", idNumber = number, name = "样旧名" }));
        Assert.Equal("overtaken", JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("outcome").GetString());
        Assert.Contains("样新名", await applicant.ReadAsync("/account"), StringComparison.Ordinal);
        var unknown = Guid.NewGuid().ToString("N");
        Assert.Contains("nobody", await (await PushAsync(Signed("population", AuthorityKeyring.Key("population"), unknown, Death(unknown, "340102199001019999")))).Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private string Signed(string issuer, ECDsa key, string id, object change, string type = "authority-event+jwt", string audience = "yinxin-identity", int minutes = 0) =>
        new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(
            JsonSerializer.Serialize(new { iss = issuer, aud = audience, iat = identity.Time.GetUtcNow().AddMinutes(minutes).ToUnixTimeSeconds(), jti = id, change }),
            new SigningCredentials(new ECDsaSecurityKey(key), SecurityAlgorithms.EcdsaSha256), new Dictionary<string, object> { ["typ"] = type });

    private async Task<HttpResponseMessage> PushAsync(string statement)
    {
        using var content = new StringContent(statement, new MediaTypeHeaderValue("application/jwt"));
        return await identity.Http.PostAsync(new Uri("/api/source-events", UriKind.Relative), content);
    }

    private async Task HappenAsync(object change) => (await identity.Sandbox.Http.PostAsJsonAsync("/changes/v1/samples", change)).EnsureSuccessStatusCode();

    private async Task<int> ReconcileAsync()
    {
        await using var scope = identity.Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<Reconciliation>().RunDueAsync(TestContext.Current.CancellationToken);
    }

    private async Task<Uri> ActingAsync(RelyingParty party, string user)
    {
        using var browser = identity.NewBrowser();
        return await browser.AuthorizeAsync(party.AuthorizeUrl(), user, forOrganisation: true, password: Applicant.Password);
    }

    private static string Evidence(Applicant applicant, string condition) =>
        $"\"Evidence\" WHERE {condition} AND \"SubjectId\" IN (SELECT \"Id\" FROM \"Persons\" WHERE \"PhoneMasked\" LIKE '%{applicant.Person.Phone[^4..]}' ORDER BY \"CreatedAt\" DESC LIMIT 1)";

    /// <summary>Waits for what another process does by itself, at most ten seconds.</summary>
    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (!await condition())
        {
            await Task.Delay(100, limit.Token);
        }
    }
}

public sealed class SourceChangesOnSqlite(SqliteIdentity identity) : SourceChangeSuite(identity), IClassFixture<SqliteIdentity>;

[Collection(OnPostgres.Name)]
public sealed class SourceChangesOnPostgres(PostgresIdentity identity) : SourceChangeSuite(identity);
