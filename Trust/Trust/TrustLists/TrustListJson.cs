using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Yinxin.Trust.Certificates.Paths;

namespace Yinxin.Trust.TrustLists;

/// <summary>A list as JSON (ETSI TS 119 602, annex on the JSON binding). Members that are not used here are passed over; a member twice is refused.</summary>
public static class TrustListJson
{
    /// <summary>Largest list in bytes.</summary>
    public const int Largest = 8 * 1024 * 1024;

    private const int FormVersion = 1;
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 32, AllowDuplicateProperties = false };

    /// <summary>Reads.</summary>
    /// <exception cref="TrustListException">Not a list; the code says why.</exception>
    public static TrustList Read(ReadOnlyMemory<byte> utf8)
    {
        if (utf8.Length > Largest)
        {
            throw new TrustListException("trustList.size", "The list is larger than is looked at.");
        }

        try
        {
            using var document = JsonDocument.Parse(utf8, Strict);
            var list = document.RootElement.Member("LoTE");
            return new TrustList(Scheme(list.Member("ListAndSchemeInformation")), [.. list.Entries("TrustedEntitiesList", required: false).Select(Entity)]);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new TrustListException("trustList.json", "Not JSON, or a member stands there twice: " + e.Message, e);
        }
    }

    /// <summary>Writes.</summary>
    public static byte[] Write(TrustList list) => JsonSerializer.SerializeToUtf8Bytes(
        new JsonObject { ["LoTE"] = new JsonObject { ["ListAndSchemeInformation"] = Of(list.Scheme), ["TrustedEntitiesList"] = Array(list.Entities.Select(Of)) } }, Plain);

    private static TrustListScheme Scheme(JsonElement scheme)
    {
        if (scheme.Member("LoTEVersionIdentifier", JsonValueKind.Number) is var version && !(version.TryGetInt32(out var number) && number == FormVersion))
        {
            throw new TrustListException("trustList.member", "Only version 1 of the form is known.");
        }

        scheme.DemandNothingCritical("SchemeExtensions");
        return new TrustListScheme
        {
            SequenceNumber = scheme.Member("LoTESequenceNumber", JsonValueKind.Number).TryGetInt64(out var sequence) && sequence > 0 ? sequence
                : throw new TrustListException("trustList.member", "LoTESequenceNumber is not a positive integer."),
            Type = scheme.Uri("LoTEType"),
            OperatorName = scheme.Texts("SchemeOperatorName"),
            Name = scheme.Texts("SchemeName"),
            Territory = scheme.Territory("SchemeTerritory"),
            IssuedAt = scheme.Time("ListIssueDateTime"),
            NextUpdate = scheme.Time("NextUpdate"),
            Pointers = [.. scheme.Entries("PointersToOtherLoTE", required: false).Select(Pointer)],
        };
    }

    private static TrustListPointer Pointer(JsonElement pointer)
    {
        var qualifiers = pointer.Entries("LoTEQualifiers", required: true).First();
        return new TrustListPointer(
            new Uri(pointer.Uri("LoTELocation")), [.. pointer.Entries("ServiceDigitalIdentities", required: true).SelectMany(i => i.Certificates())],
            qualifiers.Uri("LoTEType"), qualifiers.Texts("SchemeOperatorName"), qualifiers.Territory("SchemeTerritory"));
    }

    private static TrustedEntity Entity(JsonElement entity) =>
        new(entity.Member("TrustedEntityInformation").Texts("TEName"), [.. entity.Entries("TrustedEntityServices", required: true).Select(Service)]);

    private static TrustService Service(JsonElement service)
    {
        var information = service.Member("ServiceInformation");
        information.DemandNothingCritical("ServiceInformationExtensions");
        var current = Status(information);
        var history = service.Entries("ServiceHistory", required: false).Select(Status).OrderByDescending(s => s.Since).ToList();
        if (history.Any(h => h.Since >= current.Since) || history.DistinctBy(h => h.Since).Count() != history.Count)
        {
            throw new TrustListException("trustList.member", "The history of a service is not before its current status, or names a time twice.");
        }

        return new TrustService(information.Uri("ServiceTypeIdentifier"), information.Texts("ServiceName"), information.Member("ServiceDigitalIdentity").Certificates(), current, history);
    }

    private static ServiceStatus Status(JsonElement information) => new(information.Uri("ServiceStatus"), information.Time("StatusStartingTime"));

    private static JsonObject Of(TrustListScheme scheme)
    {
        var json = new JsonObject
        {
            ["LoTEVersionIdentifier"] = FormVersion,
            ["LoTESequenceNumber"] = scheme.SequenceNumber,
            ["LoTEType"] = scheme.Type,
            ["SchemeOperatorName"] = Of(scheme.OperatorName),
            ["SchemeName"] = Of(scheme.Name),
            ["StatusDeterminationApproach"] = TrustListTerms.StatusDetermination,
            ["SchemeTerritory"] = scheme.Territory,
            ["ListIssueDateTime"] = Of(scheme.IssuedAt),
            ["NextUpdate"] = Of(scheme.NextUpdate),
        };
        if (scheme.Pointers.Count > 0)
        {
            json["PointersToOtherLoTE"] = Array(scheme.Pointers.Select(Of));
        }

        return json;
    }

    private static JsonObject Of(TrustListPointer pointer) => new()
    {
        ["LoTELocation"] = pointer.Location.AbsoluteUri,
        ["ServiceDigitalIdentities"] = Array([Of(pointer.Signers)]),
        ["LoTEQualifiers"] = Array([new JsonObject { ["LoTEType"] = pointer.Type, ["SchemeOperatorName"] = Of(pointer.OperatorName), ["SchemeTerritory"] = pointer.Territory }]),
    };

    private static JsonObject Of(TrustedEntity entity) => new()
    {
        ["TrustedEntityInformation"] = new JsonObject { ["TEName"] = Of(entity.Name) },
        ["TrustedEntityServices"] = Array(entity.Services.Select(Of)),
    };

    private static JsonObject Of(TrustService service)
    {
        var json = new JsonObject { ["ServiceInformation"] = Of(service, service.Current) };
        if (service.History.Count > 0)
        {
            json["ServiceHistory"] = Array(service.History.Select(h => Of(service, h)));
        }

        return json;
    }

    private static JsonObject Of(TrustService service, ServiceStatus status) => new()
    {
        ["ServiceName"] = Of(service.Name),
        ["ServiceDigitalIdentity"] = Of(service.Certificates),
        ["ServiceTypeIdentifier"] = service.Type,
        ["ServiceStatus"] = status.Status,
        ["StatusStartingTime"] = Of(status.Since),
    };

    private static JsonObject Of(IEnumerable<PathCertificate> certificates) =>
        new() { ["X509Certificates"] = Array(certificates.Select(c => new JsonObject { ["val"] = Convert.ToBase64String(c.Encoded.Span) })) };

    private static JsonArray Of(IEnumerable<LocalizedText> texts) => Array(texts.Select(t => new JsonObject { ["lang"] = t.Language, ["value"] = t.Value }));

    private static string Of(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);

    private static JsonArray Array(IEnumerable<JsonObject> entries) => new([.. entries]);
}
