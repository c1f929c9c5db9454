using System.Text.Json;

namespace Yinxin.Fuzzing.Mutation;

/// <summary>Changes JSON along its values: of another kind, missing in all but name, borrowed from elsewhere, there twice.</summary>
internal static class JsonMutations
{
    private static readonly byte[][] Values =
    [
        [.. "null"u8], [.. "true"u8], [.. "0"u8], [.. "-1"u8], [.. "1e999"u8], [.. "99999999999999999999"u8], [.. "\"\""u8], [.. "\"\\ud800\""u8], [.. "[]"u8], [.. "[null]"u8], [.. "{}"u8], [.. "{\"\":null}"u8],
        [.. "\"0001-01-01T00:00:00Z\""u8], [.. "\"9999-12-31T23:59:59.9999999+14:00\""u8],
    ];

    /// <summary>The mutant; null when the input is no JSON.</summary>
    /// <param name="input">JSON, or lines of it, of which the last one is changed: those before are bound by digests.</param>
    /// <param name="random">The run's choices.</param>
    public static byte[]? Mutate(byte[] input, Randomness random)
    {
        var end = input.Length > 0 && input[^1] == '\n' ? input.Length - 1 : input.Length;
        var start = input.AsSpan(0, end).LastIndexOf((byte)'\n') is var line && line >= 0 && input[line + 1] == '{' ? line + 1 : 0;
        var spans = Spans(input.AsSpan(start, end - start), start);
        if (spans.Count == 0)
        {
            return null;
        }

        var (from, to) = random.One(spans);
        var (otherFrom, otherTo) = random.One(spans);
        var put = random.Below(4) switch
        {
            0 => input[otherFrom..otherTo],
            1 => [.. input[from..to], (byte)',', .. input[otherFrom..otherTo]],
            _ => random.One(Values),
        };
        return [.. input[..from], .. put, .. input[to..]];
    }

    /// <summary>Every value, and every member with its name.</summary>
    private static List<(int From, int To)> Spans(ReadOnlySpan<byte> json, int at)
    {
        var spans = new List<(int, int)>();
        var open = new Stack<int>();
        var name = -1;
        try
        {
            var reader = new Utf8JsonReader(json);
            while (reader.Read())
            {
                var (from, to) = ((int)reader.TokenStartIndex + at, (int)reader.BytesConsumed + at);
                switch (reader.TokenType)
                {
                    case JsonTokenType.PropertyName:
                        name = from;
                        continue;
                    case JsonTokenType.StartObject or JsonTokenType.StartArray:
                        open.Push(from);
                        break;
                    case JsonTokenType.EndObject or JsonTokenType.EndArray:
                        spans.Add((open.Pop(), to));
                        break;
                    default:
                        spans.Add((from, to));
                        if (name >= 0)
                        {
                            spans.Add((name, to));
                        }

                        break;
                }

                name = -1;
            }
        }
        catch (JsonException)
        {
            // What was read until here can be changed all the same.
        }

        return spans;
    }
}
