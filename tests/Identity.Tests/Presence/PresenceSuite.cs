using System.Net;
using System.Text.Json;
using Xunit;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Hosting;
using Yinxin.Identity.Tests.Mandates;

namespace Yinxin.Identity.Tests.Presence;

/// <summary>Level advanced: proven for one transaction, in minutes, used once, never a property of an account or a session.</summary>
public abstract class PresenceSuite(IdentityFixture identity)
{
    [Fact]
    public async Task A_person_confirms_one_transaction_and_its_api_takes_the_proof_once()
    {
        using var person = await Applicant.RegisteredAsync(identity);
        var party = new RelyingParty(identity);
        var ceremony = new Ceremony(identity, person, party);
        var page = await ceremony.PageAsync(Ceremony.Detail("transfer:1", Ceremony.Digest));
        var shown = await person.ReadAsync(page);
        Assert.Contains("提交房屋转移登记申请", shown, StringComparison.Ordinal);
        Assert.Contains(person.Person.Name, shown, StringComparison.Ordinal);
        Assert.Contains("敏感个人信息", shown, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await person.FillAsync(page)).StatusCode);

        var tokens = await party.RedeemAsync(await ceremony.CodeAsync(await ceremony.ShowAsync(page)));
        Assert.Equal("transfer:1", tokens.Body.GetProperty("authorization_details")[0].GetProperty("transaction").GetString());
        foreach (var claims in (JsonElement[])[Answer.Claims(tokens.AccessToken), Answer.Claims(tokens.IdToken)])
        {
            Assert.Equal(Ceremony.Advanced, claims.GetProperty("acr").GetString());
            Assert.Equal("urn:yinxin:assurance:primary", claims.GetProperty("session_acr").GetString());
            Assert.Contains("face", claims.GetProperty("amr").EnumerateArray().Select(m => m.GetString()));
            var detail = Assert.Single(claims.GetProperty("authorization_details").EnumerateArray());
            Assert.Equal("urn:yinxin:presence", detail.GetProperty("type").GetString());
            Assert.Equal(Ceremony.Digest, detail.GetProperty("digest").GetString());
            Assert.True(claims.GetProperty("exp").GetInt64() <= detail.GetProperty("expires_at").GetInt64() + 2);
        }

        await using var api = await SampleApi.StartAsync(identity);
        Assert.Equal(HttpStatusCode.Unauthorized, (await api.PostAsync("/transfers/2", tokens.AccessToken, digest: Ceremony.Digest)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await api.PostAsync("/transfers/1", tokens.AccessToken)).Status);
        Assert.Equal(HttpStatusCode.OK, (await api.PostAsync("/transfers/1", tokens.AccessToken, "first", Ceremony.Digest)).Status);

