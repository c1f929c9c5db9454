using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Xunit;
using Yinxin.Testing;

namespace Yinxin.Portal.Tests.Desk;

/// <summary>Applications over Desk's API, on either database: what is refused leaves nothing behind.</summary>
public abstract class ApplicationApiTests(PlatformFixture platform)
{
    [Fact]
    public async Task Who_lacks_the_level_is_told_which_to_raise()
    {
        using var primary = await Applicant.SignInAsync(platform, "citizen01");
        var body = await primary.ApplicationAsync();
        using var response = await primary.ApplyAsync(body);
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        var challenge = response.Headers.WwwAuthenticate.ToString();
        Assert.Contains("insufficient_user_authentication", challenge, StringComparison.Ordinal);
        Assert.Contains("acr_values=\"urn:yinxin:assurance:intermediate\"", challenge, StringComparison.Ordinal);
        Assert.Equal(0, await primary.CountAsync());
    }

    [Fact]
    public async Task The_same_key_is_the_same_case_and_another_body_under_it_is_refused()
    {
        using var citizen = await Applicant.SignInAsync(platform, "citizen02");
        var body = await citizen.ApplicationAsync();
        var key = Guid.NewGuid().ToString();
        var first = await citizen.ApplyAsync(body, key).AnswerAsync(HttpStatusCode.Created);
        var again = await citizen.ApplyAsync(body, key).AnswerAsync(HttpStatusCode.Created);
        Assert.Equal(first.GetProperty("caseNumber").GetString(), again.GetProperty("caseNumber").GetString());
        await citizen.ApplyAsync(await citizen.ApplicationAsync(), key).RefusedAsync(HttpStatusCode.UnprocessableEntity, "idempotency.mismatch");
    }

    [Fact]
    public async Task Ten_at_once_get_ten_numbers()
    {
        using var citizen = await Applicant.SignInAsync(platform, "citizen02");
        var bodies = new List<object>();
        for (var i = 0; i < 10; i++)
        {
            bodies.Add(await citizen.ApplicationAsync());
        }

        var answers = await Task.WhenAll(bodies.Select(b => citizen.ApplyAsync(b).AnswerAsync(HttpStatusCode.Created)));
        Assert.Equal(10, answers.Select(a => a.GetProperty("caseNumber").GetString()).Distinct(StringComparer.Ordinal).Count());
    }

    [Theory]
    [InlineData("businessName", "")]
    [InlineData("businessName", "\u0007bell")]
    [InlineData("phone", "call me")]
    [InlineData("mode", "一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一")]
    public async Task A_wrong_field_is_named_and_nothing_is_stored(string field, string value)
    {
        using var citizen = await Applicant.SignInAsync(platform, "citizen02");
        var before = await citizen.CountAsync();
        var form = Applicant.Form();
        form[field] = value;
        var material = await citizen.UploadPdfAsync();
        var problem = await citizen.ApplyAsync(new { implementationCode = Applicant.Matter, form, materials = new[] { new { materialId = material, key = "premises" } } })
            .RefusedAsync(HttpStatusCode.UnprocessableEntity, "case.form");
        Assert.Equal([field], problem.GetProperty("fields").EnumerateArray().Select(f => f.GetString()!));
        Assert.Equal(before, await citizen.CountAsync());
    }

    [Fact]
    public async Task A_required_material_that_is_missing_another_persons_or_given_twice_is_refused()
    {
        using var citizen = await Applicant.SignInAsync(platform, "citizen02");
        using var stranger = await Applicant.SignInAsync(platform, "citizen01");
        var own = await citizen.UploadPdfAsync();
        var missing = await Try([new { materialId = own, key = "statement" }]);
        Assert.Equal(["premises"], missing.GetProperty("missing").EnumerateArray().Select(m => m.GetString()!));
        await Try([]);
        await Try([null!]);
        await Try([new { materialId = await stranger.UploadPdfAsync(), key = "premises" }]);
        await Try([new { materialId = own, key = "premises" }, new { materialId = own, key = "statement" }]);
        await Try([new { materialId = own, key = "premises" }, new { materialId = own, key = "no such material" }]);

        Task<JsonElement> Try(object[] materials) =>
            citizen.ApplyAsync(new { implementationCode = Applicant.Matter, form = Applicant.Form(), materials }).RefusedAsync(HttpStatusCode.UnprocessableEntity, "case.materials");
    }

