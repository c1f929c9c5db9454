using System.Globalization;
using System.Text.Json;
using Xunit;

namespace Yinxin.Identity.Tests.VerifiedClaims;

/// <summary>
/// The rules of the OpenID Identity Assurance schema (verified_claims.json, draft 2020-12, as the conformance suite of the OpenID Foundation uses it) for the evidence that
/// there is here, in our own words. Stricter in three things: time is UTC in seconds, check methods are those of the working group, and no set is without a claim.
/// </summary>
internal static class IdentityAssuranceSchema
{
    private static readonly string[] CheckMethods = ["kbv", "pvp", "pvr", "vpip", "vpiruv", "vri", "vdig", "vcrypt", "data", "auth", "token", "bvp", "bvr"];

    private static readonly SchemaObject Place = new([], new()
    {
        ["name"] = SchemaObject.Text,
        ["formatted"] = SchemaObject.Text,
        ["street_address"] = SchemaObject.Text,
        ["locality"] = SchemaObject.Text,
        ["region"] = SchemaObject.Text,
        ["postal_code"] = SchemaObject.Text,
        ["country"] = SchemaObject.Text,
        ["country_code"] = SchemaObject.Text,
        ["jurisdiction"] = SchemaObject.Text,
    });

    private static readonly SchemaObject CheckDetails = new(["check_method"], new()
    {
        ["check_method"] = method => Assert.Contains(method.GetString(), CheckMethods),
        ["organization"] = SchemaObject.Text,
        ["check_id"] = SchemaObject.Text,
        ["time"] = Time,
    });

    private static readonly SchemaObject DocumentDetails = new(["type"], new()
    {
        ["type"] = SchemaObject.Text,
        ["document_number"] = SchemaObject.Text,
        ["serial_number"] = SchemaObject.Text,
        ["date_of_issuance"] = Date,
        ["date_of_expiry"] = Date,
        ["issuer"] = Place.Check,
    });

    private static readonly SchemaObject Record = new(["type"], new()
    {
        ["type"] = SchemaObject.Text,
        ["created_at"] = Time,
        ["date_of_expiry"] = Date,
        ["source"] = Place.Check,
    });

    private static readonly SchemaObject Document = new(["type"], new()
    {
        ["type"] = SchemaObject.Text,
        ["check_details"] = SchemaObject.List(CheckDetails.Check),
        ["document_details"] = DocumentDetails.Check,
    });

    private static readonly SchemaObject ElectronicRecord = new(["type"], new()
    {
        ["type"] = SchemaObject.Text,
        ["check_details"] = SchemaObject.List(CheckDetails.Check),
        ["record"] = Record.Check,
    });

    private static readonly SchemaObject AssuranceProcess = new([], new() { ["policy"] = SchemaObject.Text, ["procedure"] = SchemaObject.Text });

    private static readonly SchemaObject Verification = new(["trust_framework"], new()
    {
        ["trust_framework"] = SchemaObject.Text,
        ["assurance_level"] = SchemaObject.Text,
        ["assurance_process"] = AssuranceProcess.Check,
        ["time"] = Time,
        ["verification_process"] = SchemaObject.Text,
        ["evidence"] = SchemaObject.List(Evidence),
    });

    private static readonly SchemaObject Set = new(["verification", "claims"], new() { ["verification"] = Verification.Check, ["claims"] = Claims });

    /// <summary>An object, or a list of them.</summary>
    public static void Check(JsonElement verifiedClaims)
    {
        if (verifiedClaims.ValueKind == JsonValueKind.Array)
        {
            SchemaObject.List(Set.Check)(verifiedClaims);
            return;
        }

        Set.Check(verifiedClaims);
    }

    private static void Evidence(JsonElement evidence)
    {
        Assert.Equal(JsonValueKind.Object, evidence.ValueKind);
        var type = evidence.TryGetProperty("type", out var given) && given.ValueKind == JsonValueKind.String ? given.GetString() : null;
        Assert.Contains(type, (string[])["document", "electronic_record"]);
        (type == "document" ? Document : ElectronicRecord).Check(evidence);
    }

    private static void Claims(JsonElement claims)
    {
        Assert.Equal(JsonValueKind.Object, claims.ValueKind);
        Assert.NotEmpty(claims.EnumerateObject());
        foreach (var claim in claims.EnumerateObject())
        {
            SchemaObject.Text(claim.Value);
            Assert.Matches(claim.Name switch { "birthdate" => "^[0-9]{4}-[01][0-9]-[0-3][0-9]$", "phone_number" => "^[+]?[0-9]{5,15}$", _ => "." }, claim.Value.GetString());
        }
    }

    private static void Time(JsonElement time)
    {
        SchemaObject.Text(time);
        Assert.True(DateTimeOffset.TryParseExact(time.GetString(), "yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out _), time.GetString());
    }

    private static void Date(JsonElement date)
    {
        SchemaObject.Text(date);
        Assert.True(DateOnly.TryParseExact(date.GetString(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _), date.GetString());
    }
}
