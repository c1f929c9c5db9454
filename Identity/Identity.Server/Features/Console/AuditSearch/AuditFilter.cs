using System.Globalization;
using System.Text.RegularExpressions;

namespace Yinxin.Identity.Server.Features.Console.AuditSearch;

/// <summary>What is looked for in the audit, as the form and the addresses spell it; empty means any.</summary>
internal sealed partial class AuditFilter
{
    private static readonly TimeZoneInfo Shanghai = TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai");

    /// <summary>Who: key of an account, user name of an official, or a system's name.</summary>
    public string? Actor { get; set; }

    /// <summary>Whom or what it concerned.</summary>
    public string? Subject { get; set; }

    public string? Action { get; set; }

    public string? Result { get; set; }

    public string? Trace { get; set; }

    /// <summary>From this minute (Asia/Shanghai), as the browser's field gives it.</summary>
    public string? From { get; set; }

    /// <summary>Before this minute.</summary>
    public string? To { get; set; }

    public DateTimeOffset? FromTime => Parse(From);

    public DateTimeOffset? ToTime => Parse(To);

    /// <summary>The first member that cannot be searched for; null when all can.</summary>
    public string? Fault() => new (string Name, string? Value)[] { (nameof(Actor), Actor), (nameof(Subject), Subject), (nameof(Action), Action), (nameof(Result), Result), (nameof(Trace), Trace) }
        .FirstOrDefault(m => m.Value is { Length: > 0 } && !Word().IsMatch(m.Value)).Name
        ?? (From is { Length: > 0 } && FromTime is null ? nameof(From) : To is { Length: > 0 } && ToTime is null ? nameof(To) : null);

    /// <summary>The same search as an address.</summary>
    public string Query() => string.Join('&', new (string Name, string? Value)[]
    {
        (nameof(Actor), Actor), (nameof(Subject), Subject), (nameof(Action), Action), (nameof(Result), Result), (nameof(Trace), Trace), (nameof(From), From), (nameof(To), To),
    }.Where(m => !string.IsNullOrEmpty(m.Value)).Select(m => $"{m.Name}={Uri.EscapeDataString(m.Value!)}"));

    private static DateTimeOffset? Parse(string? local) =>
        DateTime.TryParseExact(local, ["yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
            ? new DateTimeOffset(time, Shanghai.GetUtcOffset(time)).ToUniversalTime() : null;

    [GeneratedRegex(@"^[\p{L}\p{N}._:/\-]{1,100}$", RegexOptions.None, 1000)]
    private static partial Regex Word();
}
