using System.Text.Json;
using Xunit;

namespace Yinxin.Identity.Tests.VerifiedClaims;

/// <summary>
/// The rules of the OpenID Identity Assurance schema for requests (verified_claims_request.json, draft 2020-12) in our own words: what a client that keeps to it writes.
/// The published file means its rules on check_details, record and document_details for each type of evidence, but compares the type with a text where a request has an object,
/// so that they never apply; here they do. The server takes more than that; these tests ask by it.
/// </summary>
internal static class RequestedClaimsSchema
{
    private static readonly SchemaObject Leaf = new([], new()
    {
        ["essential"] = Boolean,
        ["value"] = SchemaObject.Text,
        ["values"] = SchemaObject.List(SchemaObject.Text),
        ["max_age"] = age => Assert.True(age.ValueKind == JsonValueKind.Number && age.TryGetInt64(out var seconds) && seconds >= 0, age.ToString()),
    });

    private static readonly SchemaObject Type = new([], new() { ["value"] = value => Assert.Contains(value.GetString(), (string[])["document", "electronic_record", "vouch", "electronic_signature"]) });

    private static readonly SchemaObject CheckDetails = new(["check_method"], new() { ["check_method"] = Element, ["organization"] = Element, ["check_id"] = Element, ["time"] = Element });

    private static readonly SchemaObject Place = new([], new() { ["name"] = Element, ["country"] = Element, ["country_code"] = Element, ["jurisdiction"] = Element });

    private static readonly SchemaObject DocumentDetails = new([], new()
    {
        ["type"] = Element,
        ["document_number"] = Element,
        ["serial_number"] = Element,
        ["date_of_issuance"] = Element,
        ["date_of_expiry"] = Element,
        ["issuer"] = Place.Check,
    });

    private static readonly SchemaObject Record = new([], new() { ["type"] = Element, ["created_at"] = Element, ["date_of_expiry"] = Element, ["source"] = Place.Check });

    private static readonly SchemaObject Evidence = new(["type"], new()
    {
        ["type"] = Type.Check,
        ["check_details"] = SchemaObject.List(CheckDetails.Check),
        ["document_details"] = DocumentDetails.Check,
        ["record"] = Record.Check,
        ["attachments"] = Element,
    });

    private static readonly SchemaObject AssuranceDetails = new([], new() { ["assurance_type"] = Element, ["assurance_classification"] = Element });

    private static readonly SchemaObject AssuranceProcess = new([], new() { ["policy"] = Element, ["procedure"] = Element, ["assurance_details"] = SchemaObject.List(AssuranceDetails.Check) });

    private static readonly SchemaObject Verification = new(["trust_framework"], new()
    {
        ["trust_framework"] = Element,
        ["assurance_level"] = Element,
        ["assurance_process"] = AssuranceProcess.Check,
        ["time"] = Element,
        ["verification_process"] = Element,
        ["evidence"] = SchemaObject.List(Evidence.Check),
    });

    private static readonly SchemaObject Set = new(["verification", "claims"], new() { ["verification"] = Verification.Check, ["claims"] = Claims });

    /// <summary>One set: what stands under <c>verified_claims</c>, or one element of its list.</summary>
    public static void Check(JsonElement set) => Set.Check(set);

    private static void Claims(JsonElement claims)
    {
        if (claims.ValueKind == JsonValueKind.Null)
        {
            return;
        }

        Assert.Equal(JsonValueKind.Object, claims.ValueKind);
        Assert.NotEmpty(claims.EnumerateObject());
        foreach (var claim in claims.EnumerateObject().Where(c => c.Value.ValueKind != JsonValueKind.Null))
        {
            Assert.Equal(JsonValueKind.Object, claim.Value.ValueKind);
            if (claim.Value.TryGetProperty("essential", out var essential))
            {
                Boolean(essential);
            }
        }
    }

    private static void Element(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Null)
        {
            Leaf.Check(element);
        }
    }

    private static void Boolean(JsonElement element) => Assert.True(element.ValueKind is JsonValueKind.True or JsonValueKind.False, element.ToString());
}
