using System.Net;
using System.Text.Json;
using Xunit;
using Yinxin.Identity.Tests.Assurance;
using Yinxin.Identity.Tests.Hosting;

namespace Yinxin.Identity.Tests.Accounts;

/// <summary>A city hands its users over: whole files, broken files, files sent twice, rows that cannot be.</summary>
public abstract class ImportSuite(IdentityFixture identity)
{
    [Fact]
    public async Task A_file_becomes_accounts_and_what_cannot_be_is_reported_row_by_row()
    {
        var (one, two, three) = (NewRow(), NewRow(), NewRow());
        two["idNumber"] = "340102199001011231";
        three["phone"] = one["phone"];
        var claimed = NewRow();
        claimed["level"] = "intermediate";
        var lines = new[]
        {
            JsonSerializer.Serialize(one), JsonSerializer.Serialize(two), "", "{\"externalId\":", JsonSerializer.Serialize(three), JsonSerializer.Serialize(claimed),
            JsonSerializer.Serialize(new Dictionary<string, object?>(NewRow()) { ["isAdministrator"] = true }),
            JsonSerializer.Serialize(new Dictionary<string, object?>(NewRow()) { ["passwordHash"] = "5f4dcc3b5aa765d61d8327deb882cf99" }),
            JsonSerializer.Serialize(new Dictionary<string, object?>(NewRow()) { ["evidence"] = new[] { new { kind = "counter" } } }),
            JsonSerializer.Serialize(new Dictionary<string, object?>(NewRow()) { ["sex"] = "9" }),
            JsonSerializer.Serialize(one),
        };
        var id = Guid.NewGuid();
        var answer = await SendAsync(id, "hefei", string.Join('\n', lines));
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal(("10", "2", "0", "1", "7"), (answer["rows"], answer["created"], answer["linked"], answer["known"], answer["rejected"]));

        var official = await Official.SignInAsync(identity, "system", "identity.import");
        var first = await official.GetAsync($"/api/imports/{id}/rejections?limit=2");
        Assert.Equal(["2:idNumber.invalid:idNumber", "3:row.json:externalId"], Rows(first));
        var rest = await official.GetAsync($"/api/imports/{id}/rejections?after={first["next"]}");
        Assert.Equal(["4:phone.taken:phone", "6:row.json:isAdministrator", "7:passwordHash.unsupported:passwordHash", "8:evidence.invalid:evidence[0]", "9:sex.invalid:sex"], Rows(rest));
        Assert.DoesNotContain(one["idNumber"]!.ToString()!, rest.Body.ToString(), StringComparison.Ordinal);
        Assert.Equal(id.ToString(), (await official.GetAsync("/api/imports?limit=1")).Body.GetProperty("items")[0].GetProperty("id").GetString());

        // A claimed level is a word, not evidence.
        Assert.Equal("none", (await GradeAsync("hefei", (string)claimed["externalId"]!))["level"]);

        static string[] Rows(Answer answer) => [.. answer.Body.GetProperty("items").EnumerateArray().Select(r => $"{r.GetProperty("row")}:{r.GetProperty("code").GetString()}:{(r.TryGetProperty("field", out var f) ? f.GetString() : null)}")];
    }

    [Fact]
    public async Task A_character_that_is_none_refuses_its_row_and_not_the_file()
    {
        var (name, user, evidence) = (NewRow(), NewRow(), NewRow());
        name["name"] = "样\uFFFE例";
        user["userName"] = "user-\uFFFE";
        evidence["evidence"] = new[] { new { kind = "counter", method = "as\0recorded", assuredBy = "样例窗口", verifiedAt = identity.Time.GetUtcNow().AddDays(-1) } };
        var id = Guid.NewGuid();
        var answer = await SendAsync(id, "suzhou", string.Join('\n', JsonSerializer.Serialize(name), JsonSerializer.Serialize(user), JsonSerializer.Serialize(evidence), JsonSerializer.Serialize(NewRow())));
        Assert.Equal(("4", "1", "3"), (answer["rows"], answer["created"], answer["rejected"]));
        var rejections = await (await Official.SignInAsync(identity, "system", "identity.import")).GetAsync($"/api/imports/{id}/rejections");
        string[] codes = [.. rejections.Body.GetProperty("items").EnumerateArray().Select(r => r.GetProperty("code").GetString()!)];
        Assert.Equal(["name.invalid", "userName.invalid", "evidence.invalid"], codes);
    }

