using System.Globalization;
using System.Text.Json;
using Xunit;

namespace Yinxin.Identity.Tests.VerifiedClaims;

/// <summary>The parts of the OpenID Identity Assurance schema (verified_claims) that our answers use, as rules: what is required, which members and values there are.</summary>
internal static class IdentityAssuranceSchema
{
    private static readonly string[] OfVerification = ["trust_framework", "assurance_level", "assurance_process", "time", "verification_process", "evidence"];
    private static readonly string[] OfDocument = ["type", "check_details", "document_details", "time", "attachments"];
    private static readonly string[] OfRecord = ["type", "check_details", "record", "time", "attachments"];
    private static readonly string[] OfCheck = ["check_method", "organization", "check_id", "txn", "time"];
    private static readonly string[] CheckMethods = ["kbv", "pvp", "pvr", "vpip", "vpiruv", "vri", "vdig", "vcrypt", "data", "auth", "token", "bvp", "bvr"];

    public static void Check(JsonElement verifiedClaims)
    {
        foreach (var set in verifiedClaims.ValueKind == JsonValueKind.Array ? verifiedClaims.EnumerateArray().ToArray() : [verifiedClaims])
        {
            Assert.Equal(["claims", "verification"], set.EnumerateObject().Select(m => m.Name).Order());
            Assert.NotEmpty(set.GetProperty("claims").EnumerateObject());
            Verification(set.GetProperty("verification"));
        }
    }

    private static void Verification(JsonElement verification)
    {
        Assert.Equal(JsonValueKind.String, verification.GetProperty("trust_framework").ValueKind);
        Assert.All(verification.EnumerateObject(), m => Assert.Contains(m.Name, OfVerification));
        if (verification.TryGetProperty("time", out var time))
        {
            Time(time);
        }

        if (!verification.TryGetProperty("evidence", out var evidence))
        {
            return;
        }

        Assert.NotEqual(0, evidence.GetArrayLength());
        foreach (var element in evidence.EnumerateArray())
        {
            var type = element.GetProperty("type").GetString();
            Assert.Contains(type, (string[])["document", "electronic_record"]);
            Assert.All(element.EnumerateObject(), m => Assert.Contains(m.Name, type == "document" ? OfDocument : OfRecord));
            if (element.TryGetProperty("record", out var record))
            {
                Assert.Equal(JsonValueKind.String, record.GetProperty("type").ValueKind);
            }

            if (element.TryGetProperty("time", out var checkedAt))
            {
                Time(checkedAt);
            }

            foreach (var check in element.TryGetProperty("check_details", out var checks) ? checks.EnumerateArray().ToArray() : [])
            {
                Assert.Contains(check.GetProperty("check_method").GetString(), CheckMethods);
                Assert.All(check.EnumerateObject(), m => Assert.Contains(m.Name, OfCheck));
            }
        }
    }

    private static void Time(JsonElement time) =>
        Assert.True(DateTimeOffset.TryParseExact(time.GetString(), "yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out _), time.GetString());
}
