using System.Text.Json;
using Yinxin.Trust.Cli;

namespace Yinxin.Trust.Tests.Log.Following;

/// <summary>The command as a judge runs it, and what it said.</summary>
internal sealed record CheckLog(int Exit, IReadOnlyList<JsonElement> Lines, string Errors)
{
    public static async Task<CheckLog> RunAsync(string log, params string[] options)
    {
        await using var output = new StringWriter();
        await using var errors = new StringWriter();
        var exit = await TrustCommand.Create().Parse(["check-log", log, .. options]).InvokeAsync(new() { Output = output, Error = errors });
        return new CheckLog(exit, [.. output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonElement.Parse(l))], errors.ToString());
    }

    /// <summary>The line of one checkpoint.</summary>
    public JsonElement Of(string checkpoint) => Lines.First(l => l.TryGetProperty("checkpoint", out var name) && name.GetString() == checkpoint);

    /// <summary>The last line: the log as a whole.</summary>
    public JsonElement Log => Lines[^1];

    public static string? Text(JsonElement line, string member) => line.TryGetProperty(member, out var value) ? value.GetString() : null;
}
