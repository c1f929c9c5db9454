using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

namespace Yinxin.Identity.Server.Features.Imports;

/// <summary>
/// RFC 4180 in UTF-8 with a header line that names the members; a row is a line. Nothing in an account has a line break, so a quote that is not closed on its line is damage and costs that line
/// alone: a reader of records would take all rows up to the next quote for one field, and nobody would miss them. Memory is bounded by <see cref="NdjsonRows.LongestLine"/>.
/// </summary>
internal static class CsvRows
{
    private const int BytesAtOnce = 16 * 1024;
    private static readonly string[] Columns = ["externalId", "userName", "idNumber", "name", "sex", "ethnicity", "phone", "passwordHash", "level", "evidence"];
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static async IAsyncEnumerable<ReadRow> ReadAsync(Stream body, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        List<string>? header = null;
        await foreach (var line in LinesAsync(body, cancellationToken))
        {
            var content = line.TrimEnd('\r', '\n');
            if (header is null)
            {
                // A byte order mark is what spreadsheets write.
                content = content.TrimStart('\uFEFF');
            }

            if (content.Length == 0)
            {
                continue;
            }

            if (header is null)
            {
                header = Header(content);
                continue;
            }

            // The digest is over the line with what ends it.
            yield return Parse(line, content, header);
        }
    }

    /// <summary>The lines, each with what ends it: <c>\r\n</c>, <c>\n</c>, <c>\r</c> or the file.</summary>
    private static async IAsyncEnumerable<string> LinesAsync(Stream body, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var text = new StreamReader(body, Utf8, detectEncodingFromByteOrderMarks: false, BytesAtOnce);
        var buffer = new char[2 * NdjsonRows.LongestLine];
        var (start, end, last) = (0, 0, false);
        while (true)
        {
            var length = LineLength(buffer.AsSpan(start, end - start), last);
            if ((length == 0 ? end - start : length) > NdjsonRows.LongestLine)
            {
                throw ImportProblems.TooLong.Exception();
            }

            if (length > 0)
            {
                yield return new string(buffer, start, length);
                start += length;
            }
            else if (last)
            {
                yield break;
            }
            else
            {
                // What there is of the line moves to the front, the rest comes behind it.
                Array.Copy(buffer, start, buffer, 0, end - start);
                (start, end) = (0, end - start);
                var read = await FillAsync(text, buffer.AsMemory(end), cancellationToken);
                (end, last) = (end + read, read == 0);
            }
        }
    }

    private static async ValueTask<int> FillAsync(StreamReader text, Memory<char> buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await text.ReadAsync(buffer, cancellationToken);
        }
        catch (DecoderFallbackException)
        {
            // Where a character ends is not known any more, and with it no row.
            throw ImportProblems.NotUtf8.Exception();
        }
    }

    /// <summary>Length of the first line with what ends it; 0 where its end has not come yet.</summary>
    private static int LineLength(ReadOnlySpan<char> text, bool last)
    {
        var end = text.IndexOfAny('\r', '\n');
        if (end < 0)
        {
            return last ? text.Length : 0;
        }

        if (text[end] == '\r' && end + 1 == text.Length && !last)
        {
            // The other half of the pair may be about to come.
            return 0;
        }

        return text[end] == '\r' && end + 1 < text.Length && text[end + 1] == '\n' ? end + 2 : end + 1;
    }

    private static List<string> Header(string line) =>
        Fields(line) is { } header && !header.Except(Columns, StringComparer.Ordinal).Any() && header.Distinct(StringComparer.Ordinal).Count() == header.Count
            ? header : throw ImportProblems.Header.Exception();

    /// <summary>The fields of a line; null where a quote is not closed on it, or stands where none may.</summary>
    private static List<string>? Fields(string line)
    {
        var fields = new List<string>(Columns.Length);
        var at = 0;
        while (true)
        {
            if (at < line.Length && line[at] == '"')
            {
                if (Quoted(line, ref at) is not { } field)
                {
                    return null;
                }

                fields.Add(field);
            }
            else
            {
                var end = line.IndexOf(',', at) is >= 0 and var comma ? comma : line.Length;
                if (line.AsSpan(at, end - at).Contains('"'))
                {
                    return null;
                }

                fields.Add(line[at..end]);
                at = end;
            }

            if (at == line.Length)
            {
                return fields;
            }

            if (line[at] != ',')
            {
                return null;
            }

            at++;
        }
    }

    /// <summary>The field whose opening quote is at a place; null where no quote closes it.</summary>
    /// <param name="line">The line.</param>
    /// <param name="at">Of the opening quote; afterwards of what follows the closing one.</param>
    private static string? Quoted(string line, ref int at)
    {
        var field = new StringBuilder();
        for (at++; at < line.Length; at++)
        {
            if (line[at] != '"')
            {
                field.Append(line[at]);
            }
            else if (at + 1 < line.Length && line[at + 1] == '"')
            {
                field.Append('"');
                at++;
            }
            else
            {
                at++;
                return field.ToString();
            }
        }

        return null;
    }

    private static ReadRow Parse(string line, string content, List<string> header)
    {
        if (Fields(content) is not { } record)
        {
            return new ReadRow(line, null, new RowFault("row.quotes", null));
        }

        if (record.Count != header.Count)
        {
            return new ReadRow(line, null, new RowFault("row.columns", null));
        }

        string? Of(string column) => header.IndexOf(column) is >= 0 and var i && record[i].Length > 0 ? record[i] : null;
        try
        {
            return new ReadRow(line, new ImportRow
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
            return new ReadRow(line, null, new RowFault("evidence.json", "evidence"));
        }
    }
}
