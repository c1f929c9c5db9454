using System.Globalization;
using System.Text.RegularExpressions;
using Yinxin.Identity.Server.Features.Console.Access;
using Yinxin.ServiceDefaults.Identifiers;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Console.AuditSearch;

/// <summary>What is looked for in the audit, as the form and the addresses spell it; empty means any.</summary>
internal sealed partial class AuditFilter
{
    private static readonly TimeSpan LongestOfRange = TimeSpan.FromDays(31);
    private static readonly TimeZoneInfo Shanghai = TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai");
    private static readonly Problem Bad = new("console.audit.query", 422, "此项查询条件不正确。", "This part of the query is not valid.");

    private static readonly Problem Personal = new(
        "console.audit.personal", 422, "审计中没有姓名、身份证号和手机号，查询本身也会记入审计。请先查到账号，再按账号编号查询。",
        "The audit holds no names, ID or phone numbers, and the search itself is recorded. Find the account first and search by its key.");

    private static readonly Problem BadAddress = new(
        "console.audit.address", 422,
        "请填写完整的 IP 地址，或网段：IPv4 的 /8、/16、/24，IPv6 的 /32、/48、/64（网段末组不为 0，且没有相邻的 0 组）。",
        "Enter a whole IP address or a range: /8, /16 or /24 of IPv4, /32, /48 or /64 of IPv6 (the range's last group is not 0, and no two groups of 0 stand side by side).");

    private static readonly Problem NoPeriod = new(
        "console.audit.rangePeriod", 422, "按网段查询时，请同时填写起止时间，最长 31 天。", "For a range of addresses also give a period, from and until, of at most 31 days.");

    /// <summary>Who: key of an account, user name of an official, or a system's name.</summary>
    public string? Actor { get; set; }

    /// <summary>Whom or what it concerned.</summary>
    public string? Subject { get; set; }

    public string? Action { get; set; }

    public string? Result { get; set; }

    public string? Trace { get; set; }

    /// <summary>From where: a whole address, or a range within a period.</summary>
    public string? Address { get; set; }

    /// <summary>From this minute (Asia/Shanghai), as the browser's field gives it.</summary>
    public string? From { get; set; }

    /// <summary>Before this minute.</summary>
    public string? To { get; set; }

    public DateTimeOffset? FromTime => Parse(From);

    public DateTimeOffset? ToTime => Parse(To);

    /// <summary>The first member that cannot be searched for, and why; null when all can. What names a person is not: it would stand in the address, and in the audit for good.</summary>
    public (string Member, Problem Problem)? Fault()
    {
        foreach (var (name, value) in new (string, string?)[] { (nameof(Actor), Actor), (nameof(Subject), Subject), (nameof(Action), Action), (nameof(Result), Result), (nameof(Trace), Trace) })
        {
            if (value is { Length: > 0 } && NamesSomebody(value))
            {
                return (name, Personal);
            }

            if (value is { Length: > 0 } && !Word().IsMatch(value))
            {
                return (name, Bad);
            }
        }

        return From is { Length: > 0 } && FromTime is null ? (nameof(From), Bad) : To is { Length: > 0 } && ToTime is null ? (nameof(To), Bad) : FaultOfAddress();
    }

    /// <summary>What the address asks for; null without one.</summary>
    /// <exception cref="InvalidOperationException">The filter has a <see cref="Fault"/>: it would find what nobody asked for.</exception>
    public AuditAddress? Where() => string.IsNullOrEmpty(Address) ? null : AuditAddress.Parse(Address) ?? throw new InvalidOperationException("A filter with a fault is not searched for.");

    /// <summary>A range has no order in its index, so what lies in it is sorted: of a month, and not of all years.</summary>
    private (string Member, Problem Problem)? FaultOfAddress()
    {
        if (string.IsNullOrEmpty(Address))
        {
            return null;
        }

        if (Address.Length > 100 || AuditAddress.Parse(Address) is not { } at)
        {
            return (nameof(Address), BadAddress);
        }

        return at.IsRange && !(FromTime is { } from && ToTime is { } to && to - from <= LongestOfRange) ? (nameof(Address), NoPeriod) : null;
    }

    /// <summary>Keys and traces are random digits and letters in which a number would be chance.</summary>
    private static bool NamesSomebody(string value) => !Guid.TryParse(value, out _) && (PersonalShapes.Is(value) || LastingText.NamesSomebody(value) || value.Any(c => c > 127 && char.IsLetter(c)));

    /// <summary>The same search as an address.</summary>
    public string Query() => string.Join('&', new (string Name, string? Value)[]
    {
        (nameof(Actor), Actor), (nameof(Subject), Subject), (nameof(Action), Action), (nameof(Result), Result), (nameof(Trace), Trace), (nameof(Address), Address),
        (nameof(From), From), (nameof(To), To),
    }.Where(m => !string.IsNullOrEmpty(m.Value)).Select(m => $"{m.Name}={Uri.EscapeDataString(m.Value!)}"));

    private static DateTimeOffset? Parse(string? local) =>
        DateTime.TryParseExact(local, ["yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
            ? new DateTimeOffset(time, Shanghai.GetUtcOffset(time)).ToUniversalTime() : null;

    [GeneratedRegex(@"^[A-Za-z0-9._:/\-]{1,100}$", RegexOptions.None, 1000)]
    private static partial Regex Word();
}
