using System.Globalization;
using Yinxin.Trust.Validation;
using Yinxin.Trust.Validation.Policies;

namespace Yinxin.Trust.Evidence;

/// <summary>What a verifier of evidence trusts.</summary>
/// <param name="Material">Anchors of TSAs, of both suites, and revocation data.</param>
/// <param name="Policy">Until when algorithms are relied on.</param>
/// <param name="At">The time for which the record must hold: now, as a rule.</param>
public sealed record EvidenceTrust(ValidationMaterial Material, ValidationPolicy Policy, DateTimeOffset At);

/// <summary>Verifies evidence records (RFC 4998 §5.3) by themselves, with no signature. Each token is judged by the validation engine at the time up to which it has to hold.</summary>
public static class EvidenceVerification
{
    /// <summary>
    /// Checks every timestamp from the first on: that it covers what it must, and that certificate and signature algorithm were still good when the
    /// next one was made (the last: at the time asked for), and that the digest of a chain was still good when the next chain began.
    /// </summary>
    /// <param name="record">The record.</param>
    /// <param name="documents">All documents of the group, in any order.</param>
    /// <param name="trust">Anchors, CRLs, sunsets, time.</param>
    /// <returns>Checks; those of the n-th timestamp of the m-th chain begin with <c>evidence.m.n.</c>, from 1.</returns>
    public static IReadOnlyList<Check> Verify(EvidenceRecord record, IReadOnlyList<EvidenceDocument> documents, EvidenceTrust trust)
    {
        var checks = new List<Check>();
        for (var c = 0; c < record.Chains.Count; c++)
        {
            for (var t = 0; t < record.Chains[c].Count; t++)
            {
                var place = string.Create(CultureInfo.InvariantCulture, $"evidence.{c + 1}.{t + 1}.");
                checks.AddRange(VerifyOne(record, (c, t), documents, trust).Select(check => check with { Code = place + check.Code }));
            }
        }

        return checks;
    }

    private static List<Check> VerifyOne(EvidenceRecord record, (int Chain, int Timestamp) at, IReadOnlyList<EvidenceDocument> documents, EvidenceTrust trust)
    {
        var chain = record.Chains[at.Chain];
        var one = chain[at.Timestamp];
        var next = at.Timestamp + 1 < chain.Count ? chain[at.Timestamp + 1] : at.Chain + 1 < record.Chains.Count ? record.Chains[at.Chain + 1][0] : null;
        var until = next?.Timestamp.Time ?? trust.At;
        var chainUntil = at.Chain + 1 < record.Chains.Count ? record.Chains[at.Chain + 1][0].Timestamp.Time : trust.At;
        var root = record.Root(at.Chain, at.Timestamp, documents);
        return
        [
            Check.Of("covers", at.Timestamp > 0 ? "覆盖前一时间戳" : "覆盖数据", at.Timestamp > 0 ? "Covers the timestamp before" : "Covers the data", root is not null),
            Check.Of("order", "时间先后", "Order of times", one.Timestamp.Time <= until, $"{one.Timestamp.Time:u} – {until:u}"),
            Check.Of("digest", "摘要算法当时有效", "Digest still binding", CryptographicLimits.Judge(trust.Policy, one.Hash).IsReliableAt(chainUntil), $"{one.Hash} {chainUntil:u}"),
            .. one.Timestamp.VerifyDigest(one.Hash, root ?? [], trust.Material, trust.Policy, until),
        ];
    }
}
