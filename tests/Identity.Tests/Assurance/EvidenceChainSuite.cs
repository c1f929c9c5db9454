using Xunit;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Hosting;

namespace Yinxin.Identity.Tests.Assurance;

/// <summary>Evidence that somebody changes underneath the server is found and named.</summary>
public abstract class EvidenceChainSuite(IdentityFixture identity)
{
    [Theory]
    [InlineData("UPDATE \"Evidence\" SET \"Source\" = 'elsewhere' WHERE \"SubjectId\" = {0} AND \"Place\" = 2", "edited:2")]
    [InlineData("UPDATE \"Evidence\" SET \"Hash\" = \"PreviousHash\" WHERE \"SubjectId\" = {0} AND \"Place\" = 3", "edited:3")]
    [InlineData("DELETE FROM \"Evidence\" WHERE \"SubjectId\" = {0} AND \"Place\" = 1", "removed:1")]
    [InlineData("UPDATE \"Evidence\" SET \"VerifiedAt\" = '2020-01-01 00:00:00' WHERE \"SubjectId\" = {0} AND \"Place\" = 4", "edited:4")]
    public async Task A_changed_or_removed_record_is_named(string sql, string fault)
    {
        using var applicant = await Applicant.RegisteredAsync(identity);
        await applicant.FillAsync("/account/raise/bank-card", ("CardNumber", applicant.Person.BankCard));
        var auditor = await Official.SignInAsync(identity, "auditor", "identity.grade");
        var subject = await SubjectAsync();
        Assert.Equal("whole", (await auditor.GetAsync($"/api/accounts/{subject}/grade"))["chain"]);
        await identity.ExecuteAsync(sql.Replace("{0}", $"'{subject}'", StringComparison.Ordinal));
        Assert.Equal(fault, (await auditor.GetAsync($"/api/accounts/{subject}/grade"))["chain"]);
    }

    [Fact]
    public async Task The_audit_holds_each_hash_so_that_the_end_cannot_be_cut_off_unseen()
    {
        using var applicant = await Applicant.RegisteredAsync(identity);
        await applicant.FillAsync("/account/raise/bank-card", ("CardNumber", applicant.Person.BankCard));
        var subject = await SubjectAsync();
        var hash = await identity.ReadAsync($"SELECT \"Hash\" FROM \"Evidence\" WHERE \"SubjectId\" = '{subject}' AND \"Place\" = 4");
        var details = await identity.ReadAsync($"SELECT \"Details\" FROM \"AuditRecords\" WHERE \"Action\" = 'evidence.recorded' AND \"Details\" LIKE '%{hash}%'");
        Assert.Contains("\"was\":\"primary\"", details, StringComparison.Ordinal);
        Assert.Contains("\"level\":\"intermediate\"", details, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rows_of_a_release_without_a_chain_are_taken_into_it_at_the_next_start()
    {
        using var applicant = await Applicant.RegisteredAsync(identity);
        await applicant.FillAsync("/account/raise/bank-card", ("CardNumber", applicant.Person.BankCard));
        var subject = await SubjectAsync();
        await identity.ExecuteAsync($"UPDATE \"Evidence\" SET \"Place\" = NULL, \"Hash\" = NULL, \"PreviousHash\" = NULL WHERE \"SubjectId\" = '{subject}'");
        await identity.ExecuteAsync($"DELETE FROM \"Grades\" WHERE \"SubjectId\" = '{subject}'");
        var auditor = await Official.SignInAsync(identity, "auditor", "identity.grade");
        Assert.Equal("removed:1", (await auditor.GetAsync($"/api/accounts/{subject}/grade"))["chain"]);
        await using var second = await identity.StartSecondAsync(5);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while ((await auditor.GetAsync($"/api/accounts/{subject}/grade"))["chain"] != "whole")
        {
            await Task.Delay(100, limit.Token);
        }

        Assert.Equal("Intermediate", await identity.ReadAsync($"SELECT \"Level\" FROM \"Grades\" WHERE \"SubjectId\" = '{subject}'"));
    }

    private Task<string> SubjectAsync() => identity.ReadAsync("SELECT \"SubjectId\" FROM \"Evidence\" WHERE \"Kind\" = 'unionpay-card' ORDER BY \"VerifiedAt\" DESC LIMIT 1");
}

public sealed class EvidenceChainOnSqlite(SqliteIdentity identity) : EvidenceChainSuite(identity), IClassFixture<SqliteIdentity>;

[Collection(OnPostgres.Name)]
public sealed class EvidenceChainOnPostgres(PostgresIdentity identity) : EvidenceChainSuite(identity);
