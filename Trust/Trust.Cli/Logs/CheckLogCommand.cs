using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Yinxin.Trust.Log;

namespace Yinxin.Trust.Cli.Logs;

/// <summary><c>check-log URL|DIR</c>: follows any C2SP tlog-tiles log from its first tile and proves every checkpoint that it finds.</summary>
internal static class CheckLogCommand
{
    private const int CannotRead = 2;
    private static readonly TimeSpan FileWait = TimeSpan.FromSeconds(30);

    private static readonly JsonSerializerOptions OneLine = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    private static readonly Argument<string> Log = new("log") { Description = "The log's URL (http or https), or a directory with its files." };
    private static readonly Option<string[]> Keys = new("--key")
    {
        Description = "A note key, name+hash+base64: the log's (Ed25519, ECDSA, SM2; one of them must have signed) or a witness's (cosignature/v1). Repeatable.",
    };

    private static readonly Option<int?> Quorum = new("--quorum") { Description = "How many of the given witnesses must have cosigned each checkpoint; by default all." };
    private static readonly Option<FileInfo[]> Saved = new("--checkpoint") { Description = "A checkpoint kept from before, which the log must still contain. Repeatable." };
    private static readonly Option<long> FromSize = new("--from-size") { Description = "Passes over so many entries: their hashes are taken from the log's tiles, and proved by the later roots." };
    private static readonly Option<int> Seconds = new("--seconds") { Description = "Ends the check after so long.", DefaultValueFactory = _ => 3600 };

    public static Command Create()
    {
        var command = new Command("check-log", "Proves a transparency log: a JSON line for each checkpoint and one for the log; exit 0 proved, 1 not, 2 cannot read it.") { Log, Keys, Quorum, Saved, FromSize, Seconds };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var (output, errors) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var http = new HttpClient(new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.GZip | DecompressionMethods.Brotli, MaxAutomaticRedirections = 3 })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        try
        {
            limit.CancelAfter(TimeSpan.FromSeconds(Math.Clamp(parsed.GetValue(Seconds), 1, 7 * 24 * 3600)));
            var check = new LogCheck(Source(parsed.GetRequiredValue(Log), http, out var names), Policy(parsed), Math.Max(0, parsed.GetValue(FromSize)));
            await check.FindAsync(names, parsed.GetValue(Saved) ?? [], limit.Token).ConfigureAwait(false);
            await foreach (var line in check.RunAsync(limit.Token).ConfigureAwait(false))
            {
                await output.WriteLineAsync(JsonSerializer.Serialize(line, OneLine)).ConfigureAwait(false);
            }

            return check.Exit;
        }
        catch (Exception e) when (e is LogFaultException or CryptographicException or ArgumentException or IOException or UnauthorizedAccessException)
        {
            await errors.WriteLineAsync(e.Message).ConfigureAwait(false);
            return CannotRead;
        }
        catch (OperationCanceledException)
        {
            await errors.WriteLineAsync("The time is over; what was not printed is not proved.").ConfigureAwait(false);
            return CannotRead;
        }
        finally
        {
            await output.FlushAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }

    private static NotePolicy Policy(ParseResult parsed) => NotePolicy.Of([.. (parsed.GetValue(Keys) ?? []).Select(NoteVerifier.Parse)], parsed.GetValue(Quorum));

    /// <summary>A directory may hold several checkpoints, <c>checkpoint</c> and <c>checkpoint.*</c>, beside what its log is writing at the moment; a server has one.</summary>
    private static ILogSource Source(string log, HttpClient http, out IReadOnlyList<string> checkpoints)
    {
        if (Uri.TryCreate(log, UriKind.Absolute, out var address) && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps))
        {
            checkpoints = ["checkpoint"];
            return new HttpLogSource(http, address, FileWait);
        }

        if (!Directory.Exists(log))
        {
            throw new LogFaultException(LogFault.Unreachable, $"{log} is neither a URL of http or https nor a directory.");
        }

        checkpoints = [.. Directory.EnumerateFiles(log, "checkpoint*").Select(f => Path.GetFileName(f)).Where(f => f == "checkpoint" || (f.StartsWith("checkpoint.", StringComparison.Ordinal) && !TileDirectory.IsTemporary(f)))
            .OrderBy(f => int.TryParse(f.Split('.')[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1).ThenBy(f => f, StringComparer.Ordinal)];
        return new DirectoryLogSource(log);
    }
}
