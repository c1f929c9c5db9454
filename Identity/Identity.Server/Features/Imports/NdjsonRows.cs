using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Yinxin.Identity.Server.Features.Imports;

/// <summary>One JSON object on each line (NDJSON). Memory is bounded by one line, and a line by <see cref="LongestLine"/>.</summary>
internal static partial class NdjsonRows
{
    public const int LongestLine = 64 * 1024;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static async IAsyncEnumerable<ReadRow> ReadAsync(PipeReader body, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var ended = false; !ended;)
        {
            var read = await body.ReadAsync(cancellationToken);
            var (rows, rest, tooLong) = Split(read.Buffer, read.IsCompleted);
            // Given back before anybody works with the rows: an exception must not leave the reader in the middle.
            body.AdvanceTo(rest, read.Buffer.End);
            foreach (var row in rows)
            {
                yield return row;
            }

            if (tooLong)
            {
                throw ImportProblems.TooLong.Exception();
            }

            ended = read.IsCompleted;
        }
    }

    private static (List<ReadRow> Rows, SequencePosition Start, bool TooLong) Split(ReadOnlySequence<byte> buffer, bool last)
    {
        var rows = new List<ReadRow>();
        while (TryLine(ref buffer, last, out var line))
        {
            if (line.Length > LongestLine)
            {
                return (rows, buffer.Start, true);
            }

            if (Parse(line) is { } row)
            {
                rows.Add(row);
            }
        }

        return (rows, buffer.Start, buffer.Length > LongestLine);
    }

    private static bool TryLine(ref ReadOnlySequence<byte> buffer, bool last, out ReadOnlySequence<byte> line)
    {
        if (buffer.PositionOf((byte)'\n') is { } end)
        {
            line = buffer.Slice(0, end);
            buffer = buffer.Slice(buffer.GetPosition(1, end));
            return true;
        }

        line = buffer;
        if (!last || buffer.IsEmpty)
        {
            return false;
        }

        buffer = buffer.Slice(buffer.End);
        return true;
    }

    /// <summary>Null for an empty line.</summary>
    private static ReadRow? Parse(ReadOnlySequence<byte> line)
    {
        string text;
        try
        {
            text = Utf8.GetString(line).TrimEnd('\r');
        }
        catch (DecoderFallbackException)
        {
            return new ReadRow(Convert.ToBase64String(line.ToArray()), null, new RowFault("row.utf8", null));
        }

        if (text.AsSpan().Trim().IsEmpty)
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize(text, ImportJson.Default.ImportRow) is { } row
                ? new ReadRow(text, row, null)
                : new ReadRow(text, null, new RowFault("row.json", null));
        }
        catch (JsonException e)
        {
            return new ReadRow(text, null, new RowFault("row.json", Member(e.Path)));
        }
    }

    /// <summary>The place in the row, if it is a plain word. What else the sender calls a member is not repeated: it may be anything, an ID number or a formula too.</summary>
    private static string? Member(string? path) => path is { Length: > 2 } && Place().IsMatch(path[2..]) ? path[2..] : null;

    [GeneratedRegex(@"^[A-Za-z]{1,40}(\[[0-9]{1,3}\](\.[A-Za-z]{1,40})?)?$", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Place();
}
