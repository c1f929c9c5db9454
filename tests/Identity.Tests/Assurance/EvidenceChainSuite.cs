using Xunit;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Console;
using Yinxin.Identity.Tests.Hosting;
using Yinxin.Identity.Tests.Sources;

namespace Yinxin.Identity.Tests.Assurance;

/// <summary>Evidence that somebody changes underneath the server is found and named.</summary>
public abstract class EvidenceChainSuite(IdentityFixture identity)
{
    [Theory]
    [InlineData("UPDATE \"Evidence\" SET \"Source\" = 'elsewhere' WHERE \"SubjectId\" = {0} AND \"Place\" = 2", "edited:2")]
    [InlineData("UPDATE \"Evidence\" SET \"Hash\" = \"PreviousHash\" WHERE \"SubjectId\" = {0} AND \"Place\" = 3", "edited:3")]
    [InlineData("DELETE FROM \"Evidence\" WHERE \"SubjectId\" = {0} AND \"Place\" = 1", "removed:1")]
    [InlineData("UPDATE \"Evidence\" SET \"VerifiedAt\" = '2020-01-01 00:00:00' WHERE \"SubjectId\" = {0} AND \"Place\" = 4", "edited:4")]
    [InlineData("DELETE FROM \"Evidence\" WHERE \"SubjectId\" = {0} AND \"Place\" = 4", "removed:4")]
    [InlineData("DELETE FROM \"Evidence\" WHERE \"SubjectId\" = {0}", "removed:1")]
    [InlineData("UPDATE \"Evidence\" SET \"Place\" = 9 WHERE \"SubjectId\" = {0} AND \"Place\" = 4", "removed:4")]
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
    public async Task A_withdrawal_that_is_cut_off_raises_the_level_again_and_is_missed()
    {
        using var applicant = await Applicant.RegisteredAsync(identity);
        await applicant.FillAsync("/account/raise/bank-card", ("CardNumber", applicant.Person.BankCard));
        var subject = await identity.KeyOfAsync(applicant.Person.IdNumber);
        Assert.Equal("withdrawn", await AuthorityEvents.WithdrawAsync(identity, "bank-card", await AuthorityEvents.ReceiptAsync(identity, applicant.Person.IdNumber, "unionpay-card")));
        var auditor = await Official.SignInAsync(identity, "auditor", "identity.grade");
        var before = await auditor.GetAsync($"/api/accounts/{subject}/grade");
        Assert.Equal(("primary", "whole"), (before["level"], before["chain"]));
        await identity.ExecuteAsync($"DELETE FROM \"Evidence\" WHERE \"SubjectId\" = '{subject}' AND \"Place\" = 5");
        var after = await auditor.GetAsync($"/api/accounts/{subject}/grade");
        Assert.Equal(("intermediate", "removed:5"), (after["level"], after["chain"]));
        using var officer = await Officer.SignInAsync(identity, "auditor");
        Assert.Contains("证据链在第 5 条处断开：记录被删除", await officer.ReadAsync($"/console/accounts/{subject}"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_record_that_is_added_past_the_server_is_named_however_well_it_is_hashed(bool linked)
    {
        using var applicant = await Applicant.RegisteredAsync(identity);
        var subject = Guid.Parse(await identity.KeyOfAsync(applicant.Person.IdNumber));
        await Forger.AddAsync(identity, subject, linked);
        var grade = await (await Official.SignInAsync(identity, "auditor", "identity.grade")).GetAsync($"/api/accounts/{subject}/grade");
        Assert.Equal(("intermediate", "unrecorded:4"), (grade["level"], grade["chain"]));
        using var officer = await Officer.SignInAsync(identity, "auditor");
        Assert.Contains("证据链在第 4 条处断开：审计中没有这条记录", await officer.ReadAsync($"/console/accounts/{subject}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_chain_that_is_hashed_anew_from_the_edited_record_on_is_another_than_the_audits()
    {
        using var applicant = await Applicant.RegisteredAsync(identity);
        var subject = Guid.Parse(await identity.KeyOfAsync(applicant.Person.IdNumber));
        await Forger.RewriteAsync(identity, subject, 2);
        Assert.Equal("edited:2", (await (await Official.SignInAsync(identity, "auditor", "identity.grade")).GetAsync($"/api/accounts/{subject}/grade"))["chain"]);
    }

    private Task<string> SubjectAsync() => identity.ReadAsync("SELECT \"SubjectId\" FROM \"Evidence\" WHERE \"Kind\" = 'unionpay-card' ORDER BY \"VerifiedAt\" DESC LIMIT 1");
}

[Collection(OnSqlite.Name)]
public sealed class EvidenceChainOnSqlite(SqliteIdentity identity) : EvidenceChainSuite(identity);

[Collection(OnPostgres.Name)]
public sealed class EvidenceChainOnPostgres(PostgresIdentity identity) : EvidenceChainSuite(identity);
