using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using Yinxin.Identity.Server.Features.Imports;
using Yinxin.Identity.Tests.Assurance;
using Yinxin.Identity.Tests.Hosting;
using Yinxin.Identity.Tests.Sources;

namespace Yinxin.Identity.Tests.Accounts;

/// <summary>Files that would put personal data into the clear, shut somebody out, or bring back what an account has lost.</summary>
public abstract class ImportAttackSuite(IdentityFixture identity)
{
    private const string Sql = "SELECT COUNT(*) FROM ";

    [Fact]
    public async Task A_user_name_that_is_an_id_number_or_a_phone_is_dropped_when_it_is_ones_own_and_refused_when_it_is_anothers()
    {
        var (byNumber, byPhone, stolenNumber, stolenPhone) = (HandedOver.NewRow(), HandedOver.NewRow(), HandedOver.NewRow(), HandedOver.NewRow());
        (byNumber["userName"], byNumber["passwordHash"]) = (byNumber["idNumber"]!.ToString()!.ToLowerInvariant(), ForeignHashes.Bcrypt);
        byPhone["userName"] = byPhone["phone"];
        var victim = await identity.Sandbox.NextPersonAsync();
        stolenNumber["userName"] = victim.IdNumber;
        stolenPhone["userName"] = victim.Phone;
        var (keyed, noted) = (HandedOver.NewRow(), HandedOver.NewRow());
        keyed["externalId"] = keyed["idNumber"];
        noted["evidence"] = new[] { new { kind = "counter", method = "as-recorded", assuredBy = "样例窗口", verifiedAt = identity.Time.GetUtcNow().AddDays(-1), reference = $"档案{victim.IdNumber}号" } };
        var id = Guid.NewGuid();
        var answer = await SendAsync(id, "fuyang", byNumber, byPhone, stolenNumber, stolenPhone, keyed, noted);
        Assert.Equal(("6", "2", "4"), (answer["rows"], answer["created"], answer["rejected"]));
        Assert.Equal(
            "row,code,field\r\n3,userName.personal,userName\r\n4,userName.personal,userName\r\n5,externalId.personal,externalId\r\n6,evidence.personal,evidence[0]\r\n",
            await HandedOver.ReportAsync(identity, id));
        foreach (var value in (string[])[byNumber["idNumber"]!.ToString()!, byPhone["phone"]!.ToString()!])
        {
            Assert.Equal("0", await identity.ReadAsync($"{Sql}\"Accounts\" WHERE \"NormalizedUserName\" = '{value}'"));
        }

        using var browser = identity.NewBrowser();
        Assert.Equal(HttpStatusCode.Found, (await browser.SignInAsync((string)byNumber["idNumber"]!, ForeignHashes.Password)).StatusCode);
    }

