using System.Text.RegularExpressions;

namespace Yinxin.Trust.Validation.Policies;

/// <summary>What makes a policy usable beyond its JSON.</summary>
internal static partial class PolicyRules
{
    private static readonly HashSet<string> KeyUsages = new(StringComparer.Ordinal) { "digitalSignature", "nonRepudiation" };
    private static readonly HashSet<string> SuiteNames = new(StringComparer.Ordinal) { "international", "sm" };
    private static readonly HashSet<string> SignatureAlgorithms = new(StringComparer.Ordinal) { "RSA", "RSA-PKCS1", "DSA", "ECDSA", "EdDSA", "ML-DSA", "SM2" };

    public static void Check(ValidationPolicy policy)
    {
        Demand(!string.IsNullOrWhiteSpace(policy.Name) && !string.IsNullOrWhiteSpace(policy.Version), "policy.member", "name", "Name and version may not be empty.");
        Demand(policy.FreshnessHours is null or > 0, "policy.member", "freshnessHours", "More than zero hours are expected.");
        Demand(policy.TimestampDelayHours is null or >= 0, "policy.member", "timestampDelayHours", "A number of hours is expected.");
        foreach (var code in policy.Levels.Keys)
        {
            Demand(ConstraintTexts.Codes.Contains(code), "policy.level", "levels." + code, "There is no such constraint.");
        }

        foreach (var (name, rules) in policy.Signers)
        {
            // Nullable annotations say nothing of what stands inside a dictionary or list of JSON.
            Demand(rules is SignerRules && Complete(rules.Anchors) && Complete(rules.KeyUsage) && Complete(rules.CertificatePolicies) && Complete(rules.Suites), "policy.member", "signers." + name, "A value is null.");
            Check("signers." + name, name, rules);
        }

        for (var i = 0; i < policy.Algorithms.Count; i++)
        {
            var place = FormattableString.Invariant($"algorithms[{i}]");
            Demand(policy.Algorithms[i] is AlgorithmLimit, "policy.algorithm", place, "A value is null.");
            Check(place, policy.Algorithms[i]);
        }
    }

    public static void Check(string place, AlgorithmLimit limit)
    {
        Demand((limit.Hash is null) != (limit.Algorithm is null), "policy.algorithm", place, "Either a hash or a signature algorithm is expected.");
        Demand(limit.Hash is null || CryptographicLimits.KnowsHash(limit.Hash), "policy.algorithm", place, $"The hash {limit.Hash} is not known.");
        Demand(limit.Algorithm is null || SignatureAlgorithms.Contains(limit.Algorithm), "policy.algorithm", place, $"The algorithm {limit.Algorithm} is not known.");
        Demand(limit.BitsBelow is null || (limit.Algorithm is not null && limit.BitsBelow > 0), "policy.algorithm", place, "A size belongs to a signature algorithm.");
        Demand(!(limit.Never && limit.Until is not null), "policy.algorithm", place, "Never and an end exclude each other.");
        Demand(!string.IsNullOrWhiteSpace(limit.Source), "policy.algorithm", place, "A source is expected.");
    }

    private static void Check(string place, string name, SignerRules rules)
    {
        Demand(name is ValidationPolicy.Signature or ValidationPolicy.Timestamp, "policy.member", place, "Only signature and timestamp are known.");
        Demand(rules.Anchors.Count > 0, "policy.member", place + ".anchors", "At least one purpose of anchors is expected.");
        Demand(rules.KeyUsage.All(KeyUsages.Contains), "policy.member", place + ".keyUsage", "Only digitalSignature and nonRepudiation are known.");
        Demand(rules.Suites.All(SuiteNames.Contains), "policy.member", place + ".suites", "Only international and sm are known.");
        Demand(rules.Purpose is null || Oid().IsMatch(rules.Purpose), "policy.member", place + ".purpose", "An OID is expected.");
        Demand(rules.CertificatePolicies.All(Oid().IsMatch), "policy.member", place + ".certificatePolicies", "OIDs are expected.");
    }

    private static bool Complete(IReadOnlyList<string> list) => list.All(entry => (object?)entry is not null);

    private static void Demand(bool condition, string code, string place, string message)
    {
        if (!condition)
        {
            throw new ValidationPolicyException(code, place, message);
        }
    }

    [GeneratedRegex(@"^[0-2](\.(0|[1-9][0-9]{0,38})){1,30}$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Oid();
}
