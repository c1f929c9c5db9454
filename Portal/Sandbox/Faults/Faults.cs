using System.Collections.Concurrent;
using System.Globalization;

namespace Yinxin.Sandbox.Faults;

/// <summary>A rule that makes the next calls under a path fail, for callers that cannot send the header themselves.</summary>
internal sealed record FaultRule(string Path, string Fault, int Count);

/// <summary>
/// Being slow or failing on demand: <c>X-Sandbox-Fault: delay=5s | status=503 | drop | malformed</c>, or a rule set before. What an authority signs can be wrong too:
/// <c>unsigned | forged | stale | replayed | other-question | contradicting | disagreeing</c>.
/// </summary>
internal sealed class FaultRules
{
    /// <summary>Where the fault of a signed answer stands in a request's items.</summary>
    public const string AnswerFault = "sandbox.answerFault";

    private static readonly TimeSpan LongestDelay = TimeSpan.FromMinutes(1);
    private readonly ConcurrentDictionary<string, FaultRule> rules = new(StringComparer.Ordinal);

    public void Set(FaultRule rule) => rules[rule.Path] = rule;

    public void Clear() => rules.Clear();

    /// <summary>Runs the fault asked for; true when the request is thereby answered.</summary>
    public async Task<bool> ApplyAsync(HttpContext http)
    {
        var fault = http.Request.Headers["X-Sandbox-Fault"].ToString() is { Length: > 0 } asked ? asked : Take(http.Request.Path);
        switch (fault?.Split('=', 2))
        {
            case ["delay", var text] when double.TryParse(text.TrimEnd('s'), NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds):
                await Task.Delay(TimeSpan.FromSeconds(Math.Clamp(seconds, 0, LongestDelay.TotalSeconds)), http.RequestAborted);
                return false;
            case ["status", var text] when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var status) && status is >= 400 and < 600:
                http.Response.StatusCode = status;
                await http.Response.WriteAsync("sandbox fault");
                return true;
            case ["drop"]:
                http.Abort();
                return true;
            case ["malformed"]:
                http.Response.ContentType = "application/json";
                await http.Response.WriteAsync("{\"result\":");
                return true;
            case [("unsigned" or "forged" or "stale" or "replayed" or "other-question" or "contradicting" or "disagreeing") and var wrong]:
                http.Items[AnswerFault] = wrong;
                return false;
            default:
                return false;
        }
    }

    private string? Take(string path)
    {
        foreach (var (key, rule) in rules)
        {
            // Of calls that come at once each takes one: whoever finds the rule changed in between looks at it again.
            var left = path.StartsWith(key, StringComparison.Ordinal) ? rule : null;
            while (left is { Count: > 0 } && !rules.TryUpdate(key, left with { Count = left.Count - 1 }, left))
            {
                left = rules.GetValueOrDefault(key);
            }

            if (left is { Count: > 0 })
            {
                return left.Fault;
            }
        }

        return null;
    }
}
