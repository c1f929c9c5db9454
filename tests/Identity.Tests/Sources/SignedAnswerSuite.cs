using System.Net;
using Xunit;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Hosting;

namespace Yinxin.Identity.Tests.Sources;

/// <summary>What an authority says counts only when it signed it, to this question, just now.</summary>
public abstract class SignedAnswerSuite(IdentityFixture identity)
{
    private const string Card = "/account/raise/bank-card";

    /// <summary>Match, phone, password, card.</summary>
    private const int EvidenceOfHonest = 4;

    [Fact]
    public async Task An_answer_that_cannot_be_relied_on_raises_nobody_and_loses_nothing()
    {
        using var applicant = await Applicant.RegisteredAsync(identity);

        // One answer that is signed and right, for the replay.
        using var other = await Applicant.RegisteredAsync(identity);
        Assert.Equal(HttpStatusCode.Found, (await other.FillAsync(Card, ("CardNumber", other.Person.BankCard))).StatusCode);
        var before = await identity.CountAsync("Evidence");
        foreach (var fault in (string[])["unsigned", "forged", "stale", "replayed", "other-question", "contradicting", "malformed", "status=500", "drop", "delay=10s"])
        {
            await identity.Sandbox.FailAsync("/bank-card", fault, 100);
            try
            {
                var refused = await applicant.FillAsync(Card, ("CardNumber", applicant.Person.BankCard), ("ReturnUrl", "/account/acting"));
                Assert.True(refused.StatusCode == HttpStatusCode.ServiceUnavailable, $"{fault}: {refused.StatusCode}");
                Assert.Contains(applicant.Person.BankCard, await Applicant.TextAsync(refused), StringComparison.Ordinal);
            }
            finally
            {
                await identity.Sandbox.RecoverAsync();
            }

            // Five an hour for one person; and between two faults the network answers as ever, so none of them hides behind an open circuit.
            await Browser.StayAsync(identity.Time, TimeSpan.FromMinutes(61), applicant.Browser);
            using var honest = await Applicant.RegisteredAsync(identity);
            Assert.Equal(HttpStatusCode.Found, (await honest.FillAsync(Card, ("CardNumber", honest.Person.BankCard))).StatusCode);
            before += EvidenceOfHonest;
        }

        Assert.Equal(before, await identity.CountAsync("Evidence"));
        Assert.Contains("初级", await applicant.ReadAsync("/account"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_disagreement_is_kept_with_its_signed_answer_and_carries_nothing()
    {
        using var applicant = await Applicant.RegisteredAsync(identity);
        using var other = await Applicant.NewAsync(identity);
        var before = await identity.RowsAsync("\"Evidence\" WHERE \"Result\" = 'Disagreed' AND \"ReceiptCipher\" IS NOT NULL AND \"Digest\" IS NOT NULL AND \"Kind\" = 'unionpay-card'");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await applicant.FillAsync(Card, ("CardNumber", other.Person.BankCard))).StatusCode);
        Assert.Equal(before + 1, await identity.RowsAsync("\"Evidence\" WHERE \"Result\" = 'Disagreed' AND \"ReceiptCipher\" IS NOT NULL AND \"Digest\" IS NOT NULL AND \"Kind\" = 'unionpay-card'"));
        Assert.Contains("初级", await applicant.ReadAsync("/account"), StringComparison.Ordinal);
        Assert.Equal(0, await identity.RowsAsync($"\"Evidence\" WHERE \"ReceiptCipher\" LIKE '%{applicant.Person.IdNumber}%' OR \"ReceiptCipher\" LIKE 'eyJ%'"));
    }

    [Fact]
    public async Task A_registration_keeps_the_signed_answer_of_the_population_library()
    {
        await identity.Sandbox.FailAsync("/population", "forged", 100);
        using var applicant = await Applicant.NewAsync(identity);
        try
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, (await applicant.TellAsync()).StatusCode);
        }
        finally
        {
            await identity.Sandbox.RecoverAsync();
        }

        await applicant.ProveAsync();
        var before = await identity.RowsAsync("\"Evidence\" WHERE \"Kind\" = 'population-match' AND \"ReceiptCipher\" IS NOT NULL");
        Assert.Equal(HttpStatusCode.Found, (await applicant.FinishAsync()).StatusCode);
        Assert.Equal(before + 1, await identity.RowsAsync("\"Evidence\" WHERE \"Kind\" = 'population-match' AND \"ReceiptCipher\" IS NOT NULL"));
    }
}

[Collection(OnSqlite.Name)]
public sealed class SignedAnswersOnSqlite(SqliteIdentity identity) : SignedAnswerSuite(identity);

[Collection(OnPostgres.Name)]
public sealed class SignedAnswersOnPostgres(PostgresIdentity identity) : SignedAnswerSuite(identity);
