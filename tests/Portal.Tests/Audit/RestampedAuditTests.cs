using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Xunit;
using Yinxin.Launch.Demo;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.Testing;
using Yinxin.Trust.Suites;
using Yinxin.Trust.Timestamps;

namespace Yinxin.Portal.Tests.Audit;

/// <summary>
/// Whoever may write to the database writes the whole chain anew and has it stamped by the platform's own authority, which asks no one who he is: the stamps are of today, and that tells.
/// A stamp that came late for honest reasons is no forgery.
/// </summary>
public abstract class RestampedAuditTests : IDisposable
{
    private const int Hours = 120;
    private static readonly Uri Authority = new("http://localhost/tsa");
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("yinxin-audit-");
    private readonly AdjustableTime time = new();
    private readonly TestPki pki = new(SignatureSuite.International);
    private readonly SoftwareSigner key = SoftwareSigner.Generate(SignatureSuite.International);
    private readonly HttpClient tsa;

    protected RestampedAuditTests() => tsa = new HttpClient(new Desk(new TimestampAuthority(key, [pki.Issue("tsa", key), pki.Issuing], time)));

    /// <summary>Where this test's database is.</summary>
    protected string Place => directory.FullName;

    /// <summary>The command's arguments for this test's database.</summary>
    protected abstract string[] Database { get; }

