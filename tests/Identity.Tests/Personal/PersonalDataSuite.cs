using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.DataKeys;
using Yinxin.Identity.Server.Features.DataKeys.Tables;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Assurance;
using Yinxin.Identity.Tests.Console;
using Yinxin.Identity.Tests.Hosting;
using Yinxin.Identity.Tests.Mandates;
using Yinxin.ServiceDefaults.Identifiers;

namespace Yinxin.Identity.Tests.Personal;

/// <summary>What a copy of the database tells, names of an earlier release, and keys that change while people register and sign in.</summary>
public abstract class PersonalDataSuite(IdentityFixture identity)
{
    private const string Hall = "样例市政务服务中心";

    [Fact]
    public async Task A_copy_of_the_database_names_nobody_after_registration_mandate_recovery_import_and_counter()
    {
        using var company = await Company.NewAsync(identity);
        using var agent = await Applicant.RegisteredAsync(identity);
        await company.EmpowerAsync(agent);
        var stranger = await identity.Sandbox.NextPersonAsync();
        await company.InviteAsync(stranger);
        using var owner = await Applicant.RegisteredAsync(identity);
        await AuthenticatorOnPhone.PairAsync(owner, identity.Time);
        using var thief = new Forgetful(identity, owner.Person);
        await thief.ProvePhoneAsync();
        await thief.FinishAsync();
        using var mistaken = await Applicant.NewAsync(identity);
        await mistaken.TellAsync(name: "错样例");
        using var halfway = await Applicant.NewAsync(identity);
        await halfway.TellAsync();
        await halfway.AskCodeAsync();
        var window = await Official.SignInAsync(identity, "window", "identity.counter");
        var seen = await window.PostAsync("/api/counter-verifications", new { agent.Person.IdNumber, agent.Person.Name, hall = Hall, hallLevel = "city", window = "1", documentChecked = true });
        Assert.Equal(HttpStatusCode.Created, seen.Status);
        await window.PostAsync("/api/counter-recoveries", new { agent.Person.IdNumber, agent.Person.Name, hall = Hall, hallLevel = "city", window = "1", documentChecked = true });
        await window.PostAsync("/api/counter-verifications", new { agent.Person.IdNumber, name = "误样例", hall = Hall, hallLevel = "city", window = "1", documentChecked = true });
        await ImportAsync("""{"externalId":"X1","idNumber":"340199196501010024","name":"入样例","phone":"13877770001"}""" + "\n" + """{"externalId":"X2","idNumber":"340199196501010029","name":"拒样例","phone":"13877770002"}""");

        var people = new[] { company.Representative.Person, agent.Person, stranger, owner.Person, mistaken.Person, halfway.Person };
        (string What, string Value)[] secrets =
        [
            .. people.SelectMany(p => new[] { ("ID number", p.IdNumber), ("name", p.Name), ("phone", p.Phone.Replace("+86", "", StringComparison.Ordinal)) }),
            ("wrong name", "错样例"), ("wrong name", "误样例"), ("imported name", "入样例"), ("rejected name", "拒样例"), ("imported phone", "13877770001"), ("rejected ID number", "340199196501010029"), ("sample's name", "张样例"), ("sample's ID number", "340102199001011232"), ("sample's phone", "13800000001"),
            ("password", Applicant.Password),
        ];
        var dump = await WholeDatabase.DumpAsync(identity);
        Assert.Contains(dump, v => v.Where == "Persons.IdNumberCipher");
        Assert.Contains(dump, v => v.Where == "Organisations.Name" && v.Value == company.Organisation.Name);
        var found = secrets.SelectMany(s => dump.Where(v => v.Value.Contains(s.Value, StringComparison.Ordinal)).Select(v => $"{s.What} in {v.Where}")).Distinct().ToList();
        Assert.Empty(found);
    }

