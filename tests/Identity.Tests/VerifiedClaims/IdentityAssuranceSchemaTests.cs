using System.Text.Json;
using Xunit;
using Xunit.Sdk;

namespace Yinxin.Identity.Tests.VerifiedClaims;

/// <summary>The judges of the other tests, judged: what the official schema refuses, or means to, they must refuse, or a green test says nothing.</summary>
public sealed class IdentityAssuranceSchemaTests
{
    private const string Good =
        """{"verification":{"trust_framework":"cn_ah_gov_service","time":"2026-11-28T08:00:00Z","assurance_process":{"policy":"cn_ah_gov_service:1"},"evidence":[{"type":"electronic_record","check_details":[{"check_method":"data","organization":"sample","check_id":"1","time":"2026-11-28T08:00:00Z"}],"record":{"type":"population_register","source":{"name":"sample","country_code":"CHN"}}},{"type":"document","document_details":{"type":"idcard","issuer":{"country_code":"CHN"}}}]},"claims":{"name":"样例","birthdate":"1990-01-01"}}""";

    private const string GoodRequest =
        """{"verification":{"trust_framework":{"values":["cn_ah_gov_service"]},"time":{"max_age":60},"evidence":[{"type":{"value":"electronic_record"},"check_details":[{"check_method":null,"time":null}],"record":{"type":{"value":"population_register"},"source":{"name":null}}}]},"claims":{"name":{"essential":true},"birthdate":null}}""";

    [Fact]
    public void What_the_schema_allows_passes()
    {
        IdentityAssuranceSchema.Check(Parse(Good));
        IdentityAssuranceSchema.Check(Parse($"[{Good},{Good}]"));
        RequestedClaimsSchema.Check(Parse(GoodRequest));
        RequestedClaimsSchema.Check(Parse("""{"verification":{"trust_framework":null},"claims":null}"""));
    }

    [Theory]
    [InlineData("\"trust_framework\":\"cn_ah_gov_service\",", "")]
    [InlineData("\"cn_ah_gov_service\",", "7,")]
    [InlineData("\"check_id\":\"1\"", "\"txn\":\"1\"")]
    [InlineData("\"check_method\":\"data\",", "")]
    [InlineData("\"electronic_record\",", "\"electronic_record\",\"time\":\"2026-11-28T08:00:00Z\",")]
    [InlineData("\"type\":\"electronic_record\",", "")]
    [InlineData("\"electronic_record\"", "\"id_document\"")]
    [InlineData("\"type\":\"population_register\",", "")]
    [InlineData("\"type\":\"idcard\",", "")]
    [InlineData("{\"type\":\"document\",", "{\"type\":\"electronic_record\",")]
    [InlineData("\"time\":\"2026-11-28T08:00:00Z\",\"assurance", "\"time\":\"2026-11-28\",\"assurance")]
    [InlineData("\"evidence\":[", "\"evidence\":[],\"further\":[")]
    [InlineData("{\"name\":\"样例\",\"birthdate\":\"1990-01-01\"}", "{}")]
    [InlineData("1990-01-01", "19900101")]
    [InlineData("{\"verification\"", "{\"purpose\":\"sample\",\"verification\"")]
    public void What_the_schema_forbids_in_an_answer_is_refused(string part, string instead) => Refuses(IdentityAssuranceSchema.Check, Good, part, instead);

    [Theory]
    [InlineData("\"trust_framework\":{\"values\":[\"cn_ah_gov_service\"]},", "")]
    [InlineData("[\"cn_ah_gov_service\"]", "[]")]
    [InlineData("{\"values\":[\"cn_ah_gov_service\"]}", "\"cn_ah_gov_service\"")]
    [InlineData("60", "-1")]
    [InlineData("60", "\"long\"")]
    [InlineData("\"type\":{\"value\":\"electronic_record\"},", "")]
    [InlineData("{\"value\":\"electronic_record\"}", "null")]
    [InlineData("{\"value\":\"electronic_record\"}", "{\"value\":\"id_document\"}")]
    [InlineData("\"check_method\":null,", "")]
    [InlineData("[{\"check_method\":null,\"time\":null}]", "{\"check_method\":null}")]
    [InlineData("{\"essential\":true}", "{\"essential\":\"yes\"}")]
    [InlineData("{\"essential\":true}", "\"name\"")]
    [InlineData("{\"verification\"", "{\"purpose\":\"sample\",\"verification\"")]
    public void What_the_schema_forbids_in_a_request_is_refused(string part, string instead) => Refuses(RequestedClaimsSchema.Check, GoodRequest, part, instead);

    private static void Refuses(Action<JsonElement> check, string good, string part, string instead)
    {
        Assert.Contains(part, good, StringComparison.Ordinal);
        var at = good.IndexOf(part, StringComparison.Ordinal);
        var broken = Parse(string.Concat(good.AsSpan(0, at), instead, good.AsSpan(at + part.Length)));
        Assert.ThrowsAny<XunitException>(() => check(broken));
    }

    private static JsonElement Parse(string text) => JsonDocument.Parse(text).RootElement;
}
