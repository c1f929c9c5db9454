using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using CsvHelper;
using CsvHelper.Configuration;

namespace Yinxin.Identity.Server.Features.Imports;

/// <summary>RFC 4180 in UTF-8 with a header line that names the members.</summary>
internal static class CsvRows
{
    private static readonly string[] Columns = ["externalId", "userName", "idNumber", "name", "sex", "ethnicity", "phone", "passwordHash", "level", "evidence"];

    public static async IAsyncEnumerable<ReadRow> ReadAsync(Stream body, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var text = new StreamReader(body, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true), detectEncodingFromByteOrderMarks: false);
        using var csv = new CsvReader(text, new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            MaxFieldSize = NdjsonRows.LongestLine,
            CacheFields = false,
            BadDataFound = null,
            MissingFieldFound = null,
            DetectColumnCountChanges = false,
        });
        if (!await NextAsync(csv, cancellationToken))
        {
            yield break;
        }

        // A byte order mark is what spreadsheets write.
        string[] header = [.. csv.Parser.Record!.Select((name, i) => i == 0 ? name.TrimStart('\uFEFF') : name)];
        if (header.Except(Columns, StringComparer.Ordinal).Any() || header.Distinct(StringComparer.Ordinal).Count() != header.Length)
        {
            throw ImportProblems.Header.Exception();
        }

        while (await NextAsync(csv, cancellationToken))
        {
            yield return Parse(csv, header);
        }
    }

    private static async Task<bool> NextAsync(CsvReader csv, CancellationToken cancellationToken)
    {
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            return await csv.ReadAsync();
        }
        catch (MaxFieldSizeException)
        {
            throw ImportProblems.TooLong.Exception();
        }
        catch (DecoderFallbackException)
        {
            // Where a character ends is not known any more, and with it no row.
            throw ImportProblems.NotUtf8.Exception();
        }
    }

    private static ReadRow Parse(CsvReader csv, string[] header)
    {
        var (text, record) = (csv.Parser.RawRecord, csv.Parser.Record!);
        if (record.Length != header.Length)
        {
            return new ReadRow(text, null, new RowFault("row.columns", null));
        }

        string? Of(string column) => Array.IndexOf(header, column) is >= 0 and var i && record[i].Length > 0 ? record[i] : null;
        try
        {
            return new ReadRow(text, new ImportRow
            {
                ExternalId = Of("externalId"),
                UserName = Of("userName"),
                IdNumber = Of("idNumber"),
                Name = Of("name"),
                Sex = Of("sex"),
                Ethnicity = Of("ethnicity"),
                Phone = Of("phone"),
                PasswordHash = Of("passwordHash"),
                Level = Of("level"),
                Evidence = Of("evidence") is { } evidence ? JsonSerializer.Deserialize(evidence, ImportJson.Default.IReadOnlyListImportedEvidence) : null,
            }, null);
        }
        catch (JsonException)
        {
            return new ReadRow(text, null, new RowFault("evidence.json", "evidence"));
        }
    }
}
