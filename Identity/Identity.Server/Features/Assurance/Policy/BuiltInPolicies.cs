using System.Text.Json;

namespace Yinxin.Identity.Server.Features.Assurance.Policy;

/// <summary>
/// What becomes of an installation that runs an earlier built-in policy as it was shipped: it has chosen none of its own, so it follows the product. At once, with
/// a line in the audit, when accounts are graded alike and only what a sign-in shows is judged anew; as a proposal that waits for dry run and two administrators when
/// anybody's level could change.
/// </summary>
internal static class BuiltInPolicies
{
    public const string Note = "The policy that comes with this release takes the place of the earlier one, which was in force unchanged. 随产品更新：原内置策略未经修改。";

    /// <summary>Digests of all policies that came with earlier releases.</summary>
    public static readonly IReadOnlySet<string> Earlier = new HashSet<string>(StringComparer.Ordinal)
    {
        "a65067072480801e4ad297a67d55233718604f6f4e8ab0d48025082c66992cd5",

        // A password alone carried Intermediate.
        "f12c72872131b41f1069f829b9beed538824570ca82507d75a12eac5cbaf4dff",
    };

    /// <summary>Whether both give every account the same level: they differ in name and sign-in at most.</summary>
    public static bool GradesAlike(AssurancePolicyDocument one, AssurancePolicyDocument other) => Grading(one) == Grading(other);

    private static string Grading(AssurancePolicyDocument document) =>
        JsonSerializer.Serialize(new { document.Person, document.Organisation, document.Staff, document.AgentCap, document.Evidence, document.RefusedSources });
}
