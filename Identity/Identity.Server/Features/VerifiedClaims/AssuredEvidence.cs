using System.Globalization;
using System.Text.Json.Nodes;
using Yinxin.Identity.Server.Data;

namespace Yinxin.Identity.Server.Features.VerifiedClaims;

/// <summary>Our evidence in the words of the OpenID Identity Assurance schema: type, how it was checked and by whom, when. Never numbers of documents or accounts.</summary>
internal static class AssuredEvidence
{
    public const string TrustFramework = "cn_ah_gov_service";

    public static readonly IReadOnlyList<string> Types = ["document", "electronic_record"];
    public static readonly IReadOnlyList<string> Documents = ["idcard"];
    public static readonly IReadOnlyList<string> DocumentChecks = ["pvp"];
    public static readonly IReadOnlyList<string> Records = ["population_register", "mobile_subscription", "bank_account", "payment_account", "housing_fund_account"];
    public static readonly IReadOnlyList<string> RecordChecks = ["data", "auth", "bvr"];

    /// <param name="evidence">Ours.</param>
    /// <param name="named">What the client calls the check of a receipt.</param>
    /// <returns>Null for a kind that says nothing about who somebody is (a password).</returns>
    public static JsonObject? Of(Evidence evidence, Func<string, string> named) => evidence.Kind switch
    {
        EvidenceKinds.Counter => Document(evidence, named),
        EvidenceKinds.PopulationMatch => Record(evidence, "population_register", "data", named),
        EvidenceKinds.RealPerson => Record(evidence, "population_register", "bvr", named),
        EvidenceKinds.PhoneCode => Record(evidence, "mobile_subscription", "auth", named),
        EvidenceKinds.BankCard => Record(evidence, "bank_account", "data", named),
        EvidenceKinds.AlipayAccount => Record(evidence, "payment_account", "auth", named),
        EvidenceKinds.HousingFundAccount => Record(evidence, "housing_fund_account", "data", named),
        _ => null,
    };

    /// <summary>
    /// RFC 3339 in UTC, to the minute begun: no more of the moment than is of use. By seconds two sectors could find the person whom both know, though nothing else joins what they were told.
    /// The schema's times have seconds, so they stand there as 00. A <c>max_age</c> is judged by this as well: by the moment itself whoever asks again and again would learn its second.
    /// </summary>
    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm':00Z'", CultureInfo.InvariantCulture);

    private static JsonObject Document(Evidence evidence, Func<string, string> named) => new()
    {
        ["type"] = "document",
        ["check_details"] = new JsonArray(Check(evidence, "pvp", named)),
        ["document_details"] = new JsonObject { ["type"] = "idcard", ["issuer"] = new JsonObject { ["country_code"] = "CHN" } },
    };

    private static JsonObject Record(Evidence evidence, string type, string method, Func<string, string> named) => new()
    {
        ["type"] = "electronic_record",
        ["check_details"] = new JsonArray(Check(evidence, method, named)),
        ["record"] = new JsonObject { ["type"] = type, ["source"] = new JsonObject { ["name"] = evidence.Source, ["country_code"] = "CHN" } },
    };

    private static JsonObject Check(Evidence evidence, string method, Func<string, string> named)
    {
        // The moment belongs to the check; a piece of evidence has none of its own in the schema.
        var check = new JsonObject { ["check_method"] = method, ["organization"] = evidence.Source, ["time"] = Time(evidence.VerifiedAt) };
        if (evidence.ReferenceAtSource is { Length: > 0 } reference)
        {
            check["check_id"] = named(reference);
        }

        return check;
    }
}
