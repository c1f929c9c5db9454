using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Web;
using Xunit;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Hosting;
using Yinxin.Identity.Tests.Mandates;
using Yinxin.Identity.Tests.Sources;
using Yinxin.Identity.Tests.StepUp;

namespace Yinxin.Identity.Tests.Presence;

/// <summary>Level advanced: proven for one transaction, in minutes, used once, never a property of an account or a session.</summary>
public abstract class PresenceSuite(IdentityFixture identity)
{
    private const string Digest = "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU";

    [Fact]
    public async Task A_person_confirms_one_transaction_and_its_api_takes_the_proof_once()
    {
        using var person = await Applicant.RegisteredAsync(identity);
        var party = new RelyingParty(identity);
        var ceremony = new Ceremony(identity, person, party);
        var page = await ceremony.PageAsync(Ceremony.Detail("transfer:1", Digest));
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
            Assert.Equal(Digest, detail.GetProperty("digest").GetString());
            Assert.True(claims.GetProperty("exp").GetInt64() <= detail.GetProperty("expires_at").GetInt64() + 2);
        }

        await using var api = await SampleApi.StartAsync(identity);
        Assert.Equal(HttpStatusCode.Unauthorized, (await api.PostAsync("/transfers/2", tokens.AccessToken, digest: Digest)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await api.PostAsync("/transfers/1", tokens.AccessToken)).Status);
        Assert.Equal(HttpStatusCode.OK, (await api.PostAsync("/transfers/1", tokens.AccessToken, "first", Digest)).Status);