    [Fact]
    public async Task A_file_serves_one_case_only()
    {
        using var citizen = await Applicant.SignInAsync(platform, "citizen02");
        var body = await citizen.ApplicationAsync();
        await citizen.ApplyAsync(body).AnswerAsync(HttpStatusCode.Created);
        await citizen.ApplyAsync(body).RefusedAsync(HttpStatusCode.UnprocessableEntity, "case.materials");
    }

    [Fact]
    public async Task Another_persons_case_does_not_exist()
    {
        using var citizen = await Applicant.SignInAsync(platform, "citizen02");
        using var stranger = await Applicant.SignInAsync(platform, "citizen01");
        var number = await citizen.ApplyAsync();
        await stranger.Http.GetAsync(stranger.Desk("/api/my/cases/" + number)).RefusedAsync(HttpStatusCode.NotFound, "case.unknown");
        await stranger.Http.PostAsJsonAsync(stranger.Desk($"/api/my/cases/{number}/withdrawal"), new { }).RefusedAsync(HttpStatusCode.NotFound, "case.unknown");
        Assert.Equal("Submitted", (await citizen.CaseAsync(number)).GetProperty("state").GetString());
    }

    [Fact]
    public async Task A_page_behind_all_others_is_empty()
    {
        using var citizen = await Applicant.SignInAsync(platform, "citizen02");
        foreach (var list in (Uri[])[citizen.Desk("/api/my/cases"), new(platform.Address("license") + "/api/my/licenses")])
        {
            var page = await citizen.Http.GetAsync(new Uri(list + "?page=2147483647")).AnswerAsync(HttpStatusCode.OK);
            Assert.Equal(0, page.GetProperty("items").GetArrayLength());
        }
    }

    [Fact]
    public async Task A_case_is_withdrawn_once()
    {
        using var citizen = await Applicant.SignInAsync(platform, "citizen02");
        var number = await citizen.ApplyAsync();
        var withdrawn = await citizen.Http.PostAsJsonAsync(citizen.Desk($"/api/my/cases/{number}/withdrawal"), new { }).AnswerAsync(HttpStatusCode.OK);
        Assert.Equal("Withdrawn", withdrawn.GetProperty("state").GetString());
        await citizen.Http.PostAsJsonAsync(citizen.Desk($"/api/my/cases/{number}/withdrawal"), new { }).RefusedAsync(HttpStatusCode.Conflict, "case.transition");
    }

    [Fact]
    public async Task A_draft_is_kept_until_the_application_is_made()
    {
        using var citizen = await Applicant.SignInAsync(platform, "citizen02");
        var address = citizen.Desk("/api/my/drafts/" + Applicant.Matter);
        await citizen.Http.PutAsJsonAsync(address, new { form = new { businessName = "写了一半" } }).AnswerAsync(HttpStatusCode.NoContent);
        var draft = await citizen.Http.GetAsync(address).AnswerAsync(HttpStatusCode.OK);
        Assert.Equal("写了一半", draft.GetProperty("form").GetProperty("businessName").GetString());
        await citizen.Http.PutAsJsonAsync(address, new { form = new { businessName = new string('长', 70_000) } }).RefusedAsync(HttpStatusCode.RequestEntityTooLarge, "draft.tooLarge");
        await citizen.ApplyAsync();
        await citizen.Http.GetAsync(address).RefusedAsync(HttpStatusCode.NotFound, "draft.none");
    }
}

public sealed class SqliteApplicationApiTests(SqlitePlatform platform) : ApplicationApiTests(platform), IClassFixture<SqlitePlatform>;

public sealed class PostgresApplicationApiTests(PostgresPlatform platform) : ApplicationApiTests(platform), IClassFixture<PostgresPlatform>;
