using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.IO.Pipelines;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Xunit;
using Yinxin.Identity.Tests.Hosting;
using Yinxin.ServiceDefaults.Identifiers;

namespace Yinxin.Identity.Tests.Personal;

/// <summary>
/// One server after another is killed over one database: the first in the middle of an import, the second, which ends that import, in the middle of a change of keys. The fixture's own server
/// then starts on what they left.
/// </summary>
public sealed class KilledWork
{
    public const string Source = "killed";
    public const int Rows = 2400;

    /// <summary>What is on its way when the first is killed: the rest of the file never comes.</summary>
    private const int RowsSent = 1500;
    private const int RowsBeforeKill = 500;
    private const int PersonsBeforeKill = 400;

    /// <summary>Longer than a batch: the kill falls before, into and after a commit.</summary>
    private const int LongestDelay = 200;

    /// <summary>The next row that is given, for no two tests have a person in common.</summary>
    private const int First = 500_000;

    private readonly List<string> lines = [.. Enumerable.Range(1, Rows).Select(Line)];

    public Guid Import { get; } = Guid.NewGuid();

    /// <summary>Rows committed when the first server was killed.</summary>
    public long RowsAtKill { get; private set; }

    /// <summary>The second server's answer to the whole file.</summary>
    public JsonElement Ended { get; private set; }

    /// <summary>Rows under the new key when the second was killed.</summary>
    public long SeenAtKill { get; private set; }

    public string PhaseAtKill { get; private set; } = "";

    /// <summary>Row and code of what cannot be taken.</summary>
    public static IReadOnlyList<string> Rejected { get; } = [.. Enumerable.Range(1, Rows).Where(n => FaultOf(n) is not null).Select(n => string.Create(CultureInfo.InvariantCulture, $"{n}:{FaultOf(n)}"))];

    /// <summary>Of a row that is taken: the source's key, ID number, phone.</summary>
    public static IReadOnlyDictionary<string, (string IdNumber, string Phone)> Taken { get; } =
        Enumerable.Range(1, Rows).Where(n => FaultOf(n) is null).ToDictionary(n => ExternalId(n), n => (IdNumber(n), Phone(n)), StringComparer.Ordinal);

    public async Task RunAsync(IdentityFixture identity, Dictionary<string, string?> settings)
    {
        settings["Clients:5:Scopes:2"] = "identity.import";
        settings["Clients:5:ImportSources:0"] = Source;
        using (var first = await KilledServer.StartAsync(identity.Issuer, settings))
        {
            await BreakImportAsync(identity, first);
        }

        using var second = await KilledServer.StartAsync(identity.Issuer, settings);
        using (var http = new HttpClient { BaseAddress = new Uri(identity.Issuer) })
        {
            using var whole = new StringContent(string.Join('\n', lines), Encoding.UTF8, "application/x-ndjson");
            using var answer = await SendAsync(http, whole);
            var text = await answer.Content.ReadAsStringAsync();
            Assert.True(answer.StatusCode == HttpStatusCode.OK, text);
            Ended = JsonDocument.Parse(text).RootElement.Clone();
        }

        await BreakRotationAsync(identity, second);
    }

    private async Task BreakImportAsync(IdentityFixture identity, KilledServer server)
    {
        using var http = new HttpClient { BaseAddress = new Uri(identity.Issuer) };
        // Without a brake: what is written waits here until the server reads it.
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        using var half = new StreamContent(pipe.Reader.AsStream());
        half.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
        var sending = SendAsync(http, half);
        await pipe.Writer.WriteAsync(Encoding.UTF8.GetBytes(string.Join('\n', lines.Take(RowsSent)) + "\n"));
        await UntilAsync(async () => await identity.RowsAsync($"\"Imports\" WHERE \"Rows\" >= {RowsBeforeKill}") == 1);
        await Task.Delay(RandomNumberGenerator.GetInt32(LongestDelay));
        await server.KillAsync();
        await pipe.Writer.CompleteAsync();
        await Assert.ThrowsAnyAsync<Exception>(async () => (await sending).EnsureSuccessStatusCode());
        RowsAtKill = long.Parse(await identity.ReadAsync("SELECT \"Rows\" FROM \"Imports\""), CultureInfo.InvariantCulture);
    }

