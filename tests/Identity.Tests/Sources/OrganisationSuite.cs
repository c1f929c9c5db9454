using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.DependencyInjection;
using Org.BouncyCastle.X509;
using Xunit;
using Yinxin.Identity.Server.Features.Organisations.Certificates;
using Yinxin.Identity.Server.Features.SourceChanges;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Hosting;
using Yinxin.ServiceDefaults.Identifiers;
using Yinxin.Trust.Cms;
using Yinxin.Trust.Suites;

namespace Yinxin.Identity.Tests.Sources;

/// <summary>An organisation's levels: the registers behind primary, tax account and certificate behind intermediate, and down again.</summary>
public abstract partial class OrganisationSuite(IdentityFixture identity)
{
    [Theory]
    [InlineData(0, "staffing-registry-match")]
    [InlineData(1, "civil-affairs-registry-match")]
    public async Task An_institution_is_checked_by_the_register_that_its_code_names(int kind, string evidence)
    {
        var institution = await identity.Sandbox.InstitutionAsync(kind);
        using var representative = await Applicant.RegisteredAsync(identity, institution.LegalRepresentative);
        var before = await identity.RowsAsync($"\"Evidence\" WHERE \"Kind\" = '{evidence}' AND \"ReceiptCipher\" IS NOT NULL");
        await identity.Sandbox.FailAsync(kind == 0 ? "/staffing" : "/civil-affairs", "forged", 100);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await RegisterAsync(representative, institution.Uscc, institution.Name)).StatusCode);
        await identity.Sandbox.RecoverAsync();
        Assert.Equal(HttpStatusCode.Found, (await RegisterAsync(representative, institution.Uscc, institution.Name)).StatusCode);
        Assert.Equal(before + 1, await identity.RowsAsync($"\"Evidence\" WHERE \"Kind\" = '{evidence}' AND \"ReceiptCipher\" IS NOT NULL"));
        Assert.Matches("初级[^中]*提升认证等级", await representative.ReadAsync("/account/organisations"));
    }

    [Theory]
    [InlineData('3')]
    [InlineData('N')]
    public async Task A_code_of_a_register_that_is_not_connected_is_sent_to_the_window_with_the_form_kept(char register)
    {
        var organisation = await identity.Sandbox.NextOrganisationAsync();
        using var representative = await Applicant.RegisteredAsync(identity, organisation.LegalRepresentative);
        var first = register + organisation.Uscc[1..17];
        var before = await identity.CountAsync("Organisations");
        var refused = await RegisterAsync(representative, first + UnifiedSocialCreditCode.CheckCharacter(first), organisation.Name);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        var text = await Applicant.TextAsync(refused);
        Assert.Contains("登记机关尚未接入", text, StringComparison.Ordinal);
        Assert.Contains($"value=\"{organisation.Name}\"", text, StringComparison.Ordinal);
        Assert.Equal(before, await identity.CountAsync("Organisations"));
        Assert.Equal(HttpStatusCode.Found, (await RegisterAsync(representative, organisation.Uscc, organisation.Name)).StatusCode);
    }

    [Fact]
    public async Task One_register_that_disagrees_is_enough_for_no()
    {
        var organisation = await identity.Sandbox.NextOrganisationAsync();
        using var representative = await Applicant.RegisteredAsync(identity, organisation.LegalRepresentative);
        var before = await identity.CountAsync("Organisations");
        foreach (var source in (string[])["/quality", "/population", "/market"])
        {
            // Their checks, not their feeds of changes: the server reads those by itself.
            await identity.Sandbox.FailAsync(source + "/v1/checks", "disagreeing", 1);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, (await RegisterAsync(representative, organisation.Uscc, organisation.Name)).StatusCode);
            await identity.Sandbox.RecoverAsync();
            foreach (var fault in (string[])["forged", "contradicting"])
            {
                await identity.Sandbox.FailAsync(source + "/v1/checks", fault, 100);
                Assert.Equal(HttpStatusCode.ServiceUnavailable, (await RegisterAsync(representative, organisation.Uscc, organisation.Name)).StatusCode);
                await identity.Sandbox.RecoverAsync();
            }
        }

        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await RegisterAsync(representative, organisation.Uscc, organisation.Name, "123")).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await RegisterAsync(representative, organisation.Uscc, organisation.Name, "999999999999999")).StatusCode);
        Assert.Equal(before, await identity.CountAsync("Organisations"));
        Assert.Equal(HttpStatusCode.Found, (await RegisterAsync(representative, organisation.Uscc, organisation.Name, organisation.RegistrationNumber)).StatusCode);
        Assert.Equal(before + 1, await identity.CountAsync("Organisations"));
    }

    [Fact]
    public async Task A_tax_account_raises_the_organisation_of_its_representative_alone()
    {
        var (representative, organisation, id) = await RegisteredAsync();
        using var stranger = await Applicant.RegisteredAsync(identity);
        var page = $"/account/organisations/tax-account?Organisation={id}&ReturnUrl=/account/organisations";
        Assert.Equal(HttpStatusCode.NotFound, (await stranger.Browser.GetAsync(page)).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await representative.FillAsync(page, ("Account", "T000000000"))).StatusCode);
        foreach (var fault in (string[])["status=503", "forged", "contradicting"])
        {
            await identity.Sandbox.FailAsync("/tax", fault, 100);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, (await representative.FillAsync(page, ("Account", organisation.TaxAccount))).StatusCode);
            await identity.Sandbox.RecoverAsync();
        }

        var ways = await representative.ReadAsync($"/account/step-up?Organisation={id}&ReturnUrl=/account/organisations");
        Assert.Contains("税务申报账户", ways, StringComparison.Ordinal);
        Assert.Contains("企业数字证书", ways, StringComparison.Ordinal);
        Assert.Equal("/account/organisations", (await representative.FillAsync(page, ("Account", organisation.TaxAccount))).Headers.Location?.OriginalString);
        Assert.Contains("中级", await representative.ReadAsync("/account/organisations"), StringComparison.Ordinal);

        // The tax authority takes its answer back; nobody else can. Then a new one, which ends by itself.
        var receipt = await identity.ReadAsync($"SELECT \"ReferenceAtSource\" FROM \"Evidence\" WHERE \"Kind\" = 'tax-account' AND \"Result\" = 'Agreed' AND LOWER(CAST(\"SubjectId\" AS TEXT)) = '{id}'");
        Assert.Equal("nobody", await AuthorityEvents.WithdrawAsync(identity, "market", receipt));
        Assert.Contains("中级", await representative.ReadAsync("/account/organisations"), StringComparison.Ordinal);
        Assert.Equal("withdrawn", await AuthorityEvents.WithdrawAsync(identity, "tax", receipt));
        Assert.DoesNotContain("中级", await representative.ReadAsync("/account/organisations"), StringComparison.Ordinal);
        await Browser.StayAsync(identity.Time, TimeSpan.FromMinutes(61), representative.Browser);
        Assert.Equal(HttpStatusCode.Found, (await representative.FillAsync(page, ("Account", organisation.TaxAccount))).StatusCode);
        Assert.Contains("中级", await representative.ReadAsync("/account/organisations"), StringComparison.Ordinal);
        await ExpireAsync(id, "tax-account");
        Assert.DoesNotContain("中级", await representative.ReadAsync("/account/organisations"), StringComparison.Ordinal);
        representative.Dispose();
    }

    [Fact]
    public async Task A_certificate_of_either_suite_raises_its_own_organisation_and_every_other_is_refused()
    {
        var (representative, organisation, id) = await RegisteredAsync();
        await using var trust = await TrustAsync(organisation.Uscc);
        var good = trust.Issue(trust.International, organisation.Uscc, SignatureAlgorithm.Es256);
        var online = trust.Issue(trust.International, organisation.Uscc, SignatureAlgorithm.Es256, online: true);
        trust.RevokeOnline(online.Certificate);
        var other = await identity.Sandbox.NextOrganisationAsync();
        (string Why, (SoftwareSigner Key, X509Certificate Certificate) Signer)[] wrong =
        [
            ("notTrusted", trust.Issue(trust.Foreign, organisation.Uscc, SignatureAlgorithm.Es256)),
            ("已被吊销", trust.RevokedByList),
            ("已被吊销", online),
            ("不在有效期内", trust.Issue(trust.International, organisation.Uscc, SignatureAlgorithm.Es256, days: -1)),
            ("不属于该组织", trust.Issue(trust.International, other.Uscc, SignatureAlgorithm.Es256)),
            ("notTrusted", trust.Issue(trust.International, organisation.Uscc, SignatureAlgorithm.Es256, profile: "organisation-signing")),
        ];
        foreach (var (why, signer) in wrong)
        {
            var (address, text) = await ChallengeAsync(representative, id);
            var refused = await UploadAsync(representative, address, Sign(signer, text));
            Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
            Assert.Contains(why == "notTrusted" ? "不是信任列表中" : why, await Applicant.TextAsync(refused), StringComparison.Ordinal);
        }

        // Another text, garbage, nothing; then the replay of a spent challenge, and a challenge of another session.
        var (spent, challenge) = await ChallengeAsync(representative, id);
        Assert.Contains("有效签名", await Applicant.TextAsync(await UploadAsync(representative, spent, Sign(good, challenge + "x"))), StringComparison.Ordinal);
        Assert.Contains("已失效", await Applicant.TextAsync(await PostAsync(representative, spent, Sign(good, challenge), id)), StringComparison.Ordinal);
        var (garbage, _) = await ChallengeAsync(representative, id);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await UploadAsync(representative, garbage, Encoding.UTF8.GetBytes("garbage"))).StatusCode);
        await Browser.StayAsync(identity.Time, TimeSpan.FromMinutes(61), representative.Browser);
        var (others, text2) = await ChallengeAsync(representative, id);
        using var elsewhere = new Applicant(identity, representative.Person);
        await elsewhere.Browser.SignInAsync(representative.Person.IdNumber, Applicant.Password);
        Assert.Contains("已失效", await Applicant.TextAsync(await PostAsync(elsewhere, others, Sign(good, text2), id)), StringComparison.Ordinal);
        var (late, lateText) = await ChallengeAsync(representative, id);
        identity.Time.Advance(TimeSpan.FromMinutes(16));
        Assert.Contains("已失效", await Applicant.TextAsync(await PostAsync(representative, late, Sign(good, lateText), id)), StringComparison.Ordinal);
        Assert.DoesNotContain("中级", await representative.ReadAsync("/account/organisations"), StringComparison.Ordinal);

        // Each suite, and the documented command with RSA.
        (SoftwareSigner, X509Certificate)[] right =
        [
            good, trust.Issue(trust.Sm, organisation.Uscc, SignatureAlgorithm.Sm2), trust.Issue(trust.International, organisation.Uscc, SignatureAlgorithm.Es256, online: true),
        ];
        foreach (var signer in right)
        {
            var (address, text) = await ChallengeAsync(representative, id);
            Assert.Equal("/account/organisations", (await UploadAsync(representative, address, Sign(signer, text))).Headers.Location?.OriginalString);
            Assert.Contains("中级", await representative.ReadAsync("/account/organisations"), StringComparison.Ordinal);
            await ExpireAsync(id, "enterprise-certificate");
            Assert.DoesNotContain("中级", await representative.ReadAsync("/account/organisations"), StringComparison.Ordinal);
        }

        var rsa = trust.Issue(trust.International, organisation.Uscc, SignatureAlgorithm.Rs256);
        var (page, toSign) = await ChallengeAsync(representative, id);
        Assert.Equal(HttpStatusCode.Found, (await UploadAsync(representative, page, OpenSsl(rsa, trust.International.Issuing, toSign))).StatusCode);
        Assert.Contains("中级", await representative.ReadAsync("/account/organisations"), StringComparison.Ordinal);
        representative.Dispose();
    }

    [Fact]
    public async Task A_certificate_that_is_revoked_later_carries_nothing_from_the_next_night_on()
    {
        var (representative, organisation, id) = await RegisteredAsync();
        await using var trust = await TrustAsync(organisation.Uscc);
        var signer = trust.Issue(trust.International, organisation.Uscc, SignatureAlgorithm.Es256, online: true);
        await Browser.StayAsync(identity.Time, TimeSpan.FromMinutes(61), representative.Browser);
        var (address, text) = await ChallengeAsync(representative, id);
        Assert.Equal(HttpStatusCode.Found, (await UploadAsync(representative, address, Sign(signer, text))).StatusCode);
        await RecheckAsync();
        Assert.Contains("中级", await representative.ReadAsync("/account/organisations"), StringComparison.Ordinal);

        // Once a night: what happens in between is seen the next one.
        trust.RevokeOnline(signer.Certificate);
        await RecheckAsync();
        Assert.Contains("中级", await representative.ReadAsync("/account/organisations"), StringComparison.Ordinal);
        await identity.ExecuteAsync("UPDATE \"SourceCursors\" SET \"ReachedEndAt\" = NULL WHERE \"Authority\" = 'certificates'");
        await RecheckAsync();
        Assert.DoesNotContain("中级", await representative.ReadAsync("/account/organisations"), StringComparison.Ordinal);
        Assert.Equal(1, await identity.RowsAsync($"\"Evidence\" WHERE \"Method\" = 'certificate-revoked' AND LOWER(CAST(\"SubjectId\" AS TEXT)) = '{id}'"));
        representative.Dispose();
    }

    [Fact]
    public async Task A_certificate_of_a_CA_whose_time_of_trust_ended_carries_nothing_from_the_next_night_on_and_a_lapsed_list_takes_nothing()
    {
        var (representative, organisation, id) = await RegisteredAsync();
        await using var trust = await TrustAsync(organisation.Uscc);
        await ProveAsync(representative, id, trust.Issue(trust.International, organisation.Uscc, SignatureAlgorithm.Es256));

        // A list that names nobody is a fault of its maker.
        trust.PublishNobody();
        await NextNightAsync();
        Assert.Contains("中级", await representative.ReadAsync("/account/organisations"), StringComparison.Ordinal);

        // A list whose next edition comes late leaves the bundle whole: that says nothing about its CAs.
        trust.LapseInternational();
        await NextNightAsync();
        Assert.Contains("中级", await representative.ReadAsync("/account/organisations"), StringComparison.Ordinal);

        trust.DistrustInternational();
        await NextNightAsync();
        Assert.DoesNotContain("中级", await representative.ReadAsync("/account/organisations"), StringComparison.Ordinal);
        Assert.Equal(1, await identity.RowsAsync($"\"Evidence\" WHERE \"Method\" = 'certificate-distrusted' AND LOWER(CAST(\"SubjectId\" AS TEXT)) = '{id}'"));
        representative.Dispose();
    }

    [Theory]
    [InlineData("Digest")]
    [InlineData("ReceiptCipher")]
    public async Task A_receipt_that_cannot_be_read_keeps_the_night_from_nobody_else(string column)
    {
        var (first, organisation, id) = await RegisteredAsync();
        await using var trust = await TrustAsync(organisation.Uscc);
        await ProveAsync(first, id, trust.Issue(trust.International, organisation.Uscc, SignatureAlgorithm.Es256, online: true));
        var (second, other, otherId) = await RegisteredAsync();
        var signer = trust.Issue(trust.International, other.Uscc, SignatureAlgorithm.Es256, online: true);
        await ProveAsync(second, otherId, signer);
        var row = $"\"Kind\" = 'enterprise-certificate' AND LOWER(CAST(\"SubjectId\" AS TEXT)) = '{id}'";
        var former = await identity.ReadAsync($"SELECT \"{column}\" FROM \"Evidence\" WHERE {row}");
        await identity.ExecuteAsync($"UPDATE \"Evidence\" SET \"{column}\" = 'edited' WHERE {row}");
        trust.RevokeOnline(signer.Certificate);
        try
        {
            await NextNightAsync();
        }
        finally
        {
            // Others look at the same database after us.
            await identity.ExecuteAsync($"UPDATE \"Evidence\" SET \"{column}\" = '{former}' WHERE {row}");
        }

        Assert.DoesNotContain("中级", await second.ReadAsync("/account/organisations"), StringComparison.Ordinal);
        Assert.Equal(1, await identity.RowsAsync("\"SourceCursors\" WHERE \"Authority\" = 'certificates' AND \"ReachedEndAt\" IS NOT NULL AND \"HeldBy\" IS NULL AND \"Place\" IS NULL"));
        first.Dispose();
        second.Dispose();
    }

    [Fact]
    public async Task Only_one_node_walks_and_a_dead_ones_walk_is_taken_over_where_it_stopped()
    {
        var (representative, organisation, id) = await RegisteredAsync();
        await using var trust = await TrustAsync(organisation.Uscc);
        var signer = trust.Issue(trust.International, organisation.Uscc, SignatureAlgorithm.Es256, online: true);
        await ProveAsync(representative, id, signer);
        await RecheckAsync();
        trust.RevokeOnline(signer.Certificate);

        // Another node is at it, and past this organisation.
        var key = identity is SqliteIdentity ? id.ToString().ToUpperInvariant() : id.ToString();
        await identity.ExecuteAsync($"UPDATE \"SourceCursors\" SET \"ReachedEndAt\" = NULL, \"Place\" = '{key}', \"HeldBy\" = '{key}', \"HeldUntil\" = '2200-01-01 00:00:00' WHERE \"Authority\" = 'certificates'");
        await RecheckAsync();
        Assert.Equal(1, await identity.RowsAsync("\"SourceCursors\" WHERE \"Authority\" = 'certificates' AND \"ReachedEndAt\" IS NULL"));

        // It died: what is behind the mark is not walked again, the rest is.
        var moment = identity.Time.GetUtcNow().AddSeconds(-2).UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture);
        await identity.ExecuteAsync($"UPDATE \"SourceCursors\" SET \"HeldUntil\" = '{moment}' WHERE \"Authority\" = 'certificates'");
        await RecheckAsync();
        Assert.Equal(1, await identity.RowsAsync("\"SourceCursors\" WHERE \"Authority\" = 'certificates' AND \"ReachedEndAt\" IS NOT NULL AND \"HeldBy\" IS NULL"));
        Assert.Contains("中级", await representative.ReadAsync("/account/organisations"), StringComparison.Ordinal);
        await NextNightAsync();
        Assert.DoesNotContain("中级", await representative.ReadAsync("/account/organisations"), StringComparison.Ordinal);
        representative.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_the_register_reports_while_it_is_asked_outweighs_its_answer(bool late)
    {
        var organisation = await identity.Sandbox.NextOrganisationAsync();
        using var representative = await Applicant.RegisteredAsync(identity, organisation.LegalRepresentative);
        using var successor = await Applicant.NewAsync(identity);
        var before = await identity.CountAsync("Organisations");
        if (late)
        {
            // A change with a higher place was reported before: what comes now comes late, and is news all the same.
            await AuthorityEvents.HappenAsync(
                identity, "market", change => new { id = change, number = 1000, kind = "representative-changed", uscc = organisation.Uscc, representativeIdNumber = representative.Person.IdNumber });
        }

        await identity.Sandbox.FailAsync("/market/v1/checks", "delay=2s", 1);
        var registering = RegisterAsync(representative, organisation.Uscc, organisation.Name);
        for (var number = 1; !registering.IsCompleted; number++)
        {
            var place = number;
            await AuthorityEvents.HappenAsync(identity, "market", change => new { id = change, number = place, kind = "representative-changed", uscc = organisation.Uscc, representativeIdNumber = successor.Person.IdNumber });
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }

        var answer = await registering;
        await identity.Sandbox.RecoverAsync();
        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.Contains(organisation.Name, await Applicant.TextAsync(answer), StringComparison.Ordinal);
        Assert.Equal(before, await identity.CountAsync("Organisations"));
    }

    [Fact]
    public async Task What_is_reported_of_the_representative_while_the_registers_are_asked_outweighs_their_answers()
    {
        var organisation = await identity.Sandbox.NextOrganisationAsync();
        using var representative = await Applicant.RegisteredAsync(identity, organisation.LegalRepresentative);
        await identity.Sandbox.FailAsync("/market/v1/checks", "delay=2s", 1);
        var registering = RegisterAsync(representative, organisation.Uscc, organisation.Name);
        for (var number = 1; !registering.IsCompleted; number++)
        {
            // Each one is news, even where it changes nothing.
            var place = number;
            Assert.Equal("unchanged", await AuthorityEvents.HappenAsync(
                identity, "population", change => new { id = change, number = place, kind = "name-changed", idNumber = representative.Person.IdNumber, name = representative.Person.Name }));
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }

        var answer = await registering;
        await identity.Sandbox.RecoverAsync();
        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.Equal(0, await identity.RowsAsync($"\"Organisations\" WHERE \"Uscc\" = '{organisation.Uscc}'"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_new_name_at_the_register_is_heard_of_by_push_and_by_the_feed(bool push)
    {
        var (former, organisation, id) = await RegisteredAsync();
        former.Dispose();
        var name = organisation.Name + "（更名）";
        await RenameAsync(organisation, name, push);
        if (!push)
        {
            identity.Time.Advance(TimeSpan.FromHours(24));
            await using var scope = identity.Services.CreateAsyncScope();
            await scope.ServiceProvider.GetRequiredService<Reconciliation>().RunDueAsync(TestContext.Current.CancellationToken);
        }

        using var representative = new Applicant(identity, former.Person);
        await representative.Browser.SignInAsync(representative.Person.IdNumber, Applicant.Password);
        await UntilAsync(async () => (await representative.ReadAsync("/account/organisations")).Contains(name, StringComparison.Ordinal));
        Assert.Contains("初级", await representative.ReadAsync("/account/organisations"), StringComparison.Ordinal);
        Assert.Equal(1, await identity.RowsAsync(
            $"\"Evidence\" WHERE \"Kind\" = 'market-registry-match' AND \"Method\" = 'change-notice' AND \"Supersedes\" IS NOT NULL AND \"ReceiptCipher\" IS NOT NULL AND LOWER(CAST(\"SubjectId\" AS TEXT)) = '{id}'"));
        Assert.Equal(1, await identity.RowsAsync($"\"AuditRecords\" WHERE \"Action\" = 'organisation.nameChanged' AND \"ActorId\" = 'market' AND \"SubjectId\" = '{id}'"));

        // On the page with both names; in the message no more than he recognises.
        Assert.Contains($"您所代表组织“{name}”的名称（原名称“{organisation.Name}”）", await representative.ReadAsync("/account/notices"), StringComparison.Ordinal);
        await UntilAsync(async () => (await identity.Sandbox.MessagesAsync(former.Person.Phone)).Exists(m => m.Purpose == "source-notice"));
        var message = (await identity.Sandbox.MessagesAsync(former.Person.Phone)).Single(m => m.Purpose == "source-notice").Text;
        Assert.Contains($"组织“{organisation.Name[..4]}***”", message, StringComparison.Ordinal);
        Assert.DoesNotContain(organisation.Name, message, StringComparison.Ordinal);

        // What is said and asked from now on bears the new name: the tax authority would not know the old one.
        var party = new RelyingParty(identity);
        using var browser = identity.NewBrowser();
        var tokens = await party.RedeemAsync(RelyingParty.Code(await browser.AuthorizeAsync(party.AuthorizeUrl(), former.Person.IdNumber, forOrganisation: true, password: Applicant.Password)));
        Assert.Equal(name, Answer.Claims(tokens.AccessToken).GetProperty("act_for").GetProperty("organisation").GetProperty("name").GetString());
        var page = $"/account/organisations/tax-account?Organisation={id}&ReturnUrl=/account/organisations";
        Assert.Equal("/account/organisations", (await representative.FillAsync(page, ("Account", organisation.TaxAccount))).Headers.Location?.OriginalString);
        Assert.Contains("中级", await representative.ReadAsync("/account/organisations"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_its_own_register_renames_an_organisation_with_a_name_that_can_be()
    {
        var (representative, organisation, _) = await RegisteredAsync();
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
        var (representative, organisation, id) = await RegisteredAsync();
        var name = organisation.Name + "（新）";
        await RenameAsync(organisation, name, push: false);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await RegisterAsync(representative, organisation.Uscc, organisation.Name)).StatusCode);
        Assert.Equal(HttpStatusCode.Found, (await RegisterAsync(representative, organisation.Uscc, name)).StatusCode);
        Assert.Contains(name, await representative.ReadAsync("/account/organisations"), StringComparison.Ordinal);
        Assert.Equal(1, await identity.RowsAsync($"\"Organisations\" WHERE \"Uscc\" = '{organisation.Uscc}' AND \"Name\" = '{name}'"));
        Assert.Equal(2, await identity.RowsAsync($"\"Evidence\" WHERE \"Kind\" = 'organisation-code-match' AND LOWER(CAST(\"SubjectId\" AS TEXT)) = '{id}'"));
        representative.Dispose();
    }

    [Fact]
    public async Task Who_represents_several_organisations_is_told_which_one_he_lost()
    {
        var (representative, organisation, _) = await RegisteredAsync();
        using var successor = await Applicant.RegisteredAsync(identity);
        var key = await identity.KeyOfAsync(representative.Person.IdNumber);

        // Without a phone nothing but the page tells.
        await identity.ExecuteAsync($"UPDATE \"Persons\" SET \"PhoneIndex\" = 'none:{key}' WHERE \"Id\" = '{key}'");
        Assert.Equal("succeeded", await AuthorityEvents.HappenAsync(
            identity, "market", change => new { id = change, number = 1, kind = "representative-changed", uscc = organisation.Uscc, representativeIdNumber = successor.Person.IdNumber }));
        Assert.Contains($"您所代表组织“{organisation.Name}”的法定代表人", await representative.ReadAsync("/account/notices"), StringComparison.Ordinal);
        Assert.Contains($"登记为组织“{organisation.Name}”的法定代表人", await successor.ReadAsync("/account/notices"), StringComparison.Ordinal);
        Assert.Equal("ended", await AuthorityEvents.HappenAsync(identity, "market", change => new { id = change, number = 2, kind = "dissolved", uscc = organisation.Uscc }));
        Assert.Contains($"组织“{organisation.Name}”已在登记机关注销", await successor.ReadAsync("/account/notices"), StringComparison.Ordinal);
        representative.Dispose();
    }

    [Fact]
    public async Task Of_many_forms_for_one_new_organisation_one_registers_it_and_none_fails()
    {
        var organisation = await identity.Sandbox.NextOrganisationAsync();
        using var representative = await Applicant.RegisteredAsync(identity, organisation.LegalRepresentative);
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => RegisterAsync(representative, organisation.Uscc, organisation.Name)));
        Assert.All(answers, a => Assert.True(a.StatusCode is HttpStatusCode.Found or HttpStatusCode.Conflict, $"{a.StatusCode}"));
        Assert.Contains(answers, a => a.StatusCode == HttpStatusCode.Found);
        Assert.Equal(1, await identity.RowsAsync($"\"Organisations\" WHERE \"Uscc\" = '{organisation.Uscc}'"));
    }

    /// <summary>Lets the register give it a new name.</summary>
    private async Task RenameAsync(SyntheticOrganisation organisation, string name, bool push) =>
        (await identity.Sandbox.Http.PostAsJsonAsync("/changes/v1/samples", new { kind = "name-changed", uscc = organisation.Uscc, name, push })).EnsureSuccessStatusCode();

    /// <summary>Waits for what another process does by itself, at most a minute.</summary>
    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!await condition())
        {
            await Task.Delay(100, limit.Token);
        }
    }

    private static async Task ProveAsync(Applicant representative, Guid organisation, (SoftwareSigner Key, X509Certificate Certificate) signer)
    {
        var (address, text) = await ChallengeAsync(representative, organisation);
        Assert.Equal(HttpStatusCode.Found, (await UploadAsync(representative, address, Sign(signer, text))).StatusCode);
        Assert.Contains("中级", await representative.ReadAsync("/account/organisations"), StringComparison.Ordinal);
    }

    /// <summary>As the next night would, with the trust lists of then.</summary>
    private async Task NextNightAsync()
    {
        ((MemoryCache)identity.Services.GetRequiredService<IMemoryCache>()).Clear();
        await identity.ExecuteAsync("UPDATE \"SourceCursors\" SET \"ReachedEndAt\" = NULL WHERE \"Authority\" = 'certificates'");
        await RecheckAsync();
    }

    /// <summary>Each stand has CAs of its own; the server keeps a bundle for some minutes.</summary>
    private async Task<TrustStand> TrustAsync(string uscc)
    {
        ((MemoryCache)identity.Services.GetRequiredService<IMemoryCache>()).Clear();
        return await TrustStand.StartAsync(identity.TrustAddress, uscc);
    }

    /// <summary>The server looks by itself too: whichever comes first, the mark lets one of the two work.</summary>
    private async Task RecheckAsync()
    {
        await using var scope = identity.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<CertificateRechecks>().RunDueAsync(TestContext.Current.CancellationToken);
    }

    private static byte[] Sign((SoftwareSigner Key, X509Certificate Certificate) signer, string text) => CmsSignatures.CreateDetached(
        signer.Key, [signer.Certificate], signer.Key.Algorithm.ContentHash().Hash(Encoding.UTF8.GetBytes(text)));

    /// <summary>The command that the page shows.</summary>
    private static byte[] OpenSsl((SoftwareSigner Key, X509Certificate Certificate) signer, X509Certificate issuing, string text)
    {
        var directory = Directory.CreateTempSubdirectory("yinxin-openssl-");
        File.WriteAllText(Path.Combine(directory.FullName, "challenge.txt"), text);
        File.WriteAllText(Path.Combine(directory.FullName, "company.pem"), Pem("CERTIFICATE", signer.Certificate.GetEncoded()));
        File.WriteAllText(Path.Combine(directory.FullName, "chain.pem"), Pem("CERTIFICATE", issuing.GetEncoded()));
        File.WriteAllText(Path.Combine(directory.FullName, "company.key"), Pem("PRIVATE KEY", signer.Key.ExportPkcs8()));
        using var process = Process.Start(new ProcessStartInfo(
            "openssl", "cms -sign -binary -cades -in challenge.txt -signer company.pem -inkey company.key -certfile chain.pem -outform DER -out challenge.p7s")
        { WorkingDirectory = directory.FullName })!;
        Assert.True(process.WaitForExit(TimeSpan.FromSeconds(30)) && process.ExitCode == 0);
        var signature = File.ReadAllBytes(Path.Combine(directory.FullName, "challenge.p7s"));
        directory.Delete(recursive: true);
        return signature;

        static string Pem(string label, byte[] der) => $"-----BEGIN {label}-----\n{Convert.ToBase64String(der, Base64FormattingOptions.InsertLineBreaks)}\n-----END {label}-----\n";
    }

    /// <returns>The page with the challenge, and the challenge as the file holds it.</returns>
    private static async Task<(string Address, string Text)> ChallengeAsync(Applicant representative, Guid organisation)
    {
        var page = $"/account/organisations/certificate?Organisation={organisation}&ReturnUrl=/account/organisations";
        var html = await (await representative.Browser.GetAsync(page)).Content.ReadAsStringAsync();
        var begun = await representative.Browser.SubmitAsync("/account/organisations/certificate?handler=Begin", html);
        var address = begun.Headers.Location?.OriginalString ?? throw new InvalidOperationException(await Applicant.TextAsync(begun));
        var file = FileLink().Match(await representative.ReadAsync(address)).Groups["link"].Value;
        return (address, await (await representative.Browser.GetAsync(file)).Content.ReadAsStringAsync());
    }

    private static Task<HttpResponseMessage> UploadAsync(Applicant representative, string address, byte[] signature) =>
        representative.FillAsync(address, ("Signature", Convert.ToBase64String(signature)));

    /// <summary>The form as it was shown before the challenge was spent.</summary>
    private static async Task<HttpResponseMessage> PostAsync(Applicant who, string address, byte[] signature, Guid organisation)
    {
        var page = await (await who.Browser.GetAsync($"/account/organisations/certificate?Organisation={organisation}")).Content.ReadAsStringAsync();
        return await who.Browser.SubmitAsync(
            "/account/organisations/certificate", page, ("ChallengeId", ChallengeId().Match(address).Groups["id"].Value), ("Signature", Convert.ToBase64String(signature)));
    }

    private async Task<(Applicant Representative, SyntheticOrganisation Organisation, Guid Id)> RegisteredAsync()
    {
        var organisation = await identity.Sandbox.NextOrganisationAsync();
        var representative = await Applicant.RegisteredAsync(identity, organisation.LegalRepresentative);
        Assert.Equal(HttpStatusCode.Found, (await RegisterAsync(representative, organisation.Uscc, organisation.Name)).StatusCode);
        var id = StepUpLink().Match(await representative.ReadAsync("/account/organisations")).Groups["id"].Value;
        return (representative, organisation, Guid.Parse(id));
    }

    private Task ExpireAsync(Guid organisation, string kind) => identity.ExecuteAsync(
        $"UPDATE \"Evidence\" SET \"ValidUntil\" = '2026-01-01 00:00:00' WHERE \"Kind\" = '{kind}' AND LOWER(CAST(\"SubjectId\" AS TEXT)) = '{organisation}'");

    private static Task<HttpResponseMessage> RegisterAsync(Applicant applicant, string uscc, string name, string number = "") =>
        applicant.FillAsync("/account/organisations/new", ("Uscc", uscc), ("Name", name), ("RegistrationNumber", number));

    [GeneratedRegex("href=\"(?<link>/account/organisations/certificate\\?handler=File[^\"]+)\"", RegexOptions.None, 1000)]
    private static partial Regex FileLink();

    [GeneratedRegex("ChallengeId=(?<id>[0-9a-f]{32})", RegexOptions.None, 1000)]
    private static partial Regex ChallengeId();

    [GeneratedRegex("step-up\\?Organisation=(?<id>[0-9a-f-]{36})", RegexOptions.None, 1000)]
    private static partial Regex StepUpLink();
}

[Collection(OnSqlite.Name)]
public sealed class OrganisationsOnSqlite(SqliteIdentity identity) : OrganisationSuite(identity);

[Collection(OnPostgres.Name)]
public sealed class OrganisationsOnPostgres(PostgresIdentity identity) : OrganisationSuite(identity);
