using System.Net;
using Xunit;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Hosting;

namespace Yinxin.Identity.Tests.Presence;

/// <summary>The door at which an API spends a proof: once, for what it was given, and by nobody else.</summary>
public abstract class PresenceSpendingSuite(IdentityFixture identity)
{
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
        var tokens = await new Ceremony(identity, person, new RelyingParty(identity)).ConfirmAsync(Ceremony.Detail("transfer:4", Ceremony.Digest));
        var body = Spending.Of(tokens, "transfer:4", Ceremony.Digest);
        body[member] = value;
        var refused = await identity.SpendAsync(body);
        Assert.Equal(code, refused["code"]);
        if (code == "presence.differs")
        {
            Assert.Equal(member, refused["member"]);
        }

        Assert.Equal(HttpStatusCode.OK, (await identity.SpendAsync(Spending.Of(tokens, "transfer:4", Ceremony.Digest))).Status);
    }

    [Fact]
    public async Task An_operation_that_no_database_keeps_is_refused_and_spends_nothing()
    {
        using var person = await Applicant.RegisteredAsync(identity);
        var tokens = await new Ceremony(identity, person, new RelyingParty(identity)).ConfirmAsync(Ceremony.Detail("transfer:28"));
        var body = Spending.Of(tokens, "transfer:28", null);
        foreach (var member in (string[])["operation", "transaction", "subject"])
        {
            var refused = await identity.SpendAsync(new Dictionary<string, string?>(body, StringComparer.Ordinal) { [member] = "a\0b" });
            Assert.Equal((HttpStatusCode.UnprocessableEntity, "presence.incomplete"), (refused.Status, refused["code"]));
        }

        Assert.Equal(HttpStatusCode.OK, (await identity.SpendAsync(body)).Status);
    }

    [Fact]
    public async Task Of_ten_at_once_one_spends_it()
    {
        using var person = await Applicant.RegisteredAsync(identity);
        var tokens = await new Ceremony(identity, person, new RelyingParty(identity)).ConfirmAsync(Ceremony.Detail("transfer:5"));
        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(n =>
        {
            var body = Spending.Of(tokens, "transfer:5", null);
            body["operation"] = $"operation-{n}";
            return identity.SpendAsync(body);
        }));
        Assert.Single(answers, a => a.Status == HttpStatusCode.OK);
        Assert.Equal(9, answers.Count(a => a["code"] == "presence.spent"));
    }

    [Fact]
    public async Task Only_a_service_with_the_scope_spends()
    {
        using var person = await Applicant.RegisteredAsync(identity);
        var tokens = await new Ceremony(identity, person, new RelyingParty(identity)).ConfirmAsync(Ceremony.Detail("transfer:8"));
        Assert.Equal(HttpStatusCode.Unauthorized, (await identity.SpendAsync(Spending.Of(tokens, "transfer:8", null), tokens.AccessToken)).Status);
        Assert.Equal("invalid_request", (await new RelyingParty(identity, "confidential").TokenAsync(("grant_type", "client_credentials"), ("scope", "identity.presence")))["error"]);
    }
}

[Collection(OnSqlite.Name)]
public sealed class PresenceSpendingOnSqlite(SqliteIdentity identity) : PresenceSpendingSuite(identity);

[Collection(OnPostgres.Name)]
public sealed class PresenceSpendingOnPostgres(PostgresIdentity identity) : PresenceSpendingSuite(identity);
