using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Tests.Hosting;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.Testing;
using Yinxin.Trust.Suites;
using Yinxin.Trust.Timestamps;

namespace Yinxin.Identity.Tests.Console;

/// <summary>
/// A gap between timestamps stays for ever; an auditor who looked into it says so in the audit, about that gap alone. On servers of its own: it moves the clock by days.
/// </summary>
public abstract class GapExplanationSuite(IdentityFixture identity) : IDisposable
{
    private const string Page = "/console/audit/verifications";
    private const string Reason = "样例：时间戳服务停用三天，已核对当时的运维记录";
    private const string Red = "tag bad\">第";
    private readonly TestPki pki = new(SignatureSuite.International);
    private readonly SoftwareSigner key = SoftwareSigner.Generate(SignatureSuite.International);

    [Fact]
    public async Task A_gap_that_an_auditor_explained_is_said_in_yellow_and_every_other_stays_red()
    {
        await using var trust = await BundleAsync();
        await NotedHeadAsync();
        await WorkAfterAsync(TimeSpan.FromDays(3));
        var first = await StampAsync();
        using (var auditor = await Officer.SignInAsync(identity, "auditor"))
        {
            var page = await VerifyAsync(auditor);
            Assert.Contains(Red + " 0 条之后超过两天没有时间戳", Newest(page), StringComparison.Ordinal);
            Assert.Contains($"name=\"GapFrom\" value=\"0\" /><input type=\"hidden\" name=\"GapUntil\" value=\"{first}\"", page, StringComparison.Ordinal);

            // In words, without anybody's number, about a gap that is there, by who may verify.
            var unfinished = await ExplainAsync(auditor, 0, first, "已核对");
            Assert.Equal(HttpStatusCode.UnprocessableEntity, unfinished.StatusCode);
            // From the page that comes back to say so the chain can be verified too.
            Assert.Contains("action=\"/console/audit/verifications\"", await Officer.TextAsync(unfinished), StringComparison.Ordinal);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, (await ExplainAsync(auditor, 0, first, new string('长', 501))).StatusCode);
            var personal = await ExplainAsync(auditor, 0, first, "样例：340102 19900101 1232 报告时间戳服务停用");
            Assert.Equal(HttpStatusCode.UnprocessableEntity, personal.StatusCode);
            Assert.Contains("请去掉身份证号、手机号", await Officer.TextAsync(personal), StringComparison.Ordinal);
            foreach (var (from, until) in ((long, long)[])[(0, first - 1), (1, first), (first, first + 1), (0, 0)])
            {
                Assert.Equal(HttpStatusCode.Conflict, (await ExplainAsync(auditor, from, until, Reason)).StatusCode);
            }

            using var security = await Officer.SignInAsync(identity, "security");
            Assert.Equal(HttpStatusCode.Forbidden, (await security.ForgeAsync(Page + "?handler=Explain", ("GapFrom", "0"), ("GapUntil", Text(first)), ("Reason", Reason))).StatusCode);
            Assert.Equal(0, await ExplainedAsync());

            Assert.Equal(HttpStatusCode.Found, (await ExplainAsync(auditor, 0, first, Reason)).StatusCode);
            Assert.Equal(1, await ExplainedAsync($"\"SubjectId\" = '0-{first}' AND \"ActorName\" = '官样例' AND \"Details\" LIKE '{{\"from\":0,\"until\":{first},\"reason\":%'"));
            Assert.DoesNotContain("GapUntil", await auditor.ReadAsync(Page), StringComparison.Ordinal);
            Assert.Equal(HttpStatusCode.Conflict, (await ExplainAsync(auditor, 0, first, Reason)).StatusCode);
            Assert.Contains("tag warn\">链与时间戳相符，其中 1 处时间戳缺口已有说明", Newest(await VerifyAsync(auditor)), StringComparison.Ordinal);
            Assert.Contains("but for 1 explained gap<", Newest(await auditor.ReadAsync(Page + "?lang=en")), StringComparison.Ordinal);
        }

        // Another one, which has no end: it grows, and nobody explains it.
        await WorkAfterAsync(TimeSpan.FromDays(4));
        identity.Time.Advance(TimeSpan.FromHours(2));
        using (var auditor = await Officer.SignInAsync(identity, "auditor"))
        {
            var page = await VerifyAsync(auditor);
            Assert.Contains(FormattableString.Invariant($"{Red} {first} 条之后超过两天没有时间戳"), Newest(page), StringComparison.Ordinal);
            Assert.DoesNotContain("GapUntil", page, StringComparison.Ordinal);
            Assert.Equal(HttpStatusCode.Conflict, (await ExplainAsync(auditor, first, 0, Reason)).StatusCode);
        }

