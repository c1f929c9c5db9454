using System.Globalization;
using Yinxin.Web.Components;

namespace Yinxin.Identity.Server.Features.Console.AuditSearch;

/// <summary>What a walk along the audit found, in words for auditors.</summary>
internal static class VerificationWords
{
    /// <summary>Whether something is wrong, and not just open or known.</summary>
    public static bool IsBad(string fault, long? at) => at is not null && !fault.StartsWith(AuditWitnesses.KnownGaps, StringComparison.Ordinal);

    /// <param name="texts">The language.</param>
    /// <param name="fault">What is wrong, or what could not be looked at.</param>
    /// <param name="at">The record; null for what could not be looked at.</param>
    public static string Of(ITexts texts, string fault, long? at) => Of(texts, fault, at?.ToString(CultureInfo.InvariantCulture));

    private static string Of(ITexts texts, string fault, string? at) => fault switch
    {
        "removed" => texts.Of($"第 {at} 条被删除", $"record {at} was removed"),
        "edited" => texts.Of($"第 {at} 条被改动", $"record {at} was edited"),
        "head.removed" => texts.Of($"库外记有第 {at} 条，现已不存在：末尾被删除", $"record {at} was noted outside the database and is gone: the end was cut off"),
        "head.rewritten" => texts.Of($"第 {at} 条与库外所记不一致：审计链被重写", $"record {at} is not what was noted outside the database: the chain was rewritten"),
        "head.unreadable" => texts.Of("库外所记的末端文件已损坏，无法核对末尾", "the file with the end that was noted outside the database is damaged, so the end cannot be compared"),
        "anchor.gap" => texts.Of($"第 {at} 条之后超过两天没有时间戳：时间戳被删除，或当时未能取得", $"no timestamp for more than two days after record {at}: it was taken away, or could not be had"),
        "anchor.removed" => texts.Of($"加盖过时间戳的第 {at} 条不存在", $"record {at}, which was stamped, is gone"),
        "anchor.rewritten" => texts.Of($"第 {at} 条与其时间戳不一致：审计链被重写", $"record {at} is not what was stamped: the chain was rewritten"),
        "anchor.redated" or "anchor.early" or "anchor.restamped" => texts.Of(
            $"第 {at} 条的时间戳不是当时加盖的：审计链可能被重写后补盖", $"the timestamp of record {at} was not made then: the chain may have been rewritten and stamped anew"),
        "anchor.timestamp" => texts.Of($"第 {at} 条的时间戳无效", $"the timestamp of record {at} does not hold"),
        AuditWitnesses.Unknown + "head" => texts.Of("链完整，但没有库外所记的末端，无法发现末尾的删除", "the chain is whole; no end was noted outside the database, so a cut at the end would not be seen"),
        AuditWitnesses.Unknown + "bundle" => texts.Of("链完整，但暂时取不到信任列表，无法核对时间戳由谁签发", "the chain is whole; the trust list cannot be had, so nobody vouches for who made the timestamps"),
        _ when fault.StartsWith(AuditWitnesses.KnownGaps, StringComparison.Ordinal) => KnownGaps(texts, fault[AuditWitnesses.KnownGaps.Length..]),
        _ => fault,
    };

    private static string KnownGaps(ITexts texts, string count) => texts.Of(
        $"链与时间戳相符，其中 {count} 处时间戳缺口已有说明", count == "1" ? "chain and timestamps agree, but for 1 explained gap" : $"chain and timestamps agree, but for {count} explained gaps");
}
