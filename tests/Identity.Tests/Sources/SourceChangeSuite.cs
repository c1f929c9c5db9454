using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Xunit;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance.Evidences;
using Yinxin.Identity.Server.Features.Authorities;
using Yinxin.Identity.Server.Features.Protocol.Token;
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
    public async Task A_new_name_takes_back_what_was_proved_with_the_former_one()
    {
        using var applicant = await Applicant.RegisteredAsync(identity);
        Assert.Equal(HttpStatusCode.Found, (await applicant.FillAsync("/account/raise/bank-card", ("CardNumber", applicant.Person.BankCard))).StatusCode);
        Assert.Contains("id=\"level\">中级", await applicant.ReadAsync("/account"), StringComparison.Ordinal);
        await HappenAsync(new { kind = "name-changed", idNumber = applicant.Person.IdNumber, name = "样更名" });
        await UntilAsync(async () => await identity.RowsAsync(Evidence(applicant, "\"Kind\" = 'unionpay-card' AND \"Method\" = 'name-changed' AND \"State\" = 'Superseded' AND \"AssuredBy\" = 'population'")) == 1);
        using var returned = identity.NewBrowser();
        await returned.SignInAsync(applicant.Person.IdNumber, Applicant.Password);
        Assert.Contains("id=\"level\">初级", await Applicant.TextAsync(await returned.GetAsync("/account")), StringComparison.Ordinal);
        await UntilAsync(async () => (await identity.Sandbox.MessagesAsync(applicant.Person.Phone)).Exists(m => m.Purpose == "source-notice" && m.Text.Contains("重新核验", StringComparison.Ordinal)));

        // Where to do that stands in it, last.
        Assert.All(
            (await identity.Sandbox.MessagesAsync(applicant.Person.Phone)).FindAll(m => m.Purpose == "source-notice"),
            m => Assert.EndsWith($" {identity.Issuer}/account", m.Text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_token_that_counts_as_made_after_a_new_name_bears_it()
    {
        using var applicant = await Applicant.RegisteredAsync(identity);
        var party = new RelyingParty(identity);
        await party.RedeemAsync(RelyingParty.Code((await applicant.Browser.GetAsync(party.AuthorizeUrl())).Headers.Location!));
        var account = Guid.Parse(await identity.KeyOfAsync(applicant.Person.IdNumber));
        await using var scope = identity.Services.CreateAsyncScope();
        var id = await scope.ServiceProvider.GetRequiredService<IdentityContext>().Grants.Where(g => g.Session!.AccountId == account).Select(g => g.Id).SingleAsync();
        var grant = await scope.ServiceProvider.GetRequiredService<GrantStore>().FindLiveAsync(id, CancellationToken.None);

        // The token was asked for before; its level is computed after.
        Assert.Equal("corrected", await AuthorityEvents.HappenAsync(
            identity, "population", number => new { id = number, number = 1, kind = "name-changed", idNumber = applicant.Person.IdNumber, name = "样先后" }));
        var token = await scope.ServiceProvider.GetRequiredService<TokenSubject>().BuildAsync(grant!.Session!, acting: null, ["openid", "profile"], grant.ClientId, CancellationToken.None);
        Assert.Equal("样先后", token!.FindFirst("name")!.Value);
    }

    [Fact]
    public async Task A_new_name_of_whom_no_match_proves_is_on_record_and_proves_nothing()
    {
        using var applicant = await Applicant.RegisteredAsync(identity);
        Assert.Equal("withdrawn", await AuthorityEvents.WithdrawAsync(identity, "population", await AuthorityEvents.ReceiptAsync(identity, applicant.Person.IdNumber, "population-match")));
        await HappenAsync(new { kind = "name-changed", idNumber = applicant.Person.IdNumber, name = "样又名" });
        await UntilAsync(async () => await identity.RowsAsync(Evidence(applicant, "\"Method\" = 'change-notice' AND \"Result\" = 'Disagreed'")) == 1);
        Assert.Contains("id=\"level\">未认证", await applicant.ReadAsync("/account"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_authority_that_has_no_feed_is_asked_once_a_night_and_one_that_is_away_again()
    {
        foreach (var (fault, reached) in (IEnumerable<(string, int)>)[("status=403", 0), ("status=404", 1)])
        {
            await ReconcileAsync();
            await identity.ExecuteAsync("UPDATE \"SourceCursors\" SET \"ReachedEndAt\" = NULL WHERE \"Authority\" = 'tax'");
            await identity.Sandbox.FailAsync("/tax/v1/changes", fault, 100);
            await ReconcileAsync();
            await identity.Sandbox.RecoverAsync();
            Assert.Equal(reached, await identity.RowsAsync("\"SourceCursors\" WHERE \"Authority\" = 'tax' AND \"ReachedEndAt\" IS NOT NULL"));
        }
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

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_answer_taken_back_is_heard_of_by_push_and_by_the_feed(bool push)
    {
        using var applicant = await Applicant.RegisteredAsync(identity);
        Assert.Equal(HttpStatusCode.Found, (await applicant.FillAsync("/account/raise/bank-card", ("CardNumber", applicant.Person.BankCard))).StatusCode);
        var receipt = await AuthorityEvents.ReceiptAsync(identity, applicant.Person.IdNumber, "unionpay-card");
        await HappenAsync(new { kind = "withdrawn", authority = "bank-card", receipt, push });
        if (!push)
        {
            Assert.Contains("id=\"level\">中级", await applicant.ReadAsync("/account"), StringComparison.Ordinal);
            identity.Time.Advance(TimeSpan.FromHours(24));
            await ReconcileAsync();
        }

        await UntilAsync(async () => await identity.RowsAsync(Evidence(applicant, "\"Method\" = 'withdrawn' AND \"State\" = 'Revoked' AND \"AssuredBy\" = 'bank-card'")) == 1);
        using var returned = identity.NewBrowser();
        await returned.SignInAsync(applicant.Person.IdNumber, Applicant.Password);
        Assert.Contains("id=\"level\">初级", await Applicant.TextAsync(await returned.GetAsync("/account")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_photo_taken_back_reaches_comparisons_that_a_release_before_named_by_its_own_number()
    {
        using var applicant = await Applicant.RegisteredAsync(identity);
        using var other = await Applicant.RegisteredAsync(identity);
        var photo = $"P-{Guid.NewGuid():N}";
        await CompareAsEarlierAsync(applicant, photo);
        await CompareAsEarlierAsync(other, $"P-{Guid.NewGuid():N}");
        await identity.ExecuteAsync($"DELETE FROM \"SourceCursors\" WHERE \"Authority\" = '{FaceReferences.Mark}'");
        await using (var scope = identity.Services.CreateAsyncScope())
        {
            await scope.ServiceProvider.GetRequiredService<FaceReferences>().RunDueAsync(TestContext.Current.CancellationToken);
        }

        Assert.Contains("id=\"level\">中级", await applicant.ReadAsync("/account"), StringComparison.Ordinal);
        Assert.Equal("nobody", await AuthorityEvents.WithdrawAsync(identity, "market", photo));
        Assert.Equal("withdrawn", await AuthorityEvents.WithdrawAsync(identity, "population", photo));
        Assert.Contains("id=\"level\">初级", await applicant.ReadAsync("/account"), StringComparison.Ordinal);
        Assert.Contains("id=\"level\">中级", await other.ReadAsync("/account"), StringComparison.Ordinal);
        Assert.Equal("unchanged", await AuthorityEvents.WithdrawAsync(identity, "population", photo));

        // While an upgrade rolls, a node of the release before writes another one behind the end of the walk.
        using var late = await Applicant.RegisteredAsync(identity);
        var another = $"P-{Guid.NewGuid():N}";
        await CompareAsEarlierAsync(late, another);
        Assert.Equal("withdrawn", await AuthorityEvents.WithdrawAsync(identity, "population", another));
        Assert.Equal(1, await identity.RowsAsync($"\"SourceCursors\" WHERE \"Authority\" = '{FaceReferences.Mark}' AND \"ReachedEndAt\" IS NOT NULL"));
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
            (Signed("bank-card", AuthorityKeyring.Key("bank-card"), id, Death(id, number)), HttpStatusCode.UnprocessableEntity),
            (Signed("stranger", AuthorityKeyring.Key("bank-card"), id, Death(id, number)), HttpStatusCode.Unauthorized),
            (Signed("carrier", AuthorityKeyring.Key("carrier"), id, new { id, number = 1, kind = "withdrawn", receipt = "C1" }), HttpStatusCode.Unauthorized),
            (Signed("bank-card", AuthorityKeyring.Key("bank-card"), id, new { id, number = 1, kind = "withdrawn" }), HttpStatusCode.UnprocessableEntity),
            (Signed("bank-card", AuthorityKeyring.Key("bank-card"), id, new { id, number = 1, kind = "withdrawn", receipt = new string('B', 201) }), HttpStatusCode.UnprocessableEntity),
            (Signed("bank-card", AuthorityKeyring.Key("bank-card"), id, new { id, number = 1, kind = "withdrawn", receipt = "B1", idNumber = number }), HttpStatusCode.UnprocessableEntity),
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

    [Fact]
    public async Task What_an_earlier_release_refused_is_done_once_when_it_is_told_again()
    {
        using var applicant = await Applicant.RegisteredAsync(identity);
        var id = Guid.NewGuid().ToString("N");
        await using (var scope = identity.Services.CreateAsyncScope())
        {
            var database = scope.ServiceProvider.GetRequiredService<IdentityContext>();
            database.SourceEvents.Add(new SourceEvent
            {
                Id = "population:" + id,
                Kind = "name-changed",
                Subject = "",
                Number = 3,
                Outcome = SourceChangeBook.Refused,
                Via = "push",
                DoneAt = identity.Time.GetUtcNow(),
            });
            await database.SaveChangesAsync();
        }

        var told = Signed("population", AuthorityKeyring.Key("population"), id, new { id, number = 3, kind = "name-changed", idNumber = applicant.Person.IdNumber, name = "样重名" });
        for (var i = 0; i < 2; i++)
        {
            Assert.Contains("corrected", await (await PushAsync(told)).Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        Assert.Contains("样重名", await applicant.ReadAsync("/account"), StringComparison.Ordinal);
        Assert.Equal(1, await identity.RowsAsync(Evidence(applicant, "\"Method\" = 'change-notice'")));
        Assert.Equal(1, await identity.RowsAsync($"\"SourceEvents\" WHERE \"Id\" = 'population:{id}' AND \"Outcome\" = 'corrected'"));
    }

    [Theory]
    [InlineData("deceased", "stranger", "frozen")]
    [InlineData("deceased", null, "frozen")]
    [InlineData("a kind that is longer than any column, and is told so that nothing after it is read: it is passed over like any other", "stranger", "frozen")]
    public async Task What_an_authority_may_not_say_stands_in_the_way_of_nothing_that_another_says(string kind, string? name, string outcome)
    {
        using var applicant = await Applicant.RegisteredAsync(identity);
        var stranger = name is null ? "\0" + new string('x', 200) : name + Guid.NewGuid().ToString("N");
        await using (var scope = identity.Services.CreateAsyncScope())
        {
            var book = scope.ServiceProvider.GetRequiredService<SourceChangeBook>();
            var change = new SourceChange(stranger, 1_000_000_000_000_000, kind, applicant.Person.IdNumber, Uscc: null, Name: null, RepresentativeIdNumber: null);
            Assert.Equal(SourceChangeBook.Refused, await book.EnterAsync(PhoneOwners.Self, change, "statement", "feed", TestContext.Current.CancellationToken));
        }

        Assert.Equal(outcome, await AuthorityEvents.HappenAsync(identity, "population", id => new { id, number = 57, kind = "deceased", idNumber = applicant.Person.IdNumber }));
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

    /// <summary>The evidence of a real-person check by our own models as the release before wrote it: named by our number, the library's in the receipt alone.</summary>
    private async Task CompareAsEarlierAsync(Applicant applicant, string photo)
    {
        await using var scope = identity.Services.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<IdentityContext>();
        var (now, number) = (identity.Time.GetUtcNow(), $"L-{Guid.NewGuid():N}");
        var evidence = EvidenceRecords.New(
            Guid.Parse(await identity.KeyOfAsync(applicant.Person.IdNumber)), "real-person", "local-faces", "face-and-3-actions", "local-faces", now, now.AddYears(1), ["face", "name", "idNumber"], number);
        EvidenceReceipt.Attach(evidence, scope.ServiceProvider.GetRequiredService<PersonalData>(), JsonSerializer.Serialize(new { provider = "local", receipt = number, photoReceipt = photo }));
        database.Evidence.Add(evidence);
        await database.SaveChangesAsync(TestContext.Current.CancellationToken);
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
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!await condition())
        {
            await Task.Delay(100, limit.Token);
        }
    }
}

[Collection(OnSqlite.Name)]
public sealed class SourceChangesOnSqlite(SqliteIdentity identity) : SourceChangeSuite(identity);

[Collection(OnPostgres.Name)]
public sealed class SourceChangesOnPostgres(PostgresIdentity identity) : SourceChangeSuite(identity);