        // A lost answer may be asked for again and is the same one; another use may not.
        Assert.Equal(HttpStatusCode.OK, (await api.PostAsync("/transfers/1", tokens.AccessToken, "first", Digest)).Status);
        Assert.Equal(1, api.Transfers);
        var replay = await api.PostAsync("/transfers/1", tokens.AccessToken, "second", Digest);
        Assert.Equal(HttpStatusCode.Unauthorized, replay.Status);
        Assert.Equal("presence.required", replay["code"]);
        Assert.Equal("presence.spent", replay["reason"]);
        Assert.Contains("insufficient_user_authentication", replay.Response.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        Assert.Contains(Ceremony.Advanced, replay.Response.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        Assert.Equal("transfer:1", replay.Body.GetProperty("authorization_details")[0].GetProperty("transaction").GetString());
    }

    [Fact]
    public async Task What_the_camera_service_takes_back_confirms_nothing_any_more()
    {
        await using var api = await SampleApi.StartAsync(identity);
        using var person = await Applicant.RegisteredAsync(identity);
        var party = new RelyingParty(identity);
        var tokens = await new Ceremony(identity, person, party).ConfirmAsync(Ceremony.Detail("transfer:18"));
        Assert.Equal(HttpStatusCode.OK, await api.StatusAsync(tokens.AccessToken));
        Assert.Equal("withdrawn", await AuthorityEvents.WithdrawAsync(identity, "real-person", await AuthorityEvents.ReceiptAsync(identity, person.Person.IdNumber, "transaction-proof")));
        Assert.Equal(HttpStatusCode.Unauthorized, (await api.PostAsync("/transfers/18", tokens.AccessToken)).Status);
        Assert.Equal(0, await identity.RowsAsync($"\"PresenceProofs\" WHERE \"SpentAt\" IS NOT NULL AND \"AccountId\" = '{await identity.KeyOfAsync(person.Person.IdNumber)}'"));

        // Nor does any API that asks nobody go on reading «advanced» in the token.
        Assert.True(await api.UntilRefusedAsync(tokens.AccessToken) < TimeSpan.FromSeconds(10));
        Assert.Equal(HttpStatusCode.OK, await api.StatusAsync((await party.RefreshAsync(tokens.RefreshToken)).AccessToken));
    }

    [Fact]
    public async Task A_face_that_is_held_against_nobody_any_more_makes_no_token_advanced()
    {
        using var person = await Applicant.RegisteredAsync(identity);
        var party = new RelyingParty(identity);
        var ceremony = new Ceremony(identity, person, party);
        var code = await ceremony.CodeAsync(await ceremony.ShowAsync(await ceremony.PageAsync(Ceremony.Detail("transfer:19"))));
        Assert.Equal("withdrawn", await AuthorityEvents.WithdrawAsync(identity, "population", await AuthorityEvents.ReceiptAsync(identity, person.Person.IdNumber, "population-match")));
        var tokens = await party.RedeemAsync(code);
        Assert.Null(tokens["authorization_details"]);
        foreach (var claims in (JsonElement[])[Answer.Claims(tokens.AccessToken), Answer.Claims(tokens.IdToken)])
        {
            Assert.Equal("urn:yinxin:assurance:none", claims.GetProperty("acr").GetString());
            Assert.False(claims.TryGetProperty("authorization_details", out _));
        }
    }

    [Fact]
    public async Task Neither_a_refresh_nor_the_account_nor_another_request_keeps_it()
    {
        using var person = await Applicant.RegisteredAsync(identity);
        var party = new RelyingParty(identity);
        var ceremony = new Ceremony(identity, person, party);
        var tokens = await ceremony.ConfirmAsync(Ceremony.Detail("transfer:3"));
        var renewed = await party.RefreshAsync(tokens.RefreshToken);
        var claims = Answer.Claims(renewed.AccessToken);
        Assert.Equal("urn:yinxin:assurance:primary", claims.GetProperty("acr").GetString());
        Assert.False(claims.TryGetProperty("authorization_details", out _));
        Assert.False(claims.TryGetProperty("session_acr", out _));
        Assert.DoesNotContain("face", claims.GetProperty("amr").EnumerateArray().Select(m => m.GetString()));
        Assert.False(renewed.Body.TryGetProperty("authorization_details", out _));
        Assert.Contains("初级", await person.ReadAsync("/account"), StringComparison.Ordinal);

        // The next request, also about the same transaction, asks anew; one without details gets the session's level.
        await ceremony.PageAsync(Ceremony.Detail("transfer:3"));
        var plain = await person.Browser.GetAsync(party.AuthorizeUrl(("scope", Ceremony.Scope)));
        Assert.Equal("urn:yinxin:assurance:primary", Answer.Claims((await party.RedeemAsync(RelyingParty.Code(plain.Headers.Location!))).AccessToken).GetProperty("acr").GetString());
    }

    [Theory]
    [InlineData("transaction", "transfer:other", "presence.differs")]
    [InlineData("digest", null, "presence.differs")]
    [InlineData("subject", "00000000-0000-0000-0000-000000000001", "presence.differs")]
    [InlineData("client", "confidential", "presence.differs")]
    [InlineData("session", "00000000-0000-0000-0000-000000000001", "presence.differs")]
    [InlineData("proof", "00000000-0000-0000-0000-000000000001", "presence.unknown")]
    [InlineData("operation", "", "presence.incomplete")]
    public async Task A_proof_out_of_its_place_is_refused_and_stays_unspent(string member, string? value, string code)
    {
        using var person = await Applicant.RegisteredAsync(identity);
        var tokens = await new Ceremony(identity, person, new RelyingParty(identity)).ConfirmAsync(Ceremony.Detail("transfer:4", Digest));
        var body = Spending(tokens, "transfer:4", Digest);
        body[member] = value;
        var refused = await SpendAsync(body);
        Assert.Equal(code, refused["code"]);
        if (code == "presence.differs")
        {
            Assert.Equal(member, refused["member"]);
        }

        Assert.Equal(HttpStatusCode.OK, (await SpendAsync(Spending(tokens, "transfer:4", Digest))).Status);
    }

    [Fact]
    public async Task An_operation_that_no_database_keeps_is_refused_and_spends_nothing()
    {
        using var person = await Applicant.RegisteredAsync(identity);
        var tokens = await new Ceremony(identity, person, new RelyingParty(identity)).ConfirmAsync(Ceremony.Detail("transfer:28"));
        var body = Spending(tokens, "transfer:28", null);
        foreach (var member in (string[])["operation", "transaction", "subject"])
        {
            var refused = await SpendAsync(new Dictionary<string, string?>(body, StringComparer.Ordinal) { [member] = "a\0b" });
            Assert.Equal((HttpStatusCode.UnprocessableEntity, "presence.incomplete"), (refused.Status, refused["code"]));
        }

        Assert.Equal(HttpStatusCode.OK, (await SpendAsync(body)).Status);
    }

    [Fact]
    public async Task Of_ten_at_once_one_spends_it()
    {
        using var person = await Applicant.RegisteredAsync(identity);
        var tokens = await new Ceremony(identity, person, new RelyingParty(identity)).ConfirmAsync(Ceremony.Detail("transfer:5"));
        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(n =>
        {
            var body = Spending(tokens, "transfer:5", null);
            body["operation"] = $"operation-{n}";
            return SpendAsync(body);
        }));
        Assert.Single(answers, a => a.Status == HttpStatusCode.OK);
        Assert.Equal(9, answers.Count(a => a["code"] == "presence.spent"));
    }

