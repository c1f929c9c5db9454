using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using CsvHelper;
using CsvHelper.Configuration;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.ServiceDefaults.Audit;

namespace Yinxin.Identity.Server.Features.Console.AuditSearch;

/// <summary>
/// Writes records as they come from the database; memory stays flat. The NDJSON can be checked without us: every record has what its hash is made of, records that
/// follow one another name each other, and the last line has the digest of all before it and the timestamps over the chain.
/// </summary>
internal sealed class AuditExport(IdentityContext database, AuditQueries queries)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, DefaultIgnoreCondition = JsonIgnoreCondition.Never };
    private const string Algorithm = "hash = hex(SHA-256(JSON array [sequence, atMicroseconds, action, subjectId, actorId, actorName, address, traceId, result, details, previousHash]))";

    public async Task WriteNdjsonAsync(Stream to, AuditFilter filter, long head, CancellationToken cancellationToken)
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var count = 0L;
        await LineAsync(new { type = "span", query = filter.Query(), until = head, algorithm = Algorithm });
        await foreach (var r in Records(await queries.OfAsync(filter, cancellationToken), head).WithCancellation(cancellationToken))
        {
            count++;
            await LineAsync(new
            {
                type = "record",
                r.Sequence,
                r.At,
                atMicroseconds = r.At.UtcTicks / TimeSpan.TicksPerMicrosecond,
                r.Action,
                r.SubjectId,
                r.ActorId,
                r.ActorName,
                r.Address,
                r.TraceId,
                r.Result,
                r.Details,
                r.PreviousHash,
                r.Hash,
            });
        }

        var sha256 = Convert.ToHexStringLower(digest.GetCurrentHash());
        var anchors = await database.Set<AuditAnchor>().AsNoTracking().Where(a => a.Sequence <= head).OrderByDescending(a => a.Sequence).Take(31).ToListAsync(cancellationToken);
        await LineAsync(new { type = "end", records = count, sha256, anchors = anchors.Select(a => new { a.Sequence, a.Hash, a.At, timestamp = Convert.ToBase64String(a.Token) }) });

        async Task LineAsync(object value)
        {
            var line = JsonSerializer.SerializeToUtf8Bytes(value, Json);
            digest.AppendData(line);
            digest.AppendData("\n"u8);
            await to.WriteAsync(line, cancellationToken);
            await to.WriteAsync("\n"u8.ToArray(), cancellationToken);
        }
    }

    /// <summary>For a spreadsheet: what begins like a formula gets a quote before it, so hashes are checked on the NDJSON.</summary>
    public async Task WriteCsvAsync(Stream to, AuditFilter filter, long head, CancellationToken cancellationToken)
    {
        await using var text = new StreamWriter(to, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true), leaveOpen: true);
        await using var csv = new CsvWriter(text, new CsvConfiguration(CultureInfo.InvariantCulture) { InjectionOptions = InjectionOptions.Escape });
        foreach (var heading in (string[])["sequence", "at", "action", "subjectId", "actorId", "actorName", "address", "traceId", "result", "details", "hash"])
        {
            csv.WriteField(heading);
        }

        await foreach (var r in Records(await queries.OfAsync(filter, cancellationToken), head).WithCancellation(cancellationToken))
        {
            await csv.NextRecordAsync();
            csv.WriteField(r.Sequence);
            foreach (var value in (string?[])[r.At.ToString("O", CultureInfo.InvariantCulture), r.Action, r.SubjectId, r.ActorId, r.ActorName, r.Address, r.TraceId, r.Result, r.Details, r.Hash])
            {
                csv.WriteField(value);
            }
        }

        await csv.NextRecordAsync();
    }

    private static IAsyncEnumerable<AuditRecord> Records(IQueryable<AuditRecord> records, long head) => records.Where(r => r.Sequence <= head).OrderBy(r => r.Sequence).AsAsyncEnumerable();
}
