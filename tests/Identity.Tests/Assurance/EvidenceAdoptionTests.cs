using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;
using Yinxin.Identity.Server.Features.Assurance.Evidences;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Hosting;

namespace Yinxin.Identity.Tests.Assurance;

/// <summary>Evidence of a release that knew no chain, and what somebody would pass off as such.</summary>
public sealed class EvidenceAdoptionTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Rows_of_a_release_without_a_chain_are_taken_into_it_once_and_none_after_that(bool postgres)
    {
        await using IdentityFixture identity = postgres ? new PostgresIdentity() : new SqliteIdentity();
        await identity.InitializeAsync();
        await AdoptedAsync(identity.Services);
        using var applicant = await Applicant.RegisteredAsync(identity);
        await applicant.FillAsync("/account/raise/bank-card", ("CardNumber", applicant.Person.BankCard));
        var subject = await identity.KeyOfAsync(applicant.Person.IdNumber);

        // As that release left it: neither places nor notes of them.
        await identity.ExecuteAsync($"UPDATE \"Evidence\" SET \"Place\" = NULL, \"Hash\" = NULL, \"PreviousHash\" = NULL WHERE \"SubjectId\" = '{subject}'");
        await identity.ExecuteAsync($"DELETE FROM \"Grades\" WHERE \"SubjectId\" = '{subject}'");
        await identity.ExecuteAsync($"DELETE FROM \"AuditRecords\" WHERE \"Action\" = '{EvidenceAdoption.Ended}' OR (\"Action\" = 'evidence.recorded' AND \"SubjectId\" = '{Guid.Parse(subject)}')");
        var auditor = await Official.SignInAsync(identity, "auditor", "identity.grade");
        Assert.Equal("unrecorded:1", (await auditor.GetAsync($"/api/accounts/{subject}/grade"))["chain"]);
        await using (var next = await identity.StartSecondAsync(5))
        {
            await AdoptedAsync(next.Services);
        }

        Assert.Equal("whole", (await auditor.GetAsync($"/api/accounts/{subject}/grade"))["chain"]);
        Assert.Equal("Intermediate", await identity.ReadAsync($"SELECT \"Level\" FROM \"Grades\" WHERE \"SubjectId\" = '{subject}'"));
        Assert.Equal(1, await identity.RowsAsync($"\"AuditRecords\" WHERE \"Action\" = '{EvidenceAdoption.Ended}'"));

        // Evidence that follows goes on behind the adopted rows; what is cut off of these is found as well.
        await applicant.FillAsync("/account/raise/housing-fund", ("Account", applicant.Person.HousingFund));
        Assert.Equal("whole", (await auditor.GetAsync($"/api/accounts/{subject}/grade"))["chain"]);

        // A row without a place that comes now is no server's, and no start makes it one.
        await Forger.AddAsync(identity, Guid.Parse(subject), linked: false);
        await using (var third = await identity.StartSecondAsync(5))
        {
            await AdoptedAsync(third.Services);
        }

        Assert.Equal("unrecorded:6", (await auditor.GetAsync($"/api/accounts/{subject}/grade"))["chain"]);

        // Nor does it stop what is proved honestly: that goes on behind the last record with a place.
        Assert.Equal(System.Net.HttpStatusCode.Found, (await RaisingActs.RaiseAsync(identity, applicant, "alipay-account")).StatusCode);
        Assert.Equal(1, await identity.RowsAsync($"\"Evidence\" WHERE \"SubjectId\" = '{subject}' AND \"Kind\" = 'alipay-account' AND \"Place\" = 6"));
        Assert.Equal("unrecorded:7", (await auditor.GetAsync($"/api/accounts/{subject}/grade"))["chain"]);
        await identity.ExecuteAsync($"DELETE FROM \"Evidence\" WHERE \"SubjectId\" = '{subject}' AND (\"Place\" IS NULL OR \"Place\" >= 4)");
        Assert.Equal("removed:4", (await auditor.GetAsync($"/api/accounts/{subject}/grade"))["chain"]);
    }

    /// <summary>Until that server has looked for such rows.</summary>
    private static Task AdoptedAsync(IServiceProvider services) =>
        services.GetServices<IHostedService>().OfType<EvidenceAdoption>().Single().ExecuteTask!.WaitAsync(TimeSpan.FromSeconds(60));
}