    [Fact]
    public async Task It_is_over_after_minutes_and_with_the_sign_in()
    {
        using var person = await Applicant.RegisteredAsync(identity);
        var party = new RelyingParty(identity);
        var ceremony = new Ceremony(identity, person, party);
        var late = await ceremony.ConfirmAsync(Ceremony.Detail("transfer:6"));
        identity.Time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal("presence.expired", (await SpendAsync(Spending(late, "transfer:6", null)))["code"]);

        // Proven, then no code fetched until it was over: asked again.
        var page = await ceremony.PageAsync(Ceremony.Detail("transfer:6b"));
        var onwards = (await person.Browser.GetAsync(await ceremony.ShowAsync(page))).Headers.Location!.OriginalString;
        identity.Time.Advance(TimeSpan.FromMinutes(6));
        Assert.StartsWith("/presence?", (await person.Browser.GetAsync(onwards)).Headers.Location!.OriginalString, StringComparison.Ordinal);

        // A code fetched in time and redeemed in time, with a sign-out in between.
        var ended = await ceremony.ConfirmAsync(Ceremony.Detail("transfer:7"));
        await person.FillAsync("/sign-out", ("everywhere", "true"));
        Assert.Equal("presence.ended", (await SpendAsync(Spending(ended, "transfer:7", null)))["code"]);
    }

    [Fact]
    public async Task A_proof_that_nothing_rests_on_gives_way_to_the_next_one_of_its_request()
    {
        using var person = await Applicant.RegisteredAsync(identity);
        using var elsewhere = new Applicant(identity, person.Person);
        await elsewhere.Browser.SignInAsync(person.Person.IdNumber, Applicant.Password);
        var party = new RelyingParty(identity);
        var ceremony = new Ceremony(identity, person, party);

        // The person read on until it had run out.
        var first = (await person.Browser.GetAsync(await ceremony.ShowAsync(await ceremony.PageAsync(Ceremony.Detail("transfer:24"))))).Headers.Location!.OriginalString;
        identity.Time.Advance(TimeSpan.FromMinutes(6));
        var asked = (await person.Browser.GetAsync(first)).Headers.Location!.OriginalString;
        Assert.StartsWith("/presence?", asked, StringComparison.Ordinal);
        Assert.Equal(Ceremony.Advanced, (await party.RedeemAsync(await ceremony.CodeAsync(await ceremony.ShowAsync(asked)))).Acr());

        // It was shown in another session.
        var second = (await person.Browser.GetAsync(await ceremony.ShowAsync(await ceremony.PageAsync(Ceremony.Detail("transfer:25"))))).Headers.Location!.OriginalString;
        var there = new Ceremony(identity, elsewhere, party);
        asked = (await elsewhere.Browser.GetAsync(second)).Headers.Location!.OriginalString;
        Assert.Equal(Ceremony.Advanced, (await party.RedeemAsync(await there.CodeAsync(await there.ShowAsync(asked)))).Acr());
        Assert.Equal(2, await identity.RowsAsync($"\"PresenceProofs\" WHERE \"Transaction\" IN ('transfer:24', 'transfer:25') AND \"AccountId\" {Is(person)}"));
    }