        var second = await StampAsync();
        using (var auditor = await Officer.SignInAsync(identity, "auditor"))
        {
            await VerifyAsync(auditor);
            Assert.Equal(HttpStatusCode.Found, (await ExplainAsync(auditor, first, second, Reason)).StatusCode);
            Assert.Contains("其中 2 处时间戳缺口已有说明", Newest(await VerifyAsync(auditor)), StringComparison.Ordinal);

            // With an anchor taken away there is another gap, of which nobody said anything.
            await identity.ExecuteAsync(FormattableString.Invariant($"DELETE FROM \"AuditAnchors\" WHERE \"Sequence\" = {first}"));
            Assert.Contains(Red + " 0 条之后超过两天没有时间戳", Newest(await VerifyAsync(auditor)), StringComparison.Ordinal);
        }
    }

    public void Dispose()
    {
        key.Dispose();
        pki.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Days go by without a timestamp, and somebody is at work.</summary>
    private async Task WorkAfterAsync(TimeSpan days)
    {
        identity.Time.Advance(days);
        using var worker = await Officer.SignInAsync(identity, "auditor");
        await worker.ReadAsync("/console/audit");
    }

    /// <summary>Two hours later the newest record is stamped.</summary>
    private async Task<long> StampAsync()
    {
        identity.Time.Advance(TimeSpan.FromHours(2));
        await using var scope = identity.Services.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<IdentityContext>();
        var end = await database.Set<AuditRecord>().AsNoTracking().OrderByDescending(r => r.Sequence).FirstAsync();
        using var authority = new HttpClient(new Desk(new TimestampAuthority(key, [pki.Issue("tsa", key), pki.Issuing], identity.Time)));
        var token = await TimestampClient.StampAsync(authority, new Uri("http://localhost/tsa"), SignatureSuite.International, Encoding.ASCII.GetBytes(end.Hash), CancellationToken.None);
        database.Set<AuditAnchor>().Add(new AuditAnchor { Sequence = end.Sequence, Hash = end.Hash, At = identity.Time.GetUtcNow(), Token = token });
        await database.SaveChangesAsync();
        return end.Sequence;
    }

    /// <summary>Trust's bundle alone: the server finds whose timestamps count, and no authority that would stamp in between.</summary>
    private async Task<WebApplication> BundleAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls(identity.TrustAddress);
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        var stand = builder.Build();
        var bundle = pki.Bundle(listDays: 30).ToJson();
        stand.MapGet("/trust-bundle.json", () => Results.Bytes(bundle, "application/json"));
        await stand.StartAsync();
        return stand;
    }

    private async Task NotedHeadAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!File.Exists(Path.Combine(identity.DataDirectory, AuditHead.FileName)))
        {
            await Task.Delay(100, limit.Token);
        }
    }

    private static Task<HttpResponseMessage> ExplainAsync(Officer auditor, long from, long until, string reason) =>
        auditor.FillAsync(Page, "Explain", ("GapFrom", Text(from)), ("GapUntil", Text(until)), ("Reason", reason));

    private Task<long> ExplainedAsync(string condition = "1 = 1") => identity.RowsAsync($"\"AuditRecords\" WHERE \"Action\" = 'audit.gapExplained' AND {condition}");

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>What the page says of the walk that began last.</summary>
    private static string Newest(string page) => page.Split("<ul class=\"timeline\">")[1].Split("</li>")[0];

    private static async Task<string> VerifyAsync(Officer auditor)
    {
        Assert.Equal(HttpStatusCode.Found, (await auditor.FillAsync(Page, "", ("From", "1"), ("To", "5"))).StatusCode);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            var page = await auditor.ReadAsync(Page);
            if (!page.Contains("<progress", StringComparison.Ordinal))
            {
                return page;
            }

            await Task.Delay(100, limit.Token);
        }
    }

    private sealed class Desk(TimestampAuthority authority) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var question = await request.Content!.ReadAsByteArrayAsync(cancellationToken);
            return new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent(authority.Answer(question)) };
        }
    }
}

public sealed class GapExplanationOnSqlite(SqliteIdentity identity) : GapExplanationSuite(identity), IClassFixture<SqliteIdentity>;

public sealed class GapExplanationOnPostgres(PostgresIdentity identity) : GapExplanationSuite(identity), IClassFixture<PostgresIdentity>;