    [Fact]
    public async Task Names_that_an_earlier_release_kept_in_the_clear_are_encrypted_while_the_server_works_and_stay_readable()
    {
        using var person = await Applicant.RegisteredAsync(identity);
        var key = await identity.KeyOfAsync(person.Person.IdNumber);
        await using var scope = identity.Services.CreateAsyncScope();
        var personal = scope.ServiceProvider.GetRequiredService<PersonalData>();
        var (number, phone) = (personal.Protect(Purposes.IdNumber, person.Person.IdNumber), personal.Protect(Purposes.Phone, MobilePhones.Normalise(person.Person.Phone)!));
        await identity.ExecuteAsync($"DELETE FROM \"PersonSecrets\" WHERE \"PersonId\" = '{key}'");
        await identity.ExecuteAsync(
            $"UPDATE \"Persons\" SET \"Name\" = '{person.Person.Name}', \"NameCipher\" = NULL, \"IdNumberCipher\" = '{number}', \"PhoneCipher\" = '{phone}', \"IdNumberIndexNext\" = NULL, \"PhoneIndexNext\" = NULL WHERE \"Id\" = '{key}'");
        await identity.ExecuteAsync($"UPDATE \"Evidence\" SET \"ReceiptCipher\" = NULL WHERE \"SubjectId\" = '{key}'");
        scope.ServiceProvider.GetRequiredService<PersonSecrets>().Forget(Guid.Parse(key));
        Assert.Contains(person.Person.Name, await person.ReadAsync("/account"), StringComparison.Ordinal);

        await using var second = await identity.StartSecondAsync(8);
        await UntilAsync(async () => await identity.ReadAsync($"SELECT COUNT(*) FROM \"Persons\" WHERE \"Id\" = '{key}' AND \"Name\" = '' AND \"NameCipher\" IS NOT NULL") == "1");
        Assert.Equal("1", await identity.ReadAsync($"SELECT COUNT(*) FROM \"PersonSecrets\" WHERE \"PersonId\" = '{key}'"));
        Assert.Contains(person.Person.Name, await person.ReadAsync("/account"), StringComparison.Ordinal);
        using var browser = identity.NewBrowser();
        Assert.Equal(HttpStatusCode.Found, (await browser.SignInAsync(person.Person.Phone, Applicant.Password)).StatusCode);
    }

