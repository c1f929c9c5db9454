using System.Globalization;
using System.Net;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.DataKeys;
using Yinxin.Identity.Tests.Assurance;
using Yinxin.Identity.Tests.Hosting;
using Yinxin.ServiceDefaults.Audit;

namespace Yinxin.Identity.Tests.Personal;

/// <summary>A process that is killed in the middle of an import or of a change of keys loses nothing and does nothing twice; whoever starts next goes on.</summary>
public abstract class KillSuite(IdentityFixture identity, KilledWork work)
{
    private const int Sample = 5;

    [Fact]
    public async Task An_import_goes_on_where_the_killed_one_stood_and_no_row_comes_twice_or_is_forgotten()
    {
        Assert.InRange(work.RowsAtKill, 500, KilledWork.Rows - 1);
        (string Member, long Expected)[] ended =
            [("rows", KilledWork.Rows), ("created", KilledWork.Taken.Count), ("rejected", KilledWork.Rejected.Count), ("known", 0), ("linked", 0)];
        Assert.Equal(ended, ended.Select(e => (e.Member, work.Ended.GetProperty(e.Member).GetInt64())));

        var official = await Official.SignInAsync(identity, "system", "identity.import");
        var told = await official.GetAsync($"/api/imports/{work.Import}/rejections?limit=1000");
        Assert.Equal(KilledWork.Rejected, told.Body.GetProperty("items").EnumerateArray().Select(r => string.Create(CultureInfo.InvariantCulture, $"{r.GetProperty("row").GetInt64()}:{r.GetProperty("code").GetString()}")));
        Assert.Equal(KilledWork.Taken.Count, await identity.RowsAsync($"\"AccountLinks\" WHERE \"Source\" = '{KilledWork.Source}'"));
        Assert.Equal(KilledWork.Taken.Count, await identity.RowsAsync($"\"Evidence\" WHERE \"Source\" = 'import:{KilledWork.Source}'"));
        Assert.Equal(KilledWork.Rejected.Count, await identity.RowsAsync($"\"ImportRejections\" WHERE \"ImportId\" = '{Spelled(work.Import)}'"));
        Assert.Equal("0", await identity.ReadAsync("SELECT COUNT(*) FROM (SELECT \"IdNumberIndex\" FROM \"Persons\" GROUP BY \"IdNumberIndex\" HAVING COUNT(*) > 1) AS twice"));

        // Each batch stands once in the audit, and the spans touch.
        await using var scope = identity.Services.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<IdentityContext>();
        Assert.Empty((await scope.ServiceProvider.GetRequiredService<AuditVerifier>().VerifyAsync(TestContext.Current.CancellationToken)).Faults);
        var spans = (await database.Set<AuditRecord>().AsNoTracking().Where(r => r.Action == "import.batch").OrderBy(r => r.Sequence).Select(r => r.Details!).ToListAsync()).ConvertAll(SpanOf);
        Assert.Equal((1, KilledWork.Rows), (spans[0].From, spans[^1].To));
        Assert.All(spans.Zip(spans.Skip(1)), pair => Assert.Equal(pair.First.To + 1, pair.Second.From));
        var auditor = await Official.SignInAsync(identity, "auditor", "identity.grade");
        foreach (var account in await database.AccountLinks.AsNoTracking().Where(l => l.Source == KilledWork.Source).OrderBy(l => l.ExternalId).Select(l => l.AccountId).Take(Sample).ToListAsync())
        {
            Assert.Equal("whole", (await auditor.GetAsync($"/api/accounts/{account}/grade"))["chain"]);
        }
    }

    [Fact]
    public async Task A_change_of_keys_goes_on_where_the_killed_one_stood_and_every_row_is_readable_at_the_end()
    {
        // The last row may have been filled between the look and the kill.
        Assert.Contains(work.PhaseAtKill, (string[])["Filling", "Switching"]);
        Assert.True(work.SeenAtKill >= 400, $"{work.SeenAtKill}");
        for (var i = 0; i < 600 && await identity.RowsAsync("\"KeyRotations\" WHERE \"Phase\" <> 'Done'") > 0; i++)
        {
            // The killed node's hold ends, and the phases follow one another.
            identity.Time.Advance(TimeSpan.FromSeconds(7));
            await Task.Delay(25);
        }

        Assert.Equal("Done", await identity.ReadAsync("SELECT \"Phase\" FROM \"KeyRotations\""));
        Assert.Equal("1", await identity.ReadAsync("SELECT COUNT(*) FROM \"DataKeys\" WHERE \"KeyCipher\" = ''"));

        // Had it begun anew, what was done before the kill would have been counted twice.
        var (seen, total) = (await NumberAsync("Seen"), await NumberAsync("Total"));
        Assert.InRange(seen, work.SeenAtKill, total + (work.SeenAtKill / 2));

        await using var scope = identity.Services.CreateAsyncScope();
        var personal = scope.ServiceProvider.GetRequiredService<PersonalData>();
        var database = scope.ServiceProvider.GetRequiredService<IdentityContext>();
        var links = await database.AccountLinks.AsNoTracking().Where(l => l.Source == KilledWork.Source).ToDictionaryAsync(l => l.AccountId, l => l.ExternalId);
        await scope.ServiceProvider.GetRequiredService<PersonSecrets>().FetchAsync(database, [.. links.Keys], CancellationToken.None);
        var read = 0;
        foreach (var person in await database.Persons.AsNoTracking().ToListAsync())
        {
            var (number, phone) = (personal.Unprotect(Purposes.IdNumber, person.IdNumberCipher), personal.Unprotect(Purposes.Phone, person.PhoneCipher));
            Assert.NotEqual("", person.Name);
            Assert.Contains(person.IdNumberIndex, personal.Indexes(Purposes.IdNumber, number));
            if (links.TryGetValue(person.Id, out var external))
            {
                Assert.Equal(KilledWork.Taken[external], (number, phone[^11..]));
                read++;
            }
        }

        Assert.Equal(KilledWork.Taken.Count, read);
        using var browser = identity.NewBrowser();
        Assert.Equal(HttpStatusCode.Found, (await browser.SignInAsync("citizen")).StatusCode);
    }

    private static (int From, int To) SpanOf(string details)
    {
        using var json = JsonDocument.Parse(details);
        return (json.RootElement.GetProperty("from").GetInt32(), json.RootElement.GetProperty("to").GetInt32());
    }

    private async Task<long> NumberAsync(string column) => long.Parse(await identity.ReadAsync($"SELECT \"{column}\" FROM \"KeyRotations\""), CultureInfo.InvariantCulture);

    private string Spelled(Guid id) => identity is SqliteIdentity ? id.ToString().ToUpperInvariant() : id.ToString();
}

public sealed class KillOnSqlite(KilledSqlite identity) : KillSuite(identity, identity.Work), IClassFixture<KilledSqlite>;

public sealed class KillOnPostgres(KilledPostgres identity) : KillSuite(identity, identity.Work), IClassFixture<KilledPostgres>;
