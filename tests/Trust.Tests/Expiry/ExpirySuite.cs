using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Org.BouncyCastle.X509;
using Xunit;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Outbox;
using Yinxin.Testing;
using Yinxin.Trust.Certificates;
using Yinxin.Trust.Server.Data;
using Yinxin.Trust.Server.Features.Expiry;
using Yinxin.Trust.Suites;
using Yinxin.Trust.Tests.Server;

namespace Yinxin.Trust.Tests.Expiry;

public sealed class SqliteExpiryTests(SqliteTrust databases) : ExpirySuite(databases), IClassFixture<SqliteTrust>;

public sealed class PostgresExpiryTests(PostgresTrust databases) : ExpirySuite(databases), IClassFixture<PostgresTrust>;

/// <summary>The watch over what ends soon, on either database.</summary>
public abstract class ExpirySuite(TrustDatabases databases) : IAsyncLifetime
{
    private const string Authority = "documents-international";
    private const int Life = 1095;
    private readonly AdjustableTime time = new();
    private Dictionary<string, string?> database = [];
    private TrustNode node = null!;

    public async ValueTask InitializeAsync()
    {
        database = await databases.CreateAsync();
        node = await StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await node.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Each_threshold_is_told_once_also_after_a_restart()
    {
        var certificate = await node.IssueAsync();
        Left(91);
        await LookAsync();
        Assert.Empty(await OfAsync(certificate));
        Left(89);
        await LookAsync();
        await LookAsync();
        Assert.Equal("90", await OfAsync(certificate));
        Left(29);
        await node.DisposeAsync();
        node = await StartAsync();
        await LookAsync();
        Assert.Equal("30 90", await OfAsync(certificate));

        // The server stood still past 14: only the threshold that counts now is told.
        Left(5);
        await LookAsync();
        Assert.Equal("7 30 90", await OfAsync(certificate));
        Left(0.5);
        await LookAsync();
        Assert.Equal("1 7 30 90", await OfAsync(certificate));
        Left(-1);
        await LookAsync();
        Assert.All(await ListAsync("?status=ended&limit=200"), n => Assert.Equal("expired", n.GetProperty("endReason").GetString()));
        Assert.Equal(4, (await ListAsync("?status=ended&limit=200")).Count(n => IsOf(n, certificate)));
    }

    [Fact]
    public async Task A_short_life_has_fewer_thresholds()
    {
        var site = await node.IssueAsync("tls", name: "site.example");
        time.Ahead += TimeSpan.FromDays(2);
        await LookAsync();
        Assert.Empty(await OfAsync(site));
        time.Ahead += TimeSpan.FromDays(59);
        await LookAsync();
        Assert.Equal("30", await OfAsync(site));
    }

    [Fact]
    public async Task What_is_renewed_or_revoked_is_told_no_more_and_what_is_held_is()
    {
        var keys = Enumerable.Range(0, 2).Select(_ => SoftwareSigner.Generate(SignatureSuite.International)).ToList();
        var early = await IssueForAsync(keys[0]);
        var late = await IssueForAsync(keys[1]);
        var (revoked, held) = (await node.IssueAsync(), await node.IssueAsync());
        await node.RevokeAsync(Authority, held, "certificateHold").AnswerAsync(HttpStatusCode.OK);
        Left(59);
        await RenewAsync(keys[0], early);
        await LookAsync();
        Assert.Empty(await OfAsync(early));
        Assert.Equal(("90", "90", "90"), (await OfAsync(late), await OfAsync(revoked), await OfAsync(held)));
        await RenewAsync(keys[1], late);
        await node.RevokeAsync(Authority, revoked, "cessationOfOperation").AnswerAsync(HttpStatusCode.OK);
        Left(29);
        await LookAsync();
        Assert.Equal(("90", "90", "30 90"), (await OfAsync(late), await OfAsync(revoked), await OfAsync(held)));
        var ended = await ListAsync("?status=ended");
        Assert.Equal(("renewed", "revoked"), (Reason(late), Reason(revoked)));
        keys.ForEach(k => k.Dispose());

        string? Reason(X509Certificate certificate) => ended.Single(n => IsOf(n, certificate)).GetProperty("endReason").GetString();
    }

    [Fact]
    public async Task Two_nodes_tell_of_hundreds_once_and_count_them()
    {
        await using var other = await StartAsync();
        using var counting = Count(node, other, out var count);
        var certificates = (await Task.WhenAll(Enumerable.Range(0, 230).Select(_ => node.IssueAsync()))).Select(TrustNode.Serial).ToHashSet(StringComparer.Ordinal);
        Left(89);
        var made = await Task.WhenAll(LookAsync(node), LookAsync(other), LookAsync(node), LookAsync(other));
        Assert.Equal(230, made.Sum());
        Assert.Equal(230, count());

        var seen = new List<string>();
        for (var after = ""; after is not null;)
        {
            var page = await node.Client.GetAsync("api/expiry-notices?status=open&limit=100" + after).AnswerAsync(HttpStatusCode.OK);
            seen.AddRange(page.GetProperty("notices").EnumerateArray().Select(n => n.GetProperty("serial").GetString()!));
            after = page.GetProperty("next") is { ValueKind: JsonValueKind.Number } next ? "&after=" + next.GetRawText() : null;
        }

        Assert.Equal(230, seen.Count);
        Assert.True(certificates.SetEquals(seen));
        await using var scope = node.Services.CreateAsyncScope();
        Assert.Empty((await scope.ServiceProvider.GetRequiredService<AuditVerifier>().VerifyAsync(default)).Faults);
    }

    [Fact]
    public async Task A_notice_is_acknowledged_once()
    {
        var certificate = await node.IssueAsync();
        Left(89);
        await LookAsync();
        var id = (await ListAsync("?status=open")).Single(n => IsOf(n, certificate)).GetProperty("id").GetInt64();
        var path = FormattableString.Invariant($"api/expiry-notices/{id}/acknowledgement");
        using var reader = node.With("trust.read");
        Assert.Equal(HttpStatusCode.Forbidden, (await reader.PostAsync(path, content: null)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await node.Public.GetAsync("api/expiry-notices")).StatusCode);
        var first = await node.Client.PostAsync(path, content: null).AnswerAsync(HttpStatusCode.OK);
        Assert.Equal(("acknowledged", "tests"), (first.GetProperty("status").GetString(), first.GetProperty("acknowledgedBy").GetString()));
        time.Ahead += TimeSpan.FromHours(1);
        var again = await node.Client.PostAsync(path, content: null).AnswerAsync(HttpStatusCode.OK);
        Assert.Equal(first.GetProperty("acknowledgedAt").GetDateTimeOffset().ToUnixTimeMilliseconds(), again.GetProperty("acknowledgedAt").GetDateTimeOffset().ToUnixTimeMilliseconds());
        Assert.Empty(await ListAsync("?status=open"));
        Assert.Single(await ListAsync("?status=acknowledged"));

        var other = await node.IssueAsync();
        await node.Client.PostAsync("api/expiry-notices/4711/acknowledgement", content: null).RefusedAsync(HttpStatusCode.NotFound, "trust.expiry.unknown");
        time.Ahead += TimeSpan.FromDays(Life - 89);
        await LookAsync();
        var ended = (await ListAsync("?limit=200")).Single(n => IsOf(n, other)).GetProperty("id").GetInt64();
        await node.RevokeAsync(Authority, other, "superseded").AnswerAsync(HttpStatusCode.OK);
        await node.Client.PostAsync(FormattableString.Invariant($"api/expiry-notices/{ended}/acknowledgement"), content: null).RefusedAsync(HttpStatusCode.Conflict, "trust.expiry.ended");
        foreach (var bad in new[] { "?limit=0", "?limit=201", "?status=new", "?after=0" })
        {
            await node.Client.GetAsync("api/expiry-notices" + bad).RefusedAsync(HttpStatusCode.UnprocessableEntity, "trust.expiry.filter");
        }
    }

    [Fact]
    public async Task The_receiver_is_told_with_a_signature_and_again_when_it_fails()
    {
        await using var receiver = await NoticeReceiver.StartAsync();
        receiver.Answer = (n, http) => n switch
        {
            1 => Task.FromResult(Results.StatusCode(500)),
            2 => Task.FromResult(Results.Redirect("/elsewhere", preserveMethod: true)),
            _ => Task.FromResult(Results.NoContent()),
        };
        await RestartAsync(receiver);
        var certificate = await node.IssueAsync();
        Left(89);
        await LookAsync();
        await receiver.WaitAsync(() => receiver.Received.Count >= 3);
        var received = receiver.Received.ToList();
        Assert.All(received, m => Assert.True(m.Signed));
        Assert.Single(received.Select(m => m.Key).Distinct());
        var notice = Assert.Single(received[0].Body.GetProperty("notices").EnumerateArray());
        Assert.Equal((TrustNode.Serial(certificate), 90), (notice.GetProperty("serial").GetString(), notice.GetProperty("days").GetInt32()));
        Assert.False(notice.TryGetProperty("subject", out _));
        await DeliveredAsync();
        Assert.Equal((3, 0), (receiver.Received.Count, receiver.Elsewhere));
    }

    [Fact]
    public async Task A_receiver_that_never_ends_holds_nothing_up_and_is_given_up()
    {
        await using var receiver = await NoticeReceiver.StartAsync();
        receiver.Answer = async (_, http) =>
        {
            await Task.Delay(Timeout.Infinite, http.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return Results.Empty;
        };
        await RestartAsync(receiver, wait: "00:00:00.300");
        await node.IssueAsync();
        Left(89);
        await LookAsync();
        await receiver.WaitAsync(() => receiver.Received.Count >= 2);
        Assert.False(await IsDeliveredAsync());
        Left(29);
        await LookAsync();
        Assert.Equal(2, (await ListAsync("?status=open")).Count);
        Left(0.5);
        await DeliveredAsync(left: 1);
    }

    [Fact]
    public async Task Our_own_certificates_are_watched_until_they_have_a_successor()
    {
        Assert.Equal("Healthy", await node.Public.GetStringAsync("health/ready"));
        time.Ahead += TimeSpan.FromDays(1825 - 0.5);
        await node.DisposeAsync();
        node = await StartAsync();
        await LookAsync();
        Assert.Equal(["trust-list-international", "trust-list-sm"], (await ListAsync("?status=open")).Select(n => n.GetProperty("own").GetString()!).Order(StringComparer.Ordinal));
        Assert.Equal("Degraded", await node.Public.GetStringAsync("health/ready"));

        // What no command does yet the store can: the signer gets a new key and certificate.
        var store = node.Services.GetRequiredService<Yinxin.Trust.Server.Features.Authorities.AuthorityStore>();
        foreach (var suite in Enum.GetValues<SignatureSuite>())
        {
            await store.RenewAsync("trust-list", suite, new DateTimeOffset(store["trust-list", suite].Certificate.NotAfter, TimeSpan.Zero), TestContext.Current.CancellationToken);
        }

        await LookAsync();
        Assert.Empty(await ListAsync("?status=open"));
        Assert.All(await ListAsync("?status=ended"), n => Assert.Equal("replaced", n.GetProperty("endReason").GetString()));
        await HealthyAsync();
    }

    [Fact]
    public async Task The_platforms_own_site_certificate_ends_the_notice_of_the_one_before()
    {
        var directory = Directory.CreateTempSubdirectory("yinxin-site-");
        await SiteAsync();
        time.Ahead += TimeSpan.FromDays(61);
        await LookAsync();
        var before = Assert.Single(await ListAsync("?status=open"));
        await SiteAsync();
        await LookAsync();
        Assert.Empty(await ListAsync("?status=open"));
        Assert.Equal("renewed", Assert.Single(await ListAsync("?status=ended")).GetProperty("endReason").GetString());
        var view = await node.Client.GetAsync($"api/certificates/tls-international/{before.GetProperty("serial").GetString()}").AnswerAsync(HttpStatusCode.OK);
        Assert.NotEqual(JsonValueKind.Null, view.GetProperty("certificate").GetProperty("renewedBy").ValueKind);
        directory.Delete(recursive: true);

        async Task SiteAsync()
        {
            await node.DisposeAsync();
            node = await StartAsync(("SiteCertificate:Host", "localhost"), ("SiteCertificate:Directory", directory.FullName), ("SiteCertificate:Password", "sample"));
        }
    }

    [Theory]
    [InlineData("ExpiryWatch:Address", "http://receiver.example/notices")]
    [InlineData("ExpiryWatch:Address", "https://user:word@receiver.example/")]
    [InlineData("ExpiryWatch:Address", "ftp://localhost/")]
    [InlineData("ExpiryWatch:Secret", "c2hvcnQ=")]
    [InlineData("ExpiryWatch:Thresholds:0", "0")]
    [InlineData("ExpiryWatch:Interval", "00:00:00")]
    public async Task Settings_that_make_no_sense_stop_the_start(string key, string value)
    {
        var refused = await Assert.ThrowsAsync<OptionsValidationException>(() => databases.StartAsync(database, time, (key, value)));
        Assert.Contains("ExpiryWatch:", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_without_a_secret_stops_the_start() =>
        Assert.Contains("ExpiryWatch:Secret", (await Assert.ThrowsAsync<OptionsValidationException>(() => databases.StartAsync(database, time, ("ExpiryWatch:Address", "https://receiver.example/")))).Message, StringComparison.Ordinal);

    private static bool IsOf(JsonElement notice, X509Certificate certificate) => notice.GetProperty("serial").GetString() == TrustNode.Serial(certificate);

    private static Task<int> LookAsync(TrustNode on) => on.Services.GetRequiredService<ExpiryWatch>().LookAsync(TestContext.Current.CancellationToken);

    private static MeterListener Count(TrustNode one, TrustNode other, out Func<long> total)
    {
        var sum = 0L;
        object[] factories = [one.Services.GetRequiredService<IMeterFactory>(), other.Services.GetRequiredService<IMeterFactory>()];
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, l) =>
            {
                if (instrument.Meter.Name == ExpiryMetrics.MeterName && factories.Contains(instrument.Meter.Scope))
                {
                    l.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => Interlocked.Add(ref sum, value));
        listener.Start();
        total = () => Interlocked.Read(ref sum);
        return listener;
    }

    /// <summary>Puts the clock forward until a certificate of a department that was issued at the beginning has so many days left.</summary>
    private void Left(double days) => time.Ahead = TimeSpan.FromDays(Life - days);

    private Task<int> LookAsync() => LookAsync(node);

    /// <summary>Reads the health until it is good, at most a minute: after five years away the server looks at its own log first, beside everything else.</summary>
    private async Task HealthyAsync()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(1));
        while (await node.Public.GetStringAsync("health/ready", limit.Token) != "Healthy")
        {
            await Task.Delay(50, limit.Token);
        }
    }

    private Task<TrustNode> StartAsync(params (string Key, string Value)[] settings) => databases.StartAsync(database, time, [("ExpiryWatch:Interval", "1.00:00:00"), .. settings]);

    private async Task RestartAsync(NoticeReceiver receiver, string wait = "00:00:30")
    {
        await node.DisposeAsync();
        node = await StartAsync(
            ("ExpiryWatch:Address", receiver.Address.ToString()), ("ExpiryWatch:Secret", Convert.ToBase64String(receiver.Secret)), ("ExpiryWatch:Wait", wait));
    }

    private async Task<List<JsonElement>> ListAsync(string query) =>
        [.. (await node.Client.GetAsync("api/expiry-notices" + query).AnswerAsync(HttpStatusCode.OK)).GetProperty("notices").EnumerateArray()];

    /// <summary>The thresholds of which was told, ascending.</summary>
    private async Task<string> OfAsync(X509Certificate certificate) =>
        string.Join(' ', (await ListAsync("?limit=200")).Where(n => IsOf(n, certificate)).Select(n => n.GetProperty("days").GetInt32()).Order());

    private async Task<X509Certificate> IssueForAsync(SoftwareSigner key)
    {
        var csr = CertificateRequest.Create(key, DistinguishedName.Of("样例局", "样例科室"));
        return CertificateReading.Read((await node.Client.PostAsJsonAsync("api/certificates", new { csr, profile = "department" }).AnswerAsync(HttpStatusCode.Created)).GetProperty("certificate").GetBytesFromBase64());
    }

    private async Task RenewAsync(SoftwareSigner key, X509Certificate certificate)
    {
        using var fresh = SoftwareSigner.Generate(SignatureSuite.International);
        var request = RenewalRequest.Create(key, certificate, CertificateRequest.Create(fresh, certificate.SubjectDN));
        await node.Client.PostAsJsonAsync($"api/certificates/{Authority}/{TrustNode.Serial(certificate)}/renewal", new { request }).AnswerAsync(HttpStatusCode.Created);
    }

    private async Task<bool> IsDeliveredAsync(int left = 0)
    {
        await using var scope = node.Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<TrustContext>().Set<OutboxMessage>().CountAsync(m => m.Kind == "trust.expiry" && m.DeliveredAt == null) == left;
    }

    private async Task DeliveredAsync(int left = 0)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!await IsDeliveredAsync(left))
        {
            await Task.Delay(50, limit.Token);
        }
    }
}