    [Fact]
    public async Task Keys_change_while_people_register_and_sign_in_and_the_former_key_is_destroyed_only_at_the_end()
    {
        using var company = await Company.NewAsync(identity);
        using var agent = await Applicant.RegisteredAsync(identity);
        var mandate = await company.EmpowerAsync(agent);
        var invited = await identity.Sandbox.NextPersonAsync();
        await company.InviteAsync(invited);
        var app = await AuthenticatorOnPhone.PairAsync(agent, identity.Time);
        var before = await identity.ReadAsync("SELECT MAX(\"Version\") FROM \"DataKeys\"");
        var number = await identity.ReadAsync($"SELECT \"IdNumberIndex\" FROM \"Persons\" WHERE \"Id\" = '{await identity.KeyOfAsync(agent.Person.IdNumber)}'");
        var sub = await SubAsync();

        var system = await Official.SignInAsync(identity, "system", "identity.keys");
        var begun = await system.PostAsync("/api/key-rotations");
        Assert.Equal(HttpStatusCode.Accepted, begun.Status);
        var version = begun["version"];
        Assert.Equal("identity.keys.rotationRunning", (await system.PostAsync("/api/key-rotations"))["code"]);

        // In every phase: the same person is found by number and phone, a number that is taken stays taken, new people come.
        var phases = new HashSet<string>(StringComparer.Ordinal);
        for (var round = 0; round < 200; round++)
        {
            var view = await system.GetAsync($"/api/key-rotations/{version}");
            var phase = view["phase"]!;
            if (phases.Add(phase))
            {
                using var browser = identity.NewBrowser();
                Assert.Equal(HttpStatusCode.Found, (await browser.SignInAsync(company.Representative.Person.IdNumber, Applicant.Password)).StatusCode);
                using var newcomer = await Applicant.RegisteredAsync(identity);
                using var again = new Applicant(identity, newcomer.Person);
                using var spare = await Applicant.NewAsync(identity);
                await again.TellAsync();
                await again.AskCodeAsync(spare.Person.Phone);
                await again.TypeCodeAsync(await identity.Sandbox.CodeAsync(spare.Person.Phone));
                Assert.Equal("/register/taken", (await again.FinishAsync()).Headers.Location?.OriginalString);
                Assert.Equal("1", await identity.ReadAsync($"SELECT COUNT(*) FROM \"Persons\" WHERE \"Id\" = '{await identity.KeyOfAsync(newcomer.Person.IdNumber)}'"));
            }

            if (phase == "done")
            {
                Assert.Equal("100", view["percent"]);
                break;
            }

            Assert.NotEqual("100", view["percent"]);
            identity.Time.Advance(TimeSpan.FromSeconds(6));
            await Task.Delay(100);
        }

        Assert.Contains("done", phases);
        Assert.Equal("", await identity.ReadAsync($"SELECT \"KeyCipher\" FROM \"DataKeys\" WHERE \"Version\" = {before}"));
        Assert.NotEqual(number, await identity.ReadAsync($"SELECT \"IdNumberIndex\" FROM \"Persons\" WHERE \"Id\" = '{await identity.KeyOfAsync(agent.Person.IdNumber)}'"));
        Assert.Equal("0", await identity.ReadAsync("SELECT COUNT(*) FROM \"Persons\" WHERE \"IdNumberIndex\" <> \"IdNumberIndexNext\" OR \"PhoneIndex\" <> \"PhoneIndexNext\" OR \"IdNumberIndexNext\" IS NULL"));

        // Everything is still there: the mandate's history, the second factor, the invitation of somebody who registers only now, the chain of evidence.
        Assert.Contains(agent.Person.Name, await company.Representative.ReadAsync($"/account/mandates/{mandate}"), StringComparison.Ordinal);
        using var signedIn = identity.NewBrowser();
        await signedIn.SignInAsync(agent.Person.IdNumber, Applicant.Password);
        identity.Time.Advance(TimeSpan.FromMinutes(1));
        var step = await signedIn.GetAsync("/sign-in/second-factor");
        Assert.Equal(HttpStatusCode.Found, (await signedIn.SubmitAsync("/sign-in/second-factor", await step.Content.ReadAsStringAsync(), ("Way", "app"), ("Code", app.Code()))).StatusCode);
        using var late = await Applicant.RegisteredAsync(identity, invited);
        Assert.Contains(company.Organisation.Name, await late.ReadAsync("/account/mandates"), StringComparison.Ordinal);
        using var window = await Officer.SignInAsync(identity, "window");
        foreach (var name in (string[])[agent.Person.Name, late.Person.Name])
        {
            Assert.Contains("href=\"/console/accounts/", await Officer.TextAsync(await window.FillAsync("/console/accounts", "", ("By", "Name"), ("Text", name))), StringComparison.Ordinal);
        }

        var auditor = await Official.SignInAsync(identity, "auditor", "identity.grade");
        Assert.Equal("whole", (await auditor.GetAsync($"/api/accounts/{await identity.KeyOfAsync(agent.Person.IdNumber)}/grade"))["chain"]);
        Assert.Equal("identity.official.role", (await (await Official.SignInAsync(identity, "security", "identity.keys")).PostAsync("/api/key-rotations"))["code"]);

        // Clients keep it, and must find their user again.
        Assert.Equal(sub, await SubAsync());

        async Task<string?> SubAsync()
        {
            using var elsewhere = identity.NewBrowser();
            var party = new RelyingParty(identity, "north", "https://north.example/callback");
            var answer = await elsewhere.AuthorizeAsync(party.AuthorizeUrl(), company.Representative.Person.Phone, password: Applicant.Password);
            return Answer.Claims((await party.RedeemAsync(RelyingParty.Code(answer))).IdToken).GetProperty("sub").GetString();
        }
    }