    [Fact]
    public async Task A_user_name_that_an_earlier_release_took_does_not_shut_out_whose_number_it_is()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        var other = HandedOver.NewRow();
        other["userName"] = "sample-" + other["externalId"];
        await SendAsync(Guid.NewGuid(), "fuyang", other);
        await identity.ExecuteAsync($"UPDATE \"Accounts\" SET \"UserName\" = '{owner.Person.IdNumber}', \"NormalizedUserName\" = '{owner.Person.IdNumber}' WHERE \"UserName\" = '{other["userName"]}'");
        using var browser = identity.NewBrowser();
        Assert.Equal(HttpStatusCode.Found, (await browser.SignInAsync(owner.Person.IdNumber, Applicant.Password)).StatusCode);
    }

    [Fact]
    public async Task The_report_repeats_nothing_that_a_sender_could_hide_in_it()
    {
        var id = Guid.NewGuid();
        string[] lines = ["{\"a,b\":1}", "{\"=1+1\":1}", "{\"340199196001010011\":1}", "{\"\\u0000\":1}", "{\"a\\r\\nb\":1}", "{\"isAdministrator\":true}", JsonSerializer.Serialize(HandedOver.NewRow())];
        var answer = await HandedOver.SendAsync(identity, id, "fuyang", string.Join('\n', lines));
        Assert.Equal(("7", "1", "6"), (answer["rows"], answer["created"], answer["rejected"]));
        Assert.Equal(
            "row,code,field\r\n1,row.json,\r\n2,row.json,\r\n3,row.json,\r\n4,row.json,\r\n5,row.json,\r\n6,row.json,isAdministrator\r\n", await HandedOver.ReportAsync(identity, id));
    }

    [Fact]
    public async Task A_file_brings_nothing_back_that_was_taken_from_an_account_and_proves_no_other_phone()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        await owner.FillAsync("/account/raise/housing-fund", ("Account", owner.Person.HousingFund));
        Assert.Contains("id=\"level\">中级", await owner.ReadAsync("/account"), StringComparison.Ordinal);
        Assert.Equal("withdrawn", await AuthorityEvents.WithdrawAsync(identity, "housing-fund", await AuthorityEvents.ReceiptAsync(identity, owner.Person.IdNumber, "housing-fund-account")));
        var row = HandedOver.RowOf(owner.Person);
        row["phone"] = HandedOver.NewRow()["phone"];
        row["evidence"] = ((string[])["housing-fund-account", "phone-otp", "population-match"]).Select(Handed);
        var id = Guid.NewGuid();
        var answer = await SendAsync(id, "fuyang", row);
        Assert.Equal(("1", "0"), (answer["linked"], answer["rejected"]));
        Assert.Equal("row,code,field\r\n1,evidence.leftOut,evidence[0 1]\r\n", await HandedOver.ReportAsync(identity, id));
        Assert.Contains("id=\"level\">初级", await owner.ReadAsync("/account"), StringComparison.Ordinal);
        Assert.Equal(1, await identity.RowsAsync($"\"Evidence\" WHERE \"Source\" = 'import:fuyang' AND \"SubjectId\" = '{await identity.KeyOfAsync(owner.Person.IdNumber)}'"));
    }

    [Fact]
    public async Task Nobody_who_was_reported_dead_or_renamed_gets_an_account_by_a_file()
    {
        var (dead, renamed, living) = (HandedOver.NewRow(), HandedOver.NewRow(), HandedOver.NewRow());
        dead["passwordHash"] = ForeignHashes.Bcrypt;
        Assert.Equal("nobody", await ReportAsync(dead, "deceased"));
        Assert.Equal("nobody", await ReportAsync(renamed, "name-changed"));
        var before = await identity.CountAsync("Persons");
        var id = Guid.NewGuid();
        var answer = await SendAsync(id, "fuyang", dead, renamed, living);
        Assert.Equal(("3", "1", "2"), (answer["rows"], answer["created"], answer["rejected"]));
        Assert.Equal("row,code,field\r\n1,person.deceased,idNumber\r\n2,name.changed,name\r\n", await HandedOver.ReportAsync(identity, id));
        Assert.Equal(before + 1, await identity.CountAsync("Persons"));
        Assert.Equal(0, await identity.RowsAsync($"\"AccountLinks\" WHERE \"ExternalId\" IN ('{dead["externalId"]}', '{renamed["externalId"]}')"));
        Assert.NotEmpty(await identity.KeyOfAsync((string)living["idNumber"]!));
        using var browser = identity.NewBrowser();
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await browser.SignInAsync((string)dead["idNumber"]!, ForeignHashes.Password)).StatusCode);
    }

    [Fact]
    public async Task A_death_that_is_reported_while_its_row_is_placed_is_seen()
    {
        var row = HandedOver.NewRow();
        string[] numbers = [(string)row["idNumber"]!];
        await using var scope = identity.Services.CreateAsyncScope();
        var reports = scope.ServiceProvider.GetRequiredService<ReportedPersons>();
        var before = await reports.OfAsync(numbers, CancellationToken.None);
        Assert.True(before.IsLike(await reports.OfAsync(numbers, CancellationToken.None)));
        Assert.Equal("nobody", await ReportAsync(row, "deceased"));
        Assert.False(before.IsLike(await reports.OfAsync(numbers, CancellationToken.None)));
    }

    [Fact]
    public async Task A_phone_that_moves_while_its_row_is_placed_is_seen()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        var key = await identity.KeyOfAsync(owner.Person.IdNumber);
        await using var scope = identity.Services.CreateAsyncScope();
        var accounts = scope.ServiceProvider.GetRequiredService<KnownAccounts>();
        var before = await accounts.OfAsync([Guid.Parse(key)], CancellationToken.None);
        Assert.True(before.IsLike(await accounts.OfAsync([Guid.Parse(key)], CancellationToken.None)));
        await identity.ExecuteAsync($"UPDATE \"Persons\" SET \"PhoneIndex\" = 'none:{key}' WHERE \"Id\" = '{key}'");
        Assert.False(before.IsLike(await accounts.OfAsync([Guid.Parse(key)], CancellationToken.None)));
    }

    [Fact]
    public async Task What_is_handed_over_today_does_not_change_what_was_so_before()
    {
        var row = HandedOver.NewRow();
        row["evidence"] = ((string[])["counter", "population-match", "phone-otp", "password"]).Select(Handed);
        var before = identity.Time.GetUtcNow();
        identity.Time.Advance(TimeSpan.FromMinutes(1));
        await SendAsync(Guid.NewGuid(), "fuyang", row);
        var auditor = await Official.SignInAsync(identity, "auditor", "identity.grade");
        var subject = await identity.ReadAsync($"SELECT \"AccountId\" FROM \"AccountLinks\" WHERE \"Source\" = 'fuyang' AND \"ExternalId\" = '{row["externalId"]}'");
        var now = await auditor.GetAsync($"/api/accounts/{subject}/grade");
        Assert.Equal(("intermediate", "whole"), (now["level"], now["chain"]));
        Assert.Equal("none", (await auditor.GetAsync($"/api/accounts/{subject}/grade?at={Uri.EscapeDataString(before.ToString("O"))}"))["level"]);
    }

    [Fact]
    public async Task Nothing_is_added_to_an_account_that_is_frozen()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        await owner.FillAsync("/account/freeze");
        var row = HandedOver.RowOf(owner.Person);
        row["evidence"] = new[] { Handed("counter") };
        var id = Guid.NewGuid();
        Assert.Equal("1", (await SendAsync(id, "fuyang", row))["rejected"]);
        Assert.Equal("row,code,field\r\n1,account.frozen,\r\n", await HandedOver.ReportAsync(identity, id));
        Assert.Equal(0, await identity.RowsAsync($"\"AccountLinks\" WHERE \"AccountId\" = '{await identity.KeyOfAsync(owner.Person.IdNumber)}'"));
    }

    private object Handed(string kind) => new { kind, method = "as-recorded", assuredBy = "样例窗口", verifiedAt = identity.Time.GetUtcNow().AddDays(-9) };

    private Task<string> ReportAsync(Dictionary<string, object?> row, string kind) =>
        AuthorityEvents.HappenAsync(identity, "population", id => new { id, number = 1, kind, idNumber = row["idNumber"], name = "样改名" });

    private Task<Answer> SendAsync(Guid id, string source, params Dictionary<string, object?>[] rows) =>
        HandedOver.SendAsync(identity, id, source, string.Join('\n', rows.Select(row => JsonSerializer.Serialize(row))));
}

[Collection(OnSqlite.Name)]
public sealed class ImportAttacksOnSqlite(SqliteIdentity identity) : ImportAttackSuite(identity);

[Collection(OnPostgres.Name)]
public sealed class ImportAttacksOnPostgres(PostgresIdentity identity) : ImportAttackSuite(identity);