        // A lost answer may be asked for again and is the same one; another use may not.
        Assert.Equal(HttpStatusCode.OK, (await api.PostAsync("/transfers/1", tokens.AccessToken, "first", Ceremony.Digest)).Status);
        Assert.Equal(1, api.Transfers);
        var replay = await api.PostAsync("/transfers/1", tokens.AccessToken, "second", Ceremony.Digest);
        Assert.Equal(HttpStatusCode.Unauthorized, replay.Status);
        Assert.Equal("presence.required", replay["code"]);
        Assert.Equal("presence.spent", replay["reason"]);
        Assert.Contains("insufficient_user_authentication", replay.Response.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        Assert.Contains(Ceremony.Advanced, replay.Response.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        Assert.Equal("transfer:1", replay.Body.GetProperty("authorization_details")[0].GetProperty("transaction").GetString());
    }

    [Fact]
    public async Task A_pushed_request_leads_through_the_same_ceremony()
    {
        using var person = await Applicant.RegisteredAsync(identity);
        var party = new RelyingParty(identity, "confidential");
        var request = party.Request(("scope", Ceremony.Scope), ("authorization_details", Ceremony.Detail("transfer:15", Ceremony.Digest)));
        var pushed = await party.PostAsync("/connect/par", [.. request.Select(p => (p.Key, (string?)p.Value))]);
        var ceremony = new Ceremony(identity, person, party);
        var first = await person.Browser.GetAsync($"/connect/authorize?client_id=confidential&request_uri={Uri.EscapeDataString(pushed["request_uri"]!)}");
        var code = await ceremony.CodeAsync(await ceremony.ShowAsync(first.Headers.Location!.OriginalString));
        var tokens = await party.RedeemAsync(code);
        Assert.Equal(Ceremony.Digest, Answer.Claims(tokens.AccessToken).GetProperty("authorization_details")[0].GetProperty("digest").GetString());
        var seen = await party.PostAsync("/connect/introspect", ("token", tokens.AccessToken));
        Assert.Equal("transfer:15", seen.Body.GetProperty("authorization_details")[0].GetProperty("transaction").GetString());
    }

    [Fact]
    public async Task A_representative_and_an_agent_confirm_for_the_organisation_in_person()
    {
        using var company = await Company.NewAsync(identity);
        using var agent = await Applicant.RegisteredAsync(identity);
        var mandate = await company.EmpowerAsync(agent);
        foreach (var (who, choice, relation) in ((Applicant, string, string)[])[(company.Representative, company.Id.ToString(), "legal_representative"), (agent, $"mandate-{mandate}", "agent")])
        {
            var party = new RelyingParty(identity);
            await who.FillAsync("/account/acting", ("Organisation", choice));
            var ceremony = new Ceremony(identity, who, party);
            var page = await ceremony.PageAsync(Ceremony.Detail("transfer:16"));
            Assert.Contains(company.Organisation.Name, await who.ReadAsync(page), StringComparison.Ordinal);
            var back = await ceremony.ShowAsync(page);

            // What was agreed to for the organisation does not become something for oneself.
            await who.FillAsync("/account/acting", ("Organisation", ""));
            Assert.Equal(HttpStatusCode.UnprocessableEntity, (await who.Browser.GetAsync(back)).StatusCode);
            await who.FillAsync("/account/acting", ("Organisation", choice));
            var claims = Answer.Claims((await party.RedeemAsync(await ceremony.CodeAsync(await ceremony.ShowAsync(page)))).AccessToken);
            Assert.Equal(Ceremony.Advanced, claims.GetProperty("acr").GetString());
            Assert.Equal("urn:yinxin:assurance:primary", claims.GetProperty("session_acr").GetString());
            Assert.Equal(relation, claims.GetProperty("act_for").GetProperty("relation").GetString());
        }
    }

    [Fact]
    public async Task Evidence_audit_and_a_notice_tell_of_it_and_the_answer_is_kept_encrypted()
    {
        using var person = await Applicant.RegisteredAsync(identity);
        await new Ceremony(identity, person, new RelyingParty(identity)).ConfirmAsync(Ceremony.Detail("transfer:17"));
        var mine = $"\"SubjectId\" {Ceremony.Is(person)} AND \"Kind\" = 'transaction-proof'";
        Assert.Equal(1, await identity.RowsAsync($"\"Evidence\" WHERE {mine} AND \"Result\" = 'Agreed' AND \"Transaction\" = 'public:transfer:17' AND \"ValidUntil\" IS NOT NULL AND \"Digest\" IS NOT NULL"));
        Assert.DoesNotContain("ey", (await identity.ReadAsync($"SELECT \"ReceiptCipher\" FROM \"Evidence\" WHERE {mine}"))[..2], StringComparison.Ordinal);
        Assert.Contains("您已本人在场确认：提交房屋转移登记申请", await person.ReadAsync("/account/notices"), StringComparison.Ordinal);
        Assert.Contains("You confirmed in person: Submit the transfer of a home", await person.ReadAsync("/account/notices?lang=en"), StringComparison.Ordinal);
        await identity.WaitForWordsAsync(person.Person.Phone, "完成了一次本人在场确认");
    }
}

[Collection(OnSqlite.Name)]
public sealed class PresenceOnSqlite(SqliteIdentity identity) : PresenceSuite(identity);

[Collection(OnPostgres.Name)]
public sealed class PresenceOnPostgres(PostgresIdentity identity) : PresenceSuite(identity);