    [Fact]
    public async Task Everybody_of_one_name_is_found_page_by_page_and_nobody_by_a_part_of_it()
    {
        var rows = Enumerable.Range(0, 23).Select(number =>
        {
            var digits = string.Create(CultureInfo.InvariantCulture, $"34019919710102{number:D3}");
            return JsonSerializer.Serialize(new { externalId = $"N{number}", idNumber = digits + IdentityNumber.CheckCharacter(digits), name = "阿依·同名样例", phone = string.Create(CultureInfo.InvariantCulture, $"139888800{number:D2}") });
        });
        await ImportAsync(string.Join('\n', rows));
        var there = await identity.RowsAsync("\"Persons\" WHERE \"NameIndex\" IN (SELECT \"NameIndex\" FROM \"Persons\" GROUP BY \"NameIndex\" HAVING COUNT(*) > 20)");
        Assert.Equal(23, there);

        using var window = await Officer.SignInAsync(identity, "window");
        // Spaces and the dots that keyboards give make no difference.
        foreach (var typed in (string[])["阿依·同名样例", " 阿依 ． 同名样例 ", "阿依•同名样例"])
        {
            var first = await Officer.TextAsync(await window.FillAsync("/console/accounts", "", ("By", "Name"), ("Text", typed)));
            Assert.Equal(20, Accounts(first));
            Assert.DoesNotContain("阿依·同名样例</a>", first, StringComparison.Ordinal);
            var after = first.Split("name=\"After\" value=\"")[1][..36];
            var second = await Officer.TextAsync(await window.FillAsync("/console/accounts", "", ("By", "Name"), ("Text", typed), ("After", after)));
            Assert.Equal(3, Accounts(second));
            Assert.DoesNotContain("name=\"After\"", second, StringComparison.Ordinal);
        }

        foreach (var part in (string[])["阿依", "同名样例", "阿依%", "阿依·同名样"])
        {
            Assert.Contains("没有符合条件的账号", await Officer.TextAsync(await window.FillAsync("/console/accounts", "", ("By", "Name"), ("Text", part))), StringComparison.Ordinal);
        }

        Assert.Equal(0, await identity.RowsAsync("\"AuditRecords\" WHERE \"Details\" LIKE '%同名样例%'"));
    }