    public void Dispose()
    {
        tsa.Dispose();
        key.Dispose();
        pki.Dispose();
        directory.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task What_cannot_be_looked_at_is_said_and_is_not_called_whole()
    {
        // Another app's damaged end beside it is none of this one's.
        await File.WriteAllTextAsync(Path.Combine(directory.CreateSubdirectory("other").FullName, "audit-head.json"), "{");
        await using (var context = await CreateAsync())
        {
            // Without a record, too: they may all have been taken away.
            Assert.Equal((2, "", "head"), await VerifyAsync("--bundle", await BundleAsync()));
            await WorkAsync(context, 0, Hours, stampEvery: 24);
        }

        // What is not asked for is said all the same.
        Assert.Equal((0, "", "head"), await VerifyAsync("--without-head", "--bundle", await BundleAsync()));
        Assert.Equal((2, "", "head"), await VerifyAsync("--bundle", await BundleAsync()));
        Assert.Equal((2, "", "head,bundle"), await VerifyAsync("--without-head"));
        Assert.Equal((2, "", "head,bundle"), await VerifyAsync("--without-bundle"));
        Assert.Equal((0, "", "head,bundle"), await VerifyAsync("--without-head", "--without-bundle"));
    }

    [Theory]
    [InlineData("old dates", "redated")]
    [InlineData("dates of today", "restamped")]
    [InlineData("the newest alone", "gap")]
    public async Task A_chain_that_was_written_anew_and_stamped_anew_does_not_pass(string how, string kind)
    {
        await using (var context = await CreateAsync())
        {
            await WorkAsync(context, 0, Hours, stampEvery: 24);
            Assert.Equal(0, (await VerifyAsync("--without-head", "--bundle", await BundleAsync())).Code);

            await RewriteAsync(context);
            var anchors = await context.Set<AuditAnchor>().OrderBy(a => a.Sequence).ToListAsync();
            foreach (var anchor in anchors)
            {
                if (how == "the newest alone" && anchor != anchors[^1])
                {
                    context.Remove(anchor);
                    continue;
                }

                anchor.Hash = await context.Set<AuditRecord>().Where(r => r.Sequence == anchor.Sequence).Select(r => r.Hash).SingleAsync();
                anchor.Token = await StampAsync(anchor.Hash);
                anchor.At = how == "old dates" ? anchor.At : time.GetUtcNow();
            }

            await context.SaveChangesAsync();
        }

        var (code, kinds, _) = await VerifyAsync("--without-head", "--bundle", await BundleAsync());
        Assert.Equal(1, code);
        Assert.Contains(kind, kinds.Split(','));
        // Who does not know whose stamps count sees it too: the time stands in the token.
        Assert.Equal((1, kinds, "head,bundle"), await VerifyAsync("--without-head", "--without-bundle"));
    }

    [Fact]
    public async Task A_stamp_that_came_late_is_a_gap_and_no_forgery()
    {
        await using (var context = await CreateAsync())
        {
            // The authority is away for four days in which the app works.
            await WorkAsync(context, 0, 24, stampEvery: 24);
            await WorkAsync(context, 30, Hours - 6, stampEvery: int.MaxValue);
            await WorkAsync(context, Hours, Hours + 24, stampEvery: 24);
            Assert.Equal((1, "gap", "head"), await VerifyAsync("--bundle", await BundleAsync()));

            // Somebody looked into it: said all the same, and no more than that one. The next anchor taken away makes another of it.
            Assert.Equal((0, "gap", "head"), await VerifyAsync("--without-head", "--known-gap", "5-21", "--bundle", await BundleAsync()));
            Assert.Equal((2, "gap", "head"), await VerifyAsync("--known-gap", "5-21", "--bundle", await BundleAsync()));
            Assert.Equal((1, "gap", "head"), await VerifyAsync("--without-head", "--known-gap", "5-", "--bundle", await BundleAsync()));
            await context.Set<AuditAnchor>().Where(a => a.Sequence == 21).ExecuteDeleteAsync();
            Assert.Equal((1, "gap", "head"), await VerifyAsync("--without-head", "--known-gap", "5-21", "--bundle", await BundleAsync()));
        }
    }

    [Fact]
    public async Task A_stamp_after_days_in_which_nothing_happened_is_none()
    {
        await using (var context = await CreateAsync())
        {
            await WorkAsync(context, 0, 48, stampEvery: 24);
            await WorkAsync(context, 54, 54, stampEvery: int.MaxValue);
            time.Ahead = TimeSpan.FromHours(Hours);
            await AnchorAsync(context);
            await WorkAsync(context, Hours + 6, Hours + 12, stampEvery: int.MaxValue);
        }

        Assert.Equal((0, "", "head"), await VerifyAsync("--without-head", "--bundle", await BundleAsync()));
    }

    /// <summary>Options for a database of this test's own.</summary>
    protected abstract DbContextOptions Options();

    private async Task<StampedContext> CreateAsync()
    {
        var context = new StampedContext(Options());
        await context.Database.EnsureCreatedAsync();
        return context;
    }

    /// <summary>A record every six hours, and a stamp whenever so many hours are over.</summary>
    private async Task WorkAsync(StampedContext context, int from, int until, int stampEvery)
    {
        for (var hour = from; hour <= until; hour += 6)
        {
            time.Ahead = TimeSpan.FromHours(hour);
            AuditNotes.Add(context, new AuditEntry("sample.done", SubjectId: null, ActorId: null), http: null, time);
            await context.SaveChangesAsync();
            if (hour > 0 && hour % stampEvery == 0)
            {
                await AnchorAsync(context);
            }
        }
    }

    private async Task AnchorAsync(StampedContext context)
    {
        var end = await context.Set<AuditRecord>().OrderByDescending(r => r.Sequence).Select(r => new { r.Sequence, r.Hash }).FirstAsync();
        context.Add(new AuditAnchor { Sequence = end.Sequence, Hash = end.Hash, At = time.GetUtcNow(), Token = await StampAsync(end.Hash) });
        await context.SaveChangesAsync();
    }

    private Task<byte[]> StampAsync(string hash) => TimestampClient.StampAsync(tsa, Authority, SignatureSuite.International, Encoding.ASCII.GetBytes(hash), CancellationToken.None);

    /// <summary>Another name in the second record, and every hash from there on as it must be.</summary>
    private static async Task RewriteAsync(StampedContext context)
    {
        context.ChangeTracker.Clear();
        var previous = new string('0', 64);
        foreach (var r in await context.Set<AuditRecord>().OrderBy(r => r.Sequence).ToListAsync())
        {
            var entry = context.Entry(r);
            if (r.Sequence == 2)
            {
                entry.Property(x => x.ActorName).CurrentValue = "somebody else";
            }

            entry.Property(x => x.PreviousHash).CurrentValue = previous;
            previous = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(new object?[]
            {
                r.Sequence, r.At.UtcTicks / 10, r.Action, r.SubjectId, r.ActorId, r.ActorName, r.Address, r.TraceId, r.Result, r.Details, r.PreviousHash,
            }))));
            entry.Property(x => x.Hash).CurrentValue = previous;
        }

        await context.SaveChangesAsync();
    }

    private async Task<string> BundleAsync()
    {
        var file = Path.Combine(Place, "bundle.json");
        if (!File.Exists(file))
        {
            await File.WriteAllBytesAsync(file, pki.Bundle(listDays: 30).ToJson());
        }

        return file;
    }

    private async Task<(int Code, string Kinds, string Unknown)> VerifyAsync(params string[] further)
    {
        var (code, output) = await Judge.RunAsync("dotnet", [typeof(DemoException).Assembly.Location, "audit", "verify", "--json", .. Database, .. further]);
        Assert.True(code is 0 or 1 or 2 && output.StartsWith('{'), output);
        var finding = JsonSerializer.Deserialize<JsonElement>(output);
        return (
            code,
            string.Join(',', finding.GetProperty("faults").EnumerateArray().Select(f => f.GetProperty("kind").GetString())),
            string.Join(',', finding.GetProperty("unknown").EnumerateArray().Select(u => u.GetString())));
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

public sealed class RestampedAuditOnSqlite : RestampedAuditTests
{
    private string DatabaseFile => Path.Combine(Place, "database.sqlite");

    protected override string[] Database => ["--data", DatabaseFile];

    protected override DbContextOptions Options() => new DbContextOptionsBuilder().UseSqlite($"Data Source={DatabaseFile};Pooling=False").Options;
}

public sealed class RestampedAuditOnPostgres : RestampedAuditTests
{
    private readonly string connection = $"{PostgresCluster.Shared.Connection};Database=audit_{Guid.NewGuid():N};Pooling=False";

    protected override string[] Database => ["--database", "postgres", "--connection", connection, "--data", Place];

    protected override DbContextOptions Options() => new DbContextOptionsBuilder().UseNpgsql(connection).Options;
}