    private async Task BreakRotationAsync(IdentityFixture identity, KilledServer server)
    {
        using var system = new Browser(identity.Issuer);
        await system.SignInAsync("system", returnUrl: "/console/keys");
        var page = await (await system.GetAsync("/console/keys")).Content.ReadAsStringAsync();
        var begun = await system.SubmitAsync("/console/keys", page);
        Assert.Equal(HttpStatusCode.Found, begun.StatusCode);
        await UntilAsync(async () => await identity.RowsAsync($"\"KeyRotations\" WHERE \"Seen\" >= {PersonsBeforeKill}") == 1);
        await Task.Delay(RandomNumberGenerator.GetInt32(LongestDelay));
        await server.KillAsync();
        SeenAtKill = long.Parse(await identity.ReadAsync("SELECT \"Seen\" FROM \"KeyRotations\""), CultureInfo.InvariantCulture);
        PhaseAtKill = await identity.ReadAsync("SELECT \"Phase\" FROM \"KeyRotations\"");
    }

    [SuppressMessage("Reliability", "CA2000", Justification = "The content is disposed by the caller.")]
    private async Task<HttpResponseMessage> SendAsync(HttpClient http, HttpContent content)
    {
        using var asked = new HttpRequestMessage(HttpMethod.Post, "/connect/token")
        {
            Content = new FormUrlEncodedContent([new("grant_type", "client_credentials"), new("scope", "identity.import")]),
        };
        asked.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes("api:" + IdentityFixture.Secret)));
        using var token = await http.SendAsync(asked);
        var body = await token.Content.ReadAsStringAsync();
        Assert.True(token.StatusCode == HttpStatusCode.OK, body);
        var request = new HttpRequestMessage(HttpMethod.Put, $"/api/imports/{Import}?source={Source}") { Content = content };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", JsonDocument.Parse(body).RootElement.GetProperty("access_token").GetString());
        return await http.SendAsync(request);
    }

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        for (var i = 0; i < 3000; i++)
        {
            if (await holds())
            {
                return;
            }

            await Task.Delay(10);
        }

        throw new TimeoutException("The server did not come so far.");
    }

    private static string? FaultOf(int row) => row % 97 == 0 ? "idNumber.invalid" : row % 101 == 0 ? "phone.taken" : null;

    private static string ExternalId(int row) => string.Create(CultureInfo.InvariantCulture, $"K{row}");

    private static string IdNumber(int row)
    {
        var number = First + row;
        var digits = string.Create(CultureInfo.InvariantCulture, $"340198{new DateOnly(1960, 1, 1).AddDays(number / 1000):yyyyMMdd}{number % 1000:D3}");
        var check = IdentityNumber.CheckCharacter(digits);
        return digits + (FaultOf(row) == "idNumber.invalid" ? check == '0' ? '1' : '0' : check);
    }

    private static string Phone(int row) => string.Create(CultureInfo.InvariantCulture, $"137{First + (FaultOf(row) == "phone.taken" ? 1 : row):D8}");

    private static string Line(int row) => JsonSerializer.Serialize(new
    {
        externalId = ExternalId(row),
        idNumber = IdNumber(row),
        name = "样例人",
        phone = Phone(row),
        evidence = new[] { new { kind = "counter", method = "as-recorded", assuredBy = "样例窗口", verifiedAt = "2026-01-02T03:04:05+08:00" } },
    });
}

/// <summary>A server that starts on what killed ones have left.</summary>
public sealed class KilledSqlite : SqliteIdentity
{
    public KilledWork Work { get; } = new();

    protected override Task BeforeStartAsync(Dictionary<string, string?> values) => Work.RunAsync(this, values);
}

/// <summary>The same on PostgreSQL.</summary>
public sealed class KilledPostgres : PostgresIdentity
{
    public KilledWork Work { get; } = new();

    protected override Task BeforeStartAsync(Dictionary<string, string?> values) => Work.RunAsync(this, values);
}
