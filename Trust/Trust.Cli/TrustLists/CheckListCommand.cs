using System.CommandLine;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Yinxin.Trust.Certificates.Paths;
using Yinxin.Trust.Cli.Paths;
using Yinxin.Trust.Cli.Vectors;
using Yinxin.Trust.TrustLists;

namespace Yinxin.Trust.Cli.TrustLists;

/// <summary><c>check-list FILE|URL --signer CERT</c>: says whether a trust list may be relied on, and whom it trusts.</summary>
internal static class CheckListCommand
{
    private const int Good = 0;
    private const int Refused = 1;
    private const int CannotRead = 2;

    private static readonly JsonSerializerOptions OneLine = new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly Argument<string> List = new("list") { Description = "The list: a file with the compact JWS, or its URL (http or https)." };
    private static readonly Option<FileInfo[]> Signers = new("--signer") { Description = "Certificate by which it may be signed, DER or PEM. Repeatable.", Required = true };
    private static readonly Option<FileInfo?> Previous = new("--previous") { Description = "The issue that was known before: the list must not go back, and may be signed by a signer announced there." };
    private static readonly Option<string?> Territory = new("--territory") { Description = "The territory that is expected, e.g. CN-AH." };
    private static readonly Option<DateTimeOffset?> At = new("--at") { Description = "The time to check for; now by default." };

    public static Command Create()
    {
        var command = new Command("check-list", "Checks a trust list: a JSON line for each service and one for the list; exit 0 it may be relied on, 1 not, 2 cannot read it.") { List, Signers, Previous, Territory, At };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var (output, errors) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
        try
        {
            var jws = await ReadAsync(parsed.GetRequiredValue(List), cancellationToken).ConfigureAwait(false);
            IReadOnlyList<PathCertificate> pinned = [.. parsed.GetRequiredValue(Signers).Select(f => PathCertificate.Read(Pem.DecodeFile(File.ReadAllBytes(f.FullName), "CERTIFICATE")))];
            var before = parsed.GetValue(Previous) is { } file ? TrustListSignature.Verify((await File.ReadAllTextAsync(file.FullName, cancellationToken).ConfigureAwait(false)).Trim(), pinned) : ((TrustList List, PathCertificate Signer)?)null;
            var (list, signer) = TrustListSignature.Verify(jws, before is { } known ? [.. pinned, .. TrustListRules.NextSigners(known.List, known.Signer)] : pinned);
            TrustListRules.Check(list, parsed.GetValue(At) ?? TimeProvider.System.GetUtcNow(), parsed.GetValue(Territory));
            if (before is { } last)
            {
                TrustListRules.CheckSuccession(last.List, list);
            }

            Write(output, list, signer);
            return Good;
        }
        catch (TrustListException e)
        {
            await output.WriteLineAsync(JsonSerializer.Serialize(new { result = "refused", code = e.Code, why = e.Message }, OneLine)).ConfigureAwait(false);
            return Refused;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or HttpRequestException or VectorException or System.Security.Cryptography.CryptographicException or OperationCanceledException)
        {
            await errors.WriteLineAsync(e.Message).ConfigureAwait(false);
            return CannotRead;
        }
    }

    private static void Write(TextWriter output, TrustList list, PathCertificate signer)
    {
        foreach (var (entity, service) in list.Entities.SelectMany(e => e.Services.Select(s => (e, s))))
        {
            output.WriteLine(JsonSerializer.Serialize(
                new
                {
                    entity = entity.Name[0].Value,
                    service = service.Name[0].Value,
                    service.Type,
                    purpose = TrustListTerms.PurposeOf(service.Type),
                    service.Current.Status,
                    service.Current.Since,
                    trusted = service.Current.IsTrusted,
                    periods = TrustListAnchors.Periods(service),
                },
                OneLine));
        }

        var scheme = list.Scheme;
        output.WriteLine(JsonSerializer.Serialize(
            new { result = "accepted", scheme.Territory, scheme.Type, sequence = scheme.SequenceNumber, scheme.IssuedAt, scheme.NextUpdate, signer = signer.Subject.ToString() }, OneLine));
    }

    private static async Task<string> ReadAsync(string source, CancellationToken cancellationToken)
    {
        if (!Uri.TryCreate(source, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
        {
            return new FileInfo(source).Length <= 2L * TrustListJson.Largest ? (await File.ReadAllTextAsync(source, Encoding.ASCII, cancellationToken).ConfigureAwait(false)).Trim()
                : throw new TrustListException("trustList.size", "The list is larger than is looked at.");
        }

        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(30), MaxResponseContentBufferSize = 2L * TrustListJson.Largest };
        return (await http.GetStringAsync(address, cancellationToken).ConfigureAwait(false)).Trim();
    }
}