    [Fact]
    public async Task A_row_that_does_not_open_is_named_and_the_change_of_keys_goes_on_when_it_is_mended()
    {
        using var person = await Applicant.RegisteredAsync(identity);
        var key = await identity.KeyOfAsync(person.Person.IdNumber);
        var cipher = await identity.ReadAsync($"SELECT \"PhoneCipher\" FROM \"Persons\" WHERE \"Id\" = '{key}'");
        var torn = Convert.FromBase64String(cipher);
        torn[^1] ^= 1;
        await identity.ExecuteAsync($"UPDATE \"Persons\" SET \"PhoneCipher\" = '{Convert.ToBase64String(torn)}' WHERE \"Id\" = '{key}'");

        using var security = await Officer.SignInAsync(identity, "security");
        Assert.DoesNotContain("更换数据密钥", await security.ReadAsync("/console/keys"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, (await security.ForgeAsync("/console/keys")).StatusCode);
        using var system = await Officer.SignInAsync(identity, "system");
        var before = await identity.RowsAsync("\"KeyRotations\"");
        Assert.Equal(HttpStatusCode.Found, (await system.FillAsync("/console/keys", "")).StatusCode);
        Assert.Equal(before + 1, await identity.RowsAsync("\"KeyRotations\""));
        Assert.Equal(HttpStatusCode.Conflict, (await system.ForgeAsync("/console/keys")).StatusCode);

        await PassAsync(async () => (await system.ReadAsync("/console/keys")).Contains($"Person/{key.ToLowerInvariant()}", StringComparison.Ordinal));
        var stuck = await system.ReadAsync("/console/keys");
        Assert.Contains("正在改用新密钥加密", stuck, StringComparison.Ordinal);

        // How far it is, asked again by itself.
        Assert.Matches("<progress max=\"100\" value=\"[0-9]{1,2}\"", stuck);
        Assert.Contains("hx-get=\"/console/keys?renewal=script\"", stuck, StringComparison.Ordinal);
        await identity.ExecuteAsync($"UPDATE \"Persons\" SET \"PhoneCipher\" = '{cipher}' WHERE \"Id\" = '{key}'");
        await PassAsync(async () => await identity.RowsAsync("\"KeyRotations\" WHERE \"Phase\" <> 'Done'") == 0);
        var ended = await system.ReadAsync("/console/keys");
        Assert.DoesNotContain($"Person/{key.ToLowerInvariant()}", ended, StringComparison.Ordinal);
        Assert.Contains("原密钥已销毁", ended, StringComparison.Ordinal);
        Assert.DoesNotContain("<progress", ended, StringComparison.Ordinal);
        Assert.DoesNotContain("hx-get=\"/console/keys", ended, StringComparison.Ordinal);
        using var browser = identity.NewBrowser();
        Assert.Equal(HttpStatusCode.Found, (await browser.SignInAsync(person.Person.Phone, Applicant.Password)).StatusCode);
    }

    [Fact]
    public async Task Every_encrypted_column_is_known_to_the_change_of_keys()
    {
        await using var scope = identity.Services.CreateAsyncScope();
        var model = scope.ServiceProvider.GetRequiredService<IdentityContext>().Model;
        var encrypted = model.GetEntityTypes().SelectMany(t => t.GetProperties().Where(p => p.Name.EndsWith("Cipher", StringComparison.Ordinal)).Select(p => $"{t.ClrType.Name}.{p.Name}"));
        var known = scope.ServiceProvider.GetRequiredService<RotatedTables>().All.SelectMany(t => t.Columns.Select(c => $"{t.Name}.{c}"));
        Assert.Equal(known.Append("DataKey.KeyCipher").Order(StringComparer.Ordinal), encrypted.Order(StringComparer.Ordinal));
    }

    private async Task ImportAsync(string lines)
    {
        var party = new RelyingParty(identity, "web", $"http://localhost:{identity.BasePort}/signin-oidc");
        var token = (await party.SignInAsync("system", false, ("scope", "openid profile identity.import"))).AccessToken;
        using var content = new StringContent(lines, System.Text.Encoding.UTF8, "application/x-ndjson");
        using var request = new HttpRequestMessage(HttpMethod.Put, $"/api/imports/{Guid.NewGuid()}?source=hefei") { Content = content };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        Assert.Equal(HttpStatusCode.OK, (await identity.Http.SendAsync(request)).StatusCode);
    }

    /// <summary>How many accounts a page of results links to.</summary>
    private static int Accounts(string page) => page.Split("href=\"/console/accounts/").Length - 1;

    /// <summary>Lets the server's clock run until it is so: a change of keys waits between its phases.</summary>
    private async Task PassAsync(Func<Task<bool>> holds)
    {
        for (var i = 0; i < 200 && !await holds(); i++)
        {
            identity.Time.Advance(TimeSpan.FromSeconds(6));
            await Task.Delay(50);
        }

        Assert.True(await holds());
    }

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        for (var i = 0; i < 200 && !await holds(); i++)
        {
            await Task.Delay(50);
        }

        Assert.True(await holds());
    }
}

public sealed class PersonalDataOnSqlite(SqliteIdentity identity) : PersonalDataSuite(identity), IClassFixture<SqliteIdentity>;

/// <summary>On a PostgreSQL of its own: keys that change would be felt by every other suite.</summary>
public sealed class PersonalDataOnPostgres(PostgresIdentity identity) : PersonalDataSuite(identity), IClassFixture<PostgresIdentity>;