    [Fact]
    public async Task Evidence_that_is_handed_over_carries_the_level_and_says_where_it_comes_from()
    {
        var row = NewRow();
        row["passwordHash"] = ForeignHashes.Bcrypt;
        row["evidence"] = new object[] { Handed("counter", days: 30), Handed("population-match", days: 400), Handed("phone-otp", days: 400), Handed("password", days: 400) };
        await SendAsync(Guid.NewGuid(), "wuhu", JsonSerializer.Serialize(row));
        var grade = await GradeAsync("wuhu", (string)row["externalId"]!);
        Assert.Equal(("intermediate", "whole"), (grade["level"], grade["chain"]));
        Assert.All(grade.Body.GetProperty("evidence").EnumerateArray(), e => Assert.Equal("import:wuhu", e.GetProperty("source").GetString()));

        using var browser = identity.NewBrowser();
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await browser.SignInAsync((string)row["idNumber"]!, "wrong")).StatusCode);
        Assert.Equal(HttpStatusCode.Found, (await browser.SignInAsync((string)row["idNumber"]!, ForeignHashes.Password)).StatusCode);
        Assert.Contains("中级", await (await browser.GetAsync("/account")).Content.ReadAsStringAsync(), StringComparison.Ordinal);

        object Handed(string kind, int days) => new { kind, method = "as-recorded", assuredBy = "芜湖市样例窗口", verifiedAt = identity.Time.GetUtcNow().AddDays(-days), reference = "样例-1" };
    }

    [Theory]
    [InlineData(ForeignHashes.Bcrypt)]
    [InlineData(ForeignHashes.Pbkdf2Sha256)]
    [InlineData(ForeignHashes.Pbkdf2Sha512)]
    [InlineData(ForeignHashes.Argon2id)]
    public async Task A_password_of_a_former_system_signs_in_and_a_wrong_one_does_not(string hash)
    {
        var row = NewRow();
        row["passwordHash"] = hash;
        Assert.Equal("1", (await SendAsync(Guid.NewGuid(), "anqing", JsonSerializer.Serialize(row)))["created"]);
        using var browser = identity.NewBrowser();
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await browser.SignInAsync((string)row["phone"]!, ForeignHashes.Password + "x")).StatusCode);
        Assert.Equal(HttpStatusCode.Found, (await browser.SignInAsync((string)row["phone"]!, ForeignHashes.Password)).StatusCode);
    }

    [Theory]
    [InlineData("$2b$31$abcdefghijklmnopqrstuuE5zLqOmUxsOFpJ7fd3dWVqWkn8nTFrq")]
    [InlineData("$pbkdf2-sha256$999999999$c2FsdHNhbHQ$c2FsdHNhbHRzYWx0c2FsdHNhbHRzYWx0c2FsdHNhbHQ")]
    [InlineData("$argon2id$v=19$m=99999999,t=3,p=4$c2FsdHNhbHQ$c2FsdHNhbHRzYWx0c2FsdHNhbHRzYWx0c2FsdHNhbHQ")]
    [InlineData("$2a$4$.umPE/6kJRO5OijOTz3jZ.Qcr2EVZCGcjtclJd5gqpbYL2ZobNtly")]
    [InlineData("$2a$004$.umPE/6kJRO5OijOTz3jZ.Qcr2EVZCGcjtclJd5gqpbYL2ZobNtly")]
    [InlineData("$1$salt$qJH7.N4xYta3aEG/dfqo/0")]
    [InlineData("$")]
    public async Task A_hash_that_would_cost_minutes_or_nothing_or_is_misspelt_is_refused(string hash)
    {
        var row = NewRow();
        row["passwordHash"] = hash;
        Assert.Equal("1", (await SendAsync(Guid.NewGuid(), "anqing", JsonSerializer.Serialize(row)))["rejected"]);
    }

    [Theory]
    [InlineData("$2a$4$.umPE/6kJRO5OijOTz3jZ.Qcr2EVZCGcjtclJd5gqpbYL2ZobNtly")]
    [InlineData("$2a$004$.umPE/6kJRO5OijOTz3jZ.Qcr2EVZCGcjtclJd5gqpbYL2ZobNtly")]
    public async Task A_misspelt_hash_that_an_earlier_release_took_is_a_wrong_password_and_no_error(string hash)
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        await identity.ExecuteAsync($"UPDATE \"Accounts\" SET \"PasswordHash\" = '{hash}' WHERE \"Id\" = '{await identity.KeyOfAsync(owner.Person.IdNumber)}'");
        using var browser = identity.NewBrowser();
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await browser.SignInAsync(owner.Person.IdNumber, ForeignHashes.Password)).StatusCode);
    }

    [Fact]
    public async Task A_password_that_was_handed_over_without_evidence_of_it_carries_the_level_once_its_owner_chooses_another()
    {
        var row = NewRow();
        row["passwordHash"] = ForeignHashes.Bcrypt;
        row["evidence"] = ((string[])["population-match", "phone-otp"]).Select(kind => new { kind, method = "as-recorded", assuredBy = "样例窗口", verifiedAt = identity.Time.GetUtcNow().AddDays(-9) });
        Assert.Equal("1", (await SendAsync(Guid.NewGuid(), "tongling", JsonSerializer.Serialize(row)))["created"]);
        Assert.Equal("none", (await GradeAsync("tongling", (string)row["externalId"]!))["level"]);
        using var browser = identity.NewBrowser();
        await browser.SignInAsync((string)row["idNumber"]!, ForeignHashes.Password);
        Assert.Contains("/account/password?", await (await browser.GetAsync("/account/step-up")).Content.ReadAsStringAsync(), StringComparison.Ordinal);
        var page = await (await browser.GetAsync("/account/password")).Content.ReadAsStringAsync();
        var done = await browser.SubmitAsync("/account/password", page, ("Current", ForeignHashes.Password), ("Password", Applicant.Password), ("PasswordAgain", Applicant.Password));
        Assert.Equal(HttpStatusCode.Found, done.StatusCode);
        Assert.Equal("primary", (await GradeAsync("tongling", (string)row["externalId"]!))["level"]);

        // Once: a further change proves nothing new.
        page = await (await browser.GetAsync("/account/password")).Content.ReadAsStringAsync();
        await browser.SubmitAsync("/account/password", page, ("Current", Applicant.Password), ("Password", Applicant.Password + "-2"), ("PasswordAgain", Applicant.Password + "-2"));
        var subject = await identity.ReadAsync($"SELECT \"AccountId\" FROM \"AccountLinks\" WHERE \"Source\" = 'tongling' AND \"ExternalId\" = '{row["externalId"]}'");
        Assert.Equal(1, await identity.RowsAsync($"\"Evidence\" WHERE \"Kind\" = 'password' AND LOWER(CAST(\"SubjectId\" AS TEXT)) = LOWER('{subject}')"));
    }

    [Fact]
    public async Task A_file_that_broke_off_goes_on_where_it_stopped_and_nothing_comes_twice()
    {
        var lines = Enumerable.Range(0, 1300).Select(_ => JsonSerializer.Serialize(NewRow())).ToList();
        var id = Guid.NewGuid();
        var before = await identity.CountAsync("AccountLinks");
        var broken = await SendAsync(id, "luan", string.Join('\n', lines) + "\n" + new string('x', 70_000));
        Assert.Equal("identity.import.rowTooLong", broken["code"]);
        Assert.Equal(before + 1000, await identity.CountAsync("AccountLinks"));

        var official = await Official.SignInAsync(identity, "system", "identity.import");
        Assert.Equal(("1000", ""), ((await official.GetAsync($"/api/imports/{id}"))["rows"], (await official.GetAsync($"/api/imports/{id}"))["endedAt"] ?? ""));
        Assert.Equal("identity.import.otherFile", (await SendAsync(id, "luan", string.Join('\n', lines.Skip(1))))["code"]);
        Assert.Equal("identity.import.otherSource", (await SendAsync(id, "chuzhou", string.Join('\n', lines)))["code"]);
        var whole = await SendAsync(id, "luan", string.Join('\n', lines));
        Assert.Equal(("1300", "1300"), (whole["rows"], whole["created"]));
        Assert.Equal(before + 1300, await identity.CountAsync("AccountLinks"));
        Assert.Equal("1300", (await SendAsync(id, "luan", string.Join('\n', lines)))["created"]);
        var again = await SendAsync(Guid.NewGuid(), "luan", string.Join('\n', lines));
        Assert.Equal(("0", "1300"), (again["created"], again["known"]));
        Assert.Equal(before + 1300, await identity.CountAsync("AccountLinks"));
    }

    [Fact]
    public async Task One_person_of_two_cities_is_one_subject_and_another_name_is_a_matter_for_people()
    {
        var row = NewRow();
        await SendAsync(Guid.NewGuid(), "huangshan", JsonSerializer.Serialize(row));
        row["externalId"] = "B-" + row["externalId"];
        row["evidence"] = ((string[])["population-match", "phone-otp", "password"]).Select(kind => new { kind, method = "as-recorded", assuredBy = "样例窗口", verifiedAt = identity.Time.GetUtcNow().AddDays(-9) });
        Assert.Equal("1", (await SendAsync(Guid.NewGuid(), "xuancheng", JsonSerializer.Serialize(row)))["linked"]);
        row["externalId"] = "C-" + row["externalId"];
        row["name"] = "另一人";
        var id = Guid.NewGuid();
        Assert.Equal("1", (await SendAsync(id, "chizhou", JsonSerializer.Serialize(row)))["rejected"]);
        Assert.Equal("name.differs", await identity.ReadAsync($"SELECT \"Code\" FROM \"ImportRejections\" WHERE \"Row\" = 1 AND \"Code\" = 'name.differs'"));
        Assert.Equal("1", await identity.ReadAsync("SELECT COUNT(DISTINCT \"AccountId\") FROM \"AccountLinks\" WHERE \"Source\" IN ('huangshan', 'xuancheng')"));
        Assert.Equal("Primary", await identity.ReadAsync("SELECT \"Level\" FROM \"Grades\" WHERE \"SubjectId\" = (SELECT \"AccountId\" FROM \"AccountLinks\" WHERE \"Source\" = 'xuancheng')"));
    }

    [Fact]
    public async Task A_spreadsheet_is_read_too()
    {
        var (one, two) = (NewRow(), NewRow());
        two["name"] = "样,例\"人";
        var evidence = "[{\"kind\":\"counter\",\"method\":\"as-recorded\",\"assuredBy\":\"样例窗口\",\"verifiedAt\":\"2026-01-02T03:04:05+08:00\"}]";
        var text = "\uFEFFexternalId,idNumber,name,phone,evidence\r\n" + string.Join("\r\n", Line(one, evidence), Line(two, ""), Line(NewRow(), "[1]"), "a,b") + "\r\n";
        var answer = await SendAsync(Guid.NewGuid(), "bozhou", text, "text/csv");
        Assert.Equal(("4", "2", "2"), (answer["rows"], answer["created"], answer["rejected"]));
        Assert.Single(await identity.NamesAsync(), name => name == "样,例\"人");
        Assert.Equal("identity.import.header", (await SendAsync(Guid.NewGuid(), "bozhou", "externalId,role\r\na,b\r\n", "text/csv"))["code"]);
        Assert.Equal("identity.import.header", (await SendAsync(Guid.NewGuid(), "bozhou", "externalId,externalId\r\na,b\r\n", "text/csv"))["code"]);
        Assert.Equal("identity.import.rowTooLong", (await SendAsync(Guid.NewGuid(), "bozhou", "externalId,name\r\na,\"" + new string('x', 70_000), "text/csv"))["code"]);
        Assert.Equal("0", (await SendAsync(Guid.NewGuid(), "bozhou", "", "text/csv"))["rows"]);

        static string Line(Dictionary<string, object?> row, string evidence) => string.Join(',', ((string[])[.. new[] { "externalId", "idNumber", "name", "phone" }.Select(c => row[c]!.ToString()!), evidence]).Select(v => $"\"{v.Replace("\"", "\"\"", StringComparison.Ordinal)}\""));
    }

    [Fact]
    public async Task A_quote_that_is_not_closed_costs_its_own_row_and_no_other()
    {
        string[] columns = ["externalId", "idNumber", "name", "phone"];
        var rows = Enumerable.Range(0, 520).Select(_ => NewRow()).ToList();
        var lines = rows.ConvertAll(row => string.Join(',', columns.Select(column => $"\"{row[column]}\"")));
        lines[10] = lines[10].Replace("样例人\"", "样例人", StringComparison.Ordinal);
        lines[250] = lines[250].Replace("\"样例人", "样例人", StringComparison.Ordinal);
        lines[517] = lines[517].Replace("样例人\"", "样例人", StringComparison.Ordinal);

        // Within quotes too a row ends with its line.
        lines[518] = lines[518].Replace("样例人", "样例\r\n人", StringComparison.Ordinal);
        var head = string.Join(',', columns) + "\r\n";
        var id = Guid.NewGuid();
        var broken = await SendAsync(id, "maanshan", head + string.Join("\r\n", lines.Take(515)) + "\r\n" + new string('x', 70_000), "text/csv");
        Assert.Equal("identity.import.rowTooLong", broken["code"]);
        Assert.Equal(498, await identity.RowsAsync("\"AccountLinks\" WHERE \"Source\" = 'maanshan'"));

        // It goes on behind the rows that were read, the bad ones among them.
        var text = head + string.Join("\r\n", lines);
        for (var time = 0; time < 2; time++)
        {
            var whole = await SendAsync(id, "maanshan", text, "text/csv");
            Assert.Equal(("521", "516", "0", "5"), (whole["rows"], whole["created"], whole["known"], whole["rejected"]));
        }

        Assert.Equal("row,code,field\r\n11,row.quotes,\r\n251,row.quotes,\r\n518,row.quotes,\r\n519,row.quotes,\r\n520,row.quotes,\r\n", await HandedOver.ReportAsync(identity, id));
        Assert.Equal(516, await identity.RowsAsync("\"AccountLinks\" WHERE \"Source\" = 'maanshan'"));
        Assert.Equal(1, await identity.RowsAsync($"\"AccountLinks\" WHERE \"Source\" = 'maanshan' AND \"ExternalId\" = '{rows[^1]["externalId"]}'"));
        Assert.Equal("identity.import.otherFile", (await SendAsync(id, "maanshan", head + string.Join("\r\n", lines.Skip(1)), "text/csv"))["code"]);
    }

    [Fact]
    public async Task Only_system_administrators_and_services_send_and_bad_requests_are_named()
    {
        var id = Guid.NewGuid();
        Assert.Equal("identity.official.role", (await SendAsync(id, "hefei", "{}", user: "auditor"))["code"]);
        Assert.NotEqual(HttpStatusCode.OK, (await SendAsync(id, "hefei", "{}", user: "citizen")).Status);
        Assert.Equal("identity.import.format", (await SendAsync(id, "hefei", "{}", "application/xml"))["code"]);
        Assert.Equal("identity.import.source", (await SendAsync(id, "../x", "{}"))["code"]);
        var auditor = await Official.SignInAsync(identity, "auditor", "identity.import");
        Assert.Equal("identity.import.unknown", (await auditor.GetAsync($"/api/imports/{id}"))["code"]);
        Assert.Equal("identity.import.unknown", (await auditor.GetAsync($"/api/imports/{id}/rejections"))["code"]);
        Assert.Equal("identity.import.page", (await auditor.GetAsync("/api/imports?limit=9999"))["code"]);
    }

    [Fact]
    public async Task Another_person_under_a_known_key_is_reported_in_the_same_file_and_in_a_later_one()
    {
        var (one, other) = (NewRow(), NewRow());
        var own = other["externalId"];
        other["externalId"] = one["externalId"];
        var id = Guid.NewGuid();
        var answer = await SendAsync(id, "lujiang", Lines(one, other, one));
        Assert.Equal(("3", "1", "1", "1"), (answer["rows"], answer["created"], answer["known"], answer["rejected"]));
        Assert.Equal("row,code,field\r\n2,externalId.taken,externalId\r\n", await HandedOver.ReportAsync(identity, id));
        Assert.Equal("1", (await SendAsync(Guid.NewGuid(), "lujiang", Lines(other)))["rejected"]);

        // Nor where that person has an account of their own by now.
        other["externalId"] = own;
        Assert.Equal("1", (await SendAsync(Guid.NewGuid(), "lujiang", Lines(other)))["created"]);
        other["externalId"] = one["externalId"];
        var later = Guid.NewGuid();
        answer = await SendAsync(later, "lujiang", Lines(other));
        Assert.Equal(("0", "0", "0", "1"), (answer["created"], answer["linked"], answer["known"], answer["rejected"]));
        Assert.Equal("row,code,field\r\n1,externalId.taken,externalId\r\n", await HandedOver.ReportAsync(identity, later));
        Assert.Equal(2, await identity.RowsAsync("\"AccountLinks\" WHERE \"Source\" = 'lujiang'"));
    }

    [Fact]
    public async Task New_evidence_of_a_known_person_is_entered_once_and_what_does_not_count_is_named()
    {
        var day = identity.Time.GetUtcNow().AddDays(-9);
        var row = NewRow();
        var key = (string)row["externalId"]!;
        row["evidence"] = new[] { Handed("population-match") };
        Assert.Equal("1", (await SendAsync(Guid.NewGuid(), "feixi", Lines(row)))["created"]);
        row["evidence"] = new[] { Handed("population-match"), Handed("phone-otp"), Handed("password") };
        var answer = await SendAsync(Guid.NewGuid(), "feixi", Lines(row, row));
        Assert.Equal(("0", "1", "1", "0"), (answer["created"], answer["linked"], answer["known"], answer["rejected"]));
        var grade = await GradeAsync("feixi", key);
        Assert.Equal(("primary", "whole"), (grade["level"], grade["chain"]));
        answer = await SendAsync(Guid.NewGuid(), "feixi", Lines(row));
        Assert.Equal(("0", "1"), (answer["linked"], answer["known"]));
        Assert.Equal(3, await EnteredAsync());

        // Of another phone than the account's; what is there already is not named.
        row["phone"] = NewRow()["phone"];
        row["evidence"] = new[] { Handed("population-match"), Handed("phone-otp"), Handed("phone-otp", "asked-again") };
        var id = Guid.NewGuid();
        answer = await SendAsync(id, "feixi", Lines(row));
        Assert.Equal(("0", "1", "0"), (answer["linked"], answer["known"], answer["rejected"]));
        Assert.Equal("row,code,field\r\n1,evidence.leftOut,evidence[2]\r\n", await HandedOver.ReportAsync(identity, id));

        // By the rules of a first row: nothing new to an account that is frozen, and none under another name.
        var subject = await identity.ReadAsync($"SELECT \"AccountId\" FROM \"AccountLinks\" WHERE \"Source\" = 'feixi' AND \"ExternalId\" = '{key}'");
        await identity.ExecuteAsync($"UPDATE \"Accounts\" SET \"FrozenAt\" = '2026-01-01 00:00:00' WHERE \"Id\" = '{subject}'");
        var same = Lines(row).Replace("asked-again", "as-recorded", StringComparison.Ordinal);
        row["evidence"] = new[] { Handed("counter") };
        var counter = Lines(row);
        row["name"] = "另一人";
        id = Guid.NewGuid();
        answer = await SendAsync(id, "feixi", string.Join('\n', same, counter, Lines(row)));
        Assert.Equal(("0", "1", "2"), (answer["linked"], answer["known"], answer["rejected"]));
        Assert.Equal("row,code,field\r\n2,account.frozen,\r\n3,name.differs,name\r\n", await HandedOver.ReportAsync(identity, id));
        Assert.Equal(3, await EnteredAsync());

        object Handed(string kind, string method = "as-recorded") => new { kind, method, assuredBy = "样例窗口", verifiedAt = day };

        Task<long> EnteredAsync() => identity.RowsAsync("\"Evidence\" WHERE \"Source\" = 'import:feixi'");
    }

    [Fact]
    public async Task A_client_hands_over_for_its_own_sources_and_goes_on_with_its_own_imports_alone()
    {
        var (id, line) = (Guid.NewGuid(), Lines(NewRow()));
        foreach (var (client, source) in ((string, string)[])[("city", "suzhou-north"), ("city", "hefei"), ("hamlet", "huaibei")])
        {
            var refused = await HandedOver.SendByClientAsync(identity, client, Guid.NewGuid(), source, line);
            Assert.Equal((HttpStatusCode.Forbidden, "identity.import.foreignSource"), (refused.Status, refused["code"]));
        }

        var begun = await HandedOver.SendByClientAsync(identity, "city", id, "huaibei", line);
        Assert.Equal(("1", "city"), (begun["created"], begun["startedBy"]));

        // Nobody else's client goes on with it or sees it, though the source is theirs too; one's own does.
        Assert.Equal("identity.import.otherSender", (await HandedOver.SendByClientAsync(identity, "town", id, "huaibei", line))["code"]);
        Assert.Equal("identity.import.otherSource", (await HandedOver.SendByClientAsync(identity, "town", id, "suzhou-north", line))["code"]);
        var (city, town) = (await HandedOver.ClientAsync(identity, "city"), await HandedOver.ClientAsync(identity, "town"));
        Assert.Equal("identity.import.unknown", (await town.GetAsync($"/api/imports/{id}"))["code"]);
        Assert.Equal("identity.import.unknown", (await town.GetAsync($"/api/imports/{id}/rejections"))["code"]);
        Assert.Equal("identity.import.page", (await town.GetAsync($"/api/imports?after={id}"))["code"]);
        Assert.DoesNotContain((await town.GetAsync("/api/imports")).Body.GetProperty("items").EnumerateArray(), i => i.GetProperty("id").GetGuid() == id);
        Assert.Equal("1", (await city.GetAsync($"/api/imports/{id}"))["created"]);
        Assert.Equal("1", (await HandedOver.SendByClientAsync(identity, "city", id, "huaibei", line))["rows"]);

        // An official may with anybody's, and the audit says whose batch was whose.
        var whole = line + "\n" + Lines(NewRow());
        var more = await SendAsync(id, "huaibei", whole);
        Assert.Equal(("2", "city"), (more["rows"], more["startedBy"]));
        var batches = $"\"AuditRecords\" WHERE \"Action\" = 'import.batch' AND \"SubjectId\" = '{id}'";
        Assert.Equal((2L, 1L), (await identity.RowsAsync(batches), await identity.RowsAsync(batches + " AND \"ActorId\" = 'city'")));
        var own = Guid.NewGuid();
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(own, "huaibei", Lines(NewRow()))).Status);
        Assert.Equal("identity.import.otherSender", (await HandedOver.SendByClientAsync(identity, "city", own, "huaibei", line))["code"]);
    }

    private static Dictionary<string, object?> NewRow() => HandedOver.NewRow();

    private static string Lines(params Dictionary<string, object?>[] rows) => string.Join('\n', rows.Select(row => JsonSerializer.Serialize(row)));

    private async Task<Answer> GradeAsync(string source, string externalId)
    {
        var subject = await identity.ReadAsync($"SELECT \"AccountId\" FROM \"AccountLinks\" WHERE \"Source\" = '{source}' AND \"ExternalId\" = '{externalId}'");
        return await (await Official.SignInAsync(identity, "auditor", "identity.grade")).GetAsync($"/api/accounts/{subject}/grade");
    }

    private Task<Answer> SendAsync(Guid id, string source, string text, string type = "application/x-ndjson", string user = "system") => HandedOver.SendAsync(identity, id, source, text, type, user);
}

[Collection(OnSqlite.Name)]
public sealed class ImportOnSqlite(SqliteIdentity identity) : ImportSuite(identity);

[Collection(OnPostgres.Name)]
public sealed class ImportOnPostgres(PostgresIdentity identity) : ImportSuite(identity);