    [Theory]
    [InlineData("code")]
    [InlineData("tokens")]
    public async Task A_proof_for_which_a_code_was_given_keeps_its_place(string given)
    {
        using var person = await Applicant.RegisteredAsync(identity);
        var party = new RelyingParty(identity);
        var ceremony = new Ceremony(identity, person, party);
        var page = await ceremony.PageAsync(Ceremony.Detail("transfer:26"));
        var code = await ceremony.CodeAsync(await ceremony.ShowAsync(page));
        if (given == "tokens")
        {
            await party.RedeemAsync(code);
        }

        var row = $"SELECT \"Id\" FROM \"PresenceProofs\" WHERE \"Transaction\" = 'transfer:26' AND \"AccountId\" {Is(person)}";
        var proof = await identity.ReadAsync(row);
        identity.Time.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await person.Browser.GetAsync(await ceremony.ShowAsync(page))).StatusCode);
        Assert.Equal(proof, await identity.ReadAsync(row));
    }

    [Fact]
    public async Task What_a_register_reported_since_the_ceremony_was_begun_proves_nothing_and_is_no_try()
    {
        using var person = await Applicant.RegisteredAsync(identity);
        var ceremony = new Ceremony(identity, person, new RelyingParty(identity));
        var page = await ceremony.PageAsync(Ceremony.Detail("transfer:27"));
        var back = await ceremony.ShowAsync(page);

        // Reported as it stands: the sandbox's own register has no other name.
        Assert.Equal("unchanged", await AuthorityEvents.HappenAsync(
            identity, "population", id => new { id, number = 1, kind = "name-changed", idNumber = person.Person.IdNumber, name = person.Person.Name }));
        Assert.Equal(HttpStatusCode.Conflict, (await person.Browser.GetAsync(back)).StatusCode);
        Assert.Equal(0, await identity.RowsAsync($"\"Evidence\" WHERE \"Kind\" = 'transaction-proof' AND \"SubjectId\" {Is(person)}"));
        Assert.Equal(HttpStatusCode.Found, (await person.Browser.GetAsync(await ceremony.ShowAsync(page))).StatusCode);
    }

    [Fact]
    public async Task The_page_that_takes_pictures_is_not_there_where_the_authority_compares_them()
    {
        using var person = await Applicant.RegisteredAsync(identity);
        Assert.Equal(HttpStatusCode.NotFound, (await person.Browser.GetAsync($"/face-check/{Guid.NewGuid():N}")).StatusCode);
    }

    [Fact]
    public async Task Only_a_service_with_the_scope_spends()
    {
        using var person = await Applicant.RegisteredAsync(identity);
        var tokens = await new Ceremony(identity, person, new RelyingParty(identity)).ConfirmAsync(Ceremony.Detail("transfer:8"));
        Assert.Equal(HttpStatusCode.Unauthorized, (await SpendAsync(Spending(tokens, "transfer:8", null), tokens.AccessToken)).Status);
        Assert.Equal("invalid_request", (await new RelyingParty(identity, "confidential").TokenAsync(("grant_type", "client_credentials"), ("scope", "identity.presence")))["error"]);
    }

    [Fact]
    public async Task Another_face_a_picture_and_an_old_film_are_refused_and_after_three_the_window_remains()
    {
        using var person = await Applicant.RegisteredAsync(identity);
        var ceremony = new Ceremony(identity, person, new RelyingParty(identity));
        var page = await ceremony.PageAsync(Ceremony.Detail("transfer:9"));
        foreach (var seen in (string[])["other-person", "still-photo", "other-actions"])
        {
            var refused = await person.Browser.GetAsync(await ceremony.ShowAsync(page, seen));
            Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
            var text = await Applicant.TextAsync(refused);
            Assert.Contains("未能确认是您本人在场", text, StringComparison.Ordinal);
            Assert.Contains("href=\"/presence?ReturnUrl=", text, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("name=\"Consent\"", await person.ReadAsync(page), StringComparison.Ordinal);
        var over = await Company.SendAsync(person, page, ("Consent", "true"));
        Assert.Equal(HttpStatusCode.TooManyRequests, over.StatusCode);
        Assert.Contains("窗口", await Applicant.TextAsync(over), StringComparison.Ordinal);

        // Asking anew for the same transaction does not help; another transaction is another matter.
        Assert.Equal(HttpStatusCode.TooManyRequests, (await Company.SendAsync(person, await ceremony.PageAsync(Ceremony.Detail("transfer:9")), ("Consent", "true"))).StatusCode);
        await ceremony.ConfirmAsync(Ceremony.Detail("transfer:10"));
        Assert.Equal(1, await identity.RowsAsync($"\"PresenceProofs\" WHERE \"Transaction\" IN ('transfer:9', 'transfer:10') AND \"AccountId\" {Is(person)}"));
        Assert.Equal(3, await identity.RowsAsync($"\"Evidence\" WHERE \"Kind\" = 'transaction-proof' AND \"Result\" = 'Disagreed' AND \"SubjectId\" {Is(person)}"));
    }

    [Fact]
    public async Task Ceremonies_begun_in_store_are_no_further_tries()
    {
        using var person = await Applicant.RegisteredAsync(identity);
        var ceremony = new Ceremony(identity, person, new RelyingParty(identity));
        var page = await ceremony.PageAsync(Ceremony.Detail("transfer:9b"));
        List<string> store = [];
        foreach (var seen in (string[])["other-person", "other-person", "other-person", "right", "right"])
        {
            store.Add(await ceremony.ShowAsync(page, seen));
        }

        foreach (var back in store[..3])
        {
            Assert.Equal(HttpStatusCode.UnprocessableEntity, (await person.Browser.GetAsync(back)).StatusCode);
        }

        foreach (var back in store[3..])
        {
            Assert.Equal(HttpStatusCode.TooManyRequests, (await person.Browser.GetAsync(back)).StatusCode);
        }

        Assert.Equal(0, await identity.RowsAsync($"\"PresenceProofs\" WHERE \"AccountId\" {Is(person)}"));
    }

    [Fact]
    public async Task Three_failures_in_a_row_are_counted_and_a_proof_begins_anew()
    {
        using var person = await Applicant.RegisteredAsync(identity);
        var ceremony = new Ceremony(identity, person, new RelyingParty(identity));
        foreach (var seen in (string[])["other-person", "other-person", "right", "other-person", "other-person", "right"])
        {
            var back = await ceremony.ShowAsync(await ceremony.PageAsync(Ceremony.Detail("transfer:9d")), seen);
            Assert.Equal(seen == "right" ? HttpStatusCode.Found : HttpStatusCode.UnprocessableEntity, (await person.Browser.GetAsync(back)).StatusCode);
        }
    }

    [Fact]
    public async Task Of_many_results_in_one_moment_three_count()
    {
        using var person = await Applicant.RegisteredAsync(identity);
        var ceremony = new Ceremony(identity, person, new RelyingParty(identity));
        var page = await ceremony.PageAsync(Ceremony.Detail("transfer:9c"));
        List<string> store = [];
        for (var i = 0; i < 6; i++)
        {
            store.Add(await ceremony.ShowAsync(page, "other-person"));
        }

        var answers = await Task.WhenAll(store.Select(back => person.Browser.GetAsync(back)));
        Assert.Equal(3, answers.Count(a => a.StatusCode == HttpStatusCode.UnprocessableEntity));
        Assert.Equal(3, answers.Count(a => a.StatusCode == HttpStatusCode.TooManyRequests));
        Assert.Equal(3, await identity.RowsAsync($"\"Evidence\" WHERE \"Kind\" = 'transaction-proof' AND \"Result\" = 'Disagreed' AND \"SubjectId\" {Is(person)}"));
    }

    [Fact]
    public async Task A_ceremony_counts_once_in_its_session_for_its_transaction_and_in_time()
    {
        using var person = await Applicant.RegisteredAsync(identity);
        using var other = await Applicant.RegisteredAsync(identity);
        using var elsewhere = new Applicant(identity, person.Person);
        await elsewhere.Browser.SignInAsync(person.Person.IdNumber, Applicant.Password);
        var party = new RelyingParty(identity);
        var ceremony = new Ceremony(identity, person, party);

        // Another person's browser, and the same person's other session.
        var back = await ceremony.ShowAsync(await ceremony.PageAsync(Ceremony.Detail("transfer:11")));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await other.Browser.GetAsync(back)).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await elsewhere.Browser.GetAsync(back)).StatusCode);

        // Shown for one transaction, it says nothing of another.
        var second = await ceremony.PageAsync(Ceremony.Detail("transfer:12"));
        var onwards = (await person.Browser.GetAsync(back)).Headers.Location!.OriginalString;
        var secondRequest = HttpUtility.ParseQueryString(second[second.IndexOf('?', StringComparison.Ordinal)..])["ReturnUrl"]!;
        Assert.StartsWith("/presence?", (await person.Browser.GetAsync(secondRequest)).Headers.Location!.OriginalString, StringComparison.Ordinal);

        // In another session the proven request is not proven either.
        Assert.StartsWith("/presence?", (await elsewhere.Browser.GetAsync(onwards)).Headers.Location!.OriginalString, StringComparison.Ordinal);
        var code = RelyingParty.Code((await person.Browser.GetAsync(onwards)).Headers.Location!);
        Assert.Equal(HttpStatusCode.OK, (await party.RedeemAsync(code)).Status);

        // Replayed, stale, made up.
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await person.Browser.GetAsync(back)).StatusCode);
        var stale = await ceremony.ShowAsync(second);
        identity.Time.Advance(TimeSpan.FromMinutes(6));
        Assert.Contains("重试", await Applicant.TextAsync(await person.Browser.GetAsync(stale)), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await person.Browser.GetAsync("/presence/return?state=" + Guid.NewGuid().ToString("N"))).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await person.Browser.GetAsync("/presence/return")).StatusCode);
    }

    [Fact]
    public async Task When_the_provider_does_not_answer_nothing_is_proven_and_it_can_be_tried_again()
    {
        using var person = await Applicant.RegisteredAsync(identity);
        var party = new RelyingParty(identity);
        var ceremony = new Ceremony(identity, person, party);
        var page = await ceremony.PageAsync(Ceremony.Detail("transfer:13"));
        try
        {
            await identity.Sandbox.FailAsync("/real-person/v1/sessions", "status=500", 100);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, (await person.FillAsync(page, ("Consent", "true"))).StatusCode);
            await identity.Sandbox.RecoverAsync();
            foreach (var fault in (string[])["forged", "replayed", "other-question", "contradicting"])
            {
                var back = await ceremony.ShowAsync(page);
                await identity.Sandbox.FailAsync("/real-person/v1/results", fault, 100);
                Assert.Equal(HttpStatusCode.ServiceUnavailable, (await person.Browser.GetAsync(back)).StatusCode);
                await identity.Sandbox.RecoverAsync();
            }
        }
        finally
        {
            await identity.Sandbox.RecoverAsync();
        }

        Assert.Equal(HttpStatusCode.OK, (await party.RedeemAsync(await ceremony.CodeAsync(await ceremony.ShowAsync(page)))).Status);
    }

    [Fact]
    public async Task The_person_may_decline_and_a_silent_request_shows_no_page()
    {
        using var person = await Applicant.RegisteredAsync(identity);
        var party = new RelyingParty(identity);
        var ceremony = new Ceremony(identity, person, party);
        var page = await person.ReadAsync(await ceremony.PageAsync(Ceremony.Detail("transfer:14")));
        var decline = Regex.Match(page, "id=\"decline\" href=\"(?<link>[^\"]+)\"", RegexOptions.None, TimeSpan.FromSeconds(1)).Groups["link"].Value;
        Assert.Equal("access_denied", Error(await person.Browser.GetAsync(decline)));
        Assert.Equal("interaction_required", Error(await person.Browser.GetAsync(ceremony.Url(Ceremony.Detail("transfer:14"), ("prompt", "none")))));

        // Without details, advanced cannot be reached: as a condition it is an error.
        const string essential = """{"id_token":{"acr":{"essential":true,"values":["urn:yinxin:assurance:advanced"]}}}""";
        Assert.Equal("unmet_authentication_requirements", Error(await person.Browser.GetAsync(party.AuthorizeUrl(("claims", essential)))));

        // Pages without a request.
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await person.Browser.GetAsync("/presence")).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await person.Browser.GetAsync("/presence?ReturnUrl=https://evil.example/")).StatusCode);
        using var stranger = identity.NewBrowser();
        Assert.Equal(HttpStatusCode.Found, (await stranger.GetAsync("/presence")).StatusCode);
    }

    [Fact] // 49
    public async Task What_is_asked_of_the_person_is_met_before_they_confirm_and_not_by_it()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        await Company.RaiseAsync(owner);
        using var person = new Applicant(identity, owner.Person);
        await person.Browser.SignInAsync(person.Person.IdNumber, Applicant.Password);
        var party = new RelyingParty(identity);
        var ceremony = new Ceremony(identity, person, party);
        const string condition = """{"id_token":{"person_acr":{"essential":true,"values":["urn:yinxin:assurance:intermediate"]}}}""";
        var details = Ceremony.Detail("transfer:20");
        Assert.Equal("unmet_authentication_requirements", Error(await person.Browser.GetAsync(ceremony.Url(details, ("claims", condition), ("prompt", "none")))));
        var stepUp = (await person.Browser.GetAsync(ceremony.Url(details, ("claims", condition)))).Headers.Location!.OriginalString;
        Assert.StartsWith("/account/step-up?", stepUp, StringComparison.Ordinal);
        var onwards = stepUp.ReturnUrl();
        Assert.Equal("unmet_authentication_requirements", Error(await person.Browser.GetAsync(onwards + "&step_up=declined")));
        await person.Browser.StrengthenAsync(identity, person.Person.Phone, onwards);
        var page = (await person.Browser.GetAsync(onwards)).Headers.Location!.OriginalString;
        Assert.StartsWith("/presence?", page, StringComparison.Ordinal);
        var claims = Answer.Claims((await party.RedeemAsync(await ceremony.CodeAsync(await ceremony.ShowAsync(page)))).AccessToken);
        Assert.Equal(Ceremony.Advanced, claims.GetProperty("acr").GetString());
        Assert.Equal("urn:yinxin:assurance:intermediate", claims.GetProperty("session_acr").GetString());
    }

    [Theory] // 49
    [InlineData("urn:yinxin:assurance:intermediate")]
    [InlineData("urn:other")]
    public async Task A_condition_that_leaves_advanced_out_is_refused_before_any_page_and_one_that_names_it_is_met(string value)
    {
        using var person = await Applicant.RegisteredAsync(identity);
        await Company.RaiseAsync(person);
        await person.Browser.StrengthenAsync(identity, person.Person.Phone);
        var ceremony = new Ceremony(identity, person, new RelyingParty(identity));
        foreach (var prompt in (string?[])[null, "none"])
        {
            var url = ceremony.Url(Ceremony.Detail("transfer:21"), ("claims", Strengthening.Essential(value)), ("prompt", prompt));
            Assert.Equal("unmet_authentication_requirements", Error(await person.Browser.GetAsync(url)));
        }

        var tokens = await ceremony.ConfirmAsync(Ceremony.Detail("transfer:21"), ("claims", Strengthening.Essential(value, Ceremony.Advanced)));
        Assert.Equal(Ceremony.Advanced, tokens.Acr());
    }

    [Fact] // 49
    public async Task Nobody_confirms_for_an_account_that_nothing_proves_nor_for_one_that_fell_in_between()
    {
        using var person = await Applicant.RegisteredAsync(identity);
        var ceremony = new Ceremony(identity, person, new RelyingParty(identity));
        var page = await ceremony.PageAsync(Ceremony.Detail("transfer:22"));
        var onwards = (await person.Browser.GetAsync(await ceremony.ShowAsync(page))).Headers.Location!.OriginalString;
        await identity.ExpireEvidenceAsync(person.Person.Phone, "population-match");
        Assert.Equal("unmet_authentication_requirements", Error(await person.Browser.GetAsync(onwards)));
        foreach (var prompt in (string?[])[null, "none"])
        {
            Assert.Equal("unmet_authentication_requirements", Error(await person.Browser.GetAsync(ceremony.Url(Ceremony.Detail("transfer:23"), ("prompt", prompt)))));
        }
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("[1]")]
    [InlineData("""[{"type":"\ud800"}]""")]
    [InlineData("""[{"\ud800":"urn:yinxin:presence"}]""")]
    [InlineData("""[{"type":"urn:yinxin:presence","transaction":"t","purpose":{"zh":"\ud800","en":"a"}}]""")]
    [InlineData("""[{"type":"urn:other","transaction":"t","purpose":{"zh":"甲","en":"a"}}]""")]
    [InlineData("""[{"type":"urn:yinxin:presence","purpose":{"zh":"甲","en":"a"}}]""")]
    [InlineData("""[{"type":"urn:yinxin:presence","transaction":"a b","purpose":{"zh":"甲","en":"a"}}]""")]
    [InlineData("""[{"type":"urn:yinxin:presence","transaction":"t","purpose":{"zh":"甲"}}]""")]
    [InlineData("""[{"type":"urn:yinxin:presence","transaction":"t","purpose":{"zh":"甲","en":"\u202Ea"}}]""")]
    [InlineData("""[{"type":"urn:yinxin:presence","transaction":"t","purpose":{"zh":"甲","en":"a"},"digest":"short"}]""")]
    [InlineData("""[{"type":"urn:yinxin:presence","transaction":"t","purpose":{"zh":"甲","en":"a"},"proof":"mine"}]""")]
    [InlineData("""[{"type":"urn:yinxin:presence","transaction":"t","transaction":"u","purpose":{"zh":"甲","en":"a"}}]""")]
    [InlineData("""[{"type":"urn:yinxin:presence","transaction":"t","purpose":{"zh":"甲","en":"a"}},{"type":"urn:yinxin:presence","transaction":"u","purpose":{"zh":"甲","en":"a"}}]""")]
    public async Task Malformed_details_are_refused_at_both_doors(string details)
    {
        using var browser = identity.NewBrowser();
        var party = new RelyingParty(identity);
        await AssertRefusedAsync(browser, party.AuthorizeUrl(("authorization_details", details)));
        var pushed = await party.PostAsync("/connect/par", [.. party.Request(("authorization_details", details)).Select(p => (p.Key, (string?)p.Value))]);
        Assert.Equal(HttpStatusCode.BadRequest, pushed.Status);
        Assert.Equal("invalid_authorization_details", pushed["error"]);
    }

    [Fact]
    public async Task Too_long_details_and_a_client_without_the_type_are_refused()
    {
        using var browser = identity.NewBrowser();
        var party = new RelyingParty(identity);
        await AssertRefusedAsync(browser, party.AuthorizeUrl(("authorization_details", Ceremony.Detail(new string('t', 101)))));
        await AssertRefusedAsync(browser, party.AuthorizeUrl(("authorization_details", Ceremony.Detail("t", chinese: new string('长', 201)))));
        var stranger = new RelyingParty(identity, "other", "https://other.example/callback");
        await AssertRefusedAsync(browser, stranger.AuthorizeUrl(("authorization_details", Ceremony.Detail("t"))));
        var metadata = await Answer.FromAsync(await identity.Http.GetAsync(new Uri("/.well-known/openid-configuration", UriKind.Relative)));
        Assert.Equal("urn:yinxin:presence", metadata.Body.GetProperty("authorization_details_types_supported")[0].GetString());
    }

    [Fact]
    public async Task A_pushed_request_leads_through_the_same_ceremony()
    {
        using var person = await Applicant.RegisteredAsync(identity);
        var party = new RelyingParty(identity, "confidential");
        var request = party.Request(("scope", Ceremony.Scope), ("authorization_details", Ceremony.Detail("transfer:15", Digest)));
        var pushed = await party.PostAsync("/connect/par", [.. request.Select(p => (p.Key, (string?)p.Value))]);
        var ceremony = new Ceremony(identity, person, party);
        var first = await person.Browser.GetAsync($"/connect/authorize?client_id=confidential&request_uri={Uri.EscapeDataString(pushed["request_uri"]!)}");
        var code = await ceremony.CodeAsync(await ceremony.ShowAsync(first.Headers.Location!.OriginalString));
        var tokens = await party.RedeemAsync(code);
        Assert.Equal(Digest, Answer.Claims(tokens.AccessToken).GetProperty("authorization_details")[0].GetProperty("digest").GetString());
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
        var mine = $"\"SubjectId\" {Is(person)} AND \"Kind\" = 'transaction-proof'";
        Assert.Equal(1, await identity.RowsAsync($"\"Evidence\" WHERE {mine} AND \"Result\" = 'Agreed' AND \"Transaction\" = 'public:transfer:17' AND \"ValidUntil\" IS NOT NULL AND \"Digest\" IS NOT NULL"));
        Assert.DoesNotContain("ey", (await identity.ReadAsync($"SELECT \"ReceiptCipher\" FROM \"Evidence\" WHERE {mine}"))[..2], StringComparison.Ordinal);
        Assert.Contains("您已本人在场确认：提交房屋转移登记申请", await person.ReadAsync("/account/notices"), StringComparison.Ordinal);
        Assert.Contains("You confirmed in person: Submit the transfer of a home", await person.ReadAsync("/account/notices?lang=en"), StringComparison.Ordinal);
    }

    private static string Is(Applicant person) => $"IN (SELECT \"Id\" FROM \"Persons\" WHERE \"PhoneMasked\" LIKE '%{person.Person.Phone[^4..]}')";

    /// <summary>On a page: who has not acted yet is not sent to the client by a bad request (RFC 9700 §4.11.2).</summary>
    private static async Task AssertRefusedAsync(Browser browser, string url)
    {
        var refused = await browser.GetAsync(url);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains("invalid_authorization_details", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private static string? Error(HttpResponseMessage response) => HttpUtility.ParseQueryString(response.Headers.Location!.Query)["error"];

    private static Dictionary<string, string?> Spending(Answer tokens, string transaction, string? digest)
    {
        var claims = Answer.Claims(tokens.AccessToken);
        return new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["proof"] = claims.GetProperty("authorization_details")[0].GetProperty("proof").GetString(),
            ["transaction"] = transaction,
            ["digest"] = digest,
            ["subject"] = claims.GetProperty("sub").GetString(),
            ["client"] = claims.GetProperty("client_id").GetString(),
            ["session"] = claims.GetProperty("sid").GetString(),
            ["operation"] = "operation",
        };
    }

    private async Task<Answer> SpendAsync(Dictionary<string, string?> body, string? token = null)
    {
        token ??= (await new RelyingParty(identity, "api").TokenAsync(("grant_type", "client_credentials"), ("scope", "identity.presence"))).AccessToken;
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/presence-proofs/spend");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Content = JsonContent.Create(body);
        return await Answer.FromAsync(await identity.Http.SendAsync(request));
    }
}

[Collection(OnSqlite.Name)]
public sealed class PresenceOnSqlite(SqliteIdentity identity) : PresenceSuite(identity);

[Collection(OnPostgres.Name)]
public sealed class PresenceOnPostgres(PostgresIdentity identity) : PresenceSuite(identity);
