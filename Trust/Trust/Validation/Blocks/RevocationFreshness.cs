using Yinxin.Trust.Validation.Evidence;
using Yinxin.Trust.Validation.Policies;

namespace Yinxin.Trust.Validation.Blocks;

/// <summary>Revocation freshness checker (§5.2.5).</summary>
internal static class RevocationFreshness
{
    /// <summary>
    /// With an age in the policy, data is fresh when it was issued no longer before <paramref name="at"/> than that. Without, when its own next update
    /// is not yet due at <paramref name="at"/>; data that names none is never fresh.
    /// </summary>
    public static bool IsFresh(RevocationEvidence evidence, DateTimeOffset at, ValidationPolicy policy) => policy.FreshnessHours is { } hours
        ? evidence.IssuedAt >= at.AddHours(-hours)
        : evidence.NextUpdate is { } next && next > at;
}
