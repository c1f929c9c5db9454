using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;
using Yinxin.Testing;
using Yinxin.Trust.Log;
using Yinxin.Trust.Server.Features.Log;

namespace Yinxin.Trust.Tests.Log.Witnessing;

/// <summary>The log before it publishes: real witnesses (city nodes), and witnesses that fail in every way.</summary>
public sealed class QuorumTests : IAsyncDisposable
{
    private const string Origin = "province.example/log";
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("yinxin-quorum-");
    private readonly List<WebApplication> hostile = [];
    private readonly CancellationTokenSource over = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await over.CancelAsync();
        foreach (var server in hostile)
        {
            await server.DisposeAsync();
        }

        over.Dispose();
        directory.Delete(recursive: true);
    }

    [Fact]
    public async Task A_tree_is_published_only_when_enough_city_nodes_cosigned_it()
    {
        var logKey = await LogKeyAsync();
        await using var first = await CityAsync(logKey);
        var secondAddress = new Uri(FormattableString.Invariant($"http://localhost:{FreePort.Next()}"));
        var secondDirectory = Path.Combine(directory.FullName, "second");
        var secondKey = await CityKeyAsync(secondAddress, secondDirectory);
        await using var log = await LogAsync(2, (first.Address, await KeyAsync(first)), (secondAddress, secondKey));

        // Only one answers: entries are taken, nothing is published.
        var place = await log.AppendAsync(LogNode.Entry(), "one");
        Assert.NotNull(place);
        Assert.Null(await log.Services.GetRequiredService<LogProgress>().WaitForAsync(place.Value, log.Store, TimeSpan.FromSeconds(3), Cancellation));
        var before = (await log.HeadAsync()).Size;
        Assert.True(before <= place);

        await using var second = await LogNode.StartAsync(CitySettings(logKey), secondDirectory, secondAddress);
        await log.PublishedAsync(place.Value + 1);
        var note = SignedNote.Parse(await log.Client.GetByteArrayAsync(log.Log + "/checkpoint", Cancellation));
        NoteVerifier[] witnesses = [NoteVerifier.Parse(await KeyAsync(first)), NoteVerifier.Parse(secondKey)];
        Assert.Equal(2, note.Verify(witnesses).Count);

        // And on: what each has seen is now known.
        await log.AppendAsync(10);
        Assert.Equal(2, SignedNote.Parse(await log.Client.GetByteArrayAsync(log.Log + "/checkpoint", Cancellation)).Verify(witnesses).Count);
    }

    [Theory]
    [InlineData("rubbish")]
    [InlineData("stranger")]
    [InlineData("other text")]
    [InlineData("conflict for ever")]
    [InlineData("larger")]
    [InlineData("endless")]
    [InlineData("silent")]
    [InlineData("500")]
    public async Task A_witness_that_fails_is_missing_and_holds_up_only_for_a_bounded_time(string how)
    {
        var logKey = await LogKeyAsync();
        await using var honest = await CityAsync(logKey);
        var (address, key) = await HostileAsync(how);
        await using var log = await LogAsync(1, (honest.Address, await KeyAsync(honest)), (address, key));
        await log.AppendAsync(3);
        var note = SignedNote.Parse(await log.Client.GetByteArrayAsync(log.Log + "/checkpoint", Cancellation));
        Assert.Equal(NoteVerifier.Parse(await KeyAsync(honest)).Name, Assert.Single(note.Verify([NoteVerifier.Parse(await KeyAsync(honest)), NoteVerifier.Parse(key)])).Name);
        Assert.Equal(3, note.Signatures.Count);
    }

    private static Ed25519NoteSigner HostileKey { get; } = Ed25519NoteSigner.ForWitness("hostile.example/w", [.. Enumerable.Repeat((byte)7, 32)], TimeProvider.System);

    private async Task<(Uri Address, string Key)> HostileAsync(string how)
    {
        var address = new Uri(FormattableString.Invariant($"http://127.0.0.1:{FreePort.Next()}"));
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(address.ToString());
        var server = builder.Build();
        server.Run(async http =>
        {
            switch (how)
            {
                case "rubbish": await http.Response.WriteAsync("no signature\n"); break;
                case "stranger": await http.Response.WriteAsync(Ed25519NoteSigner.ForWitness("hostile.example/w", new byte[32], TimeProvider.System).Sign("x\n").Line); break;
                case "other text": await http.Response.WriteAsync(HostileKey.Sign("another text\n").Line); break;
                case "500": http.Response.StatusCode = 500; break;
                case "conflict for ever" or "larger":
                    http.Response.StatusCode = 409;
                    await http.Response.WriteAsync(how == "larger" ? "9223372036854775807\n" : string.Create(CultureInfo.InvariantCulture, $"{Random.Shared.Next(3)}\n"));
                    break;
                case "silent": await Task.Delay(Timeout.Infinite, over.Token); break;
                default:
                    while (!http.RequestAborted.IsCancellationRequested)
                    {
                        await http.Response.Body.WriteAsync(new byte[4096], http.RequestAborted);
                    }

                    break;
            }
        });
        await server.StartAsync(Cancellation);
        hostile.Add(server);
        return (address, HostileKey.Verifier.ToString());
    }

    /// <summary>The log's key is made at its first start, alone, without a witness.</summary>
    private async Task<string> LogKeyAsync()
    {
        await using var node = await LogNode.StartAsync([new("Log:Origin", Origin)], LogDirectory);
        return node.Keys.Signers[0].Verifier.ToString();
    }

    private string LogDirectory => Path.Combine(directory.FullName, "province");

    private Task<LogNode> LogAsync(int quorum, params (Uri Address, string Key)[] witnesses) => LogNode.StartAsync(
        [
            new("Log:Origin", Origin), new("Log:Quorum", quorum.ToString(CultureInfo.InvariantCulture)), new("Log:WitnessWait", "00:00:01"), new("Monitor:Interval", "1.00:00:00"),
            .. witnesses.SelectMany((w, i) => new KeyValuePair<string, string?>[] { new($"Log:Witnesses:{i}:Address", w.Address.ToString()), new($"Log:Witnesses:{i}:Key", w.Key) }),
        ],
        LogDirectory);

    private static IEnumerable<KeyValuePair<string, string?>> CitySettings(string logKey) => [new("Witness:Logs:0:Origin", Origin), new("Witness:Logs:0:Keys:0", logKey)];

    private static Task<LogNode> CityAsync(string logKey) => LogNode.StartAsync(CitySettings(logKey));

    private static async Task<string> CityKeyAsync(Uri address, string directory)
    {
        await using var node = await LogNode.StartAsync([], Directory.CreateDirectory(directory).FullName, address);
        return await KeyAsync(node);
    }

    private static async Task<string> KeyAsync(LogNode node) => (await node.Client.GetStringAsync(new Uri(node.Address, "witness/key"), Cancellation)).Trim();
}
