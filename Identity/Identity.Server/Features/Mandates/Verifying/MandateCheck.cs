using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.IdentityModel.Tokens;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Protocol.Keys;

namespace Yinxin.Identity.Server.Features.Mandates.Verifying;

/// <summary>What a mandate's records are worth.</summary>
/// <param name="Fault">The first that is wrong; null when everything verifies.</param>
/// <param name="Bad">Places of records that do not verify by themselves.</param>
/// <param name="Row">The row as it was judged; null when there is none.</param>
internal sealed record MandateVerdict(MandateFault? Fault, IReadOnlySet<int> Bad, Mandate? Row);

/// <summary>
/// One mandate as the server judges it, which has the keys: beside what <see cref="MandateChain"/> compares, each record is opened, its signature held against every key that ever signed records,
/// what it says against the step before it, and its terms against the row.
/// </summary>
internal sealed class MandateCheck(IdentityContext database, MandateRecords records, KeyRing keys)
{
    /// <param name="mandate">Which.</param>
    /// <param name="history">Its steps in their order, with the records.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<MandateVerdict> OfAsync(Guid mandate, IReadOnlyList<MandateEvent> history, CancellationToken cancellationToken)
    {
        var (row, fault) = await NotedMandate.OfAsync(database, mandate, cancellationToken);
        var bad = new HashSet<int>();
        var previous = MandateRecords.None;
        JsonObject? first = null;
        var fits = row is not null;
        foreach (var step in history)
        {
            if (Open(step, previous) is { } content)
            {
                first ??= content;
                fits = fits && SaysTermsOf(content, row!) && InvitedIn(content) == InvitedIn(first) && (step.Sequence != row!.Version || SaysStandingOf(content, row));
            }
            else
            {
                bad.Add(step.Sequence);
            }

            previous = step.Digest;
        }

        fault ??= bad.Count > 0 ? new MandateFault(mandate, bad.Min(), MandateChain.Signature) : fits ? null : new MandateFault(mandate, row?.Version ?? 0, MandateChain.Row);
        return new MandateVerdict(fault, bad, row);
    }

    /// <returns>What the record says; null when it does not verify, or is another step's.</returns>
    private JsonObject? Open(MandateEvent step, string previous)
    {
        try
        {
            var record = records.Read(step);
            return MandateRecords.Digest(record) == step.Digest && Signed(record) is { } content &&
                Text(content, "mandate") == step.MandateId.ToString() && Number(content, "sequence") == step.Sequence && Text(content, "previous") == previous &&
                Text(content, "act") == MandateRecords.Words(step.Act) && Number(content, "at") == step.At.ToUnixTimeMilliseconds() &&
                Text(content["actor"] as JsonObject, "sub") == step.ActorId?.ToString() ? content : null;
        }
        catch (Exception e) when (e is CryptographicException or FormatException or ArgumentException or JsonException)
        {
            // Somebody wrote something else into the column.
            return null;
        }
    }

    private JsonObject? Signed(string record)
    {
        if (record.Split('.') is not [var header, var content, var signature] || JsonNode.Parse(Base64UrlEncoder.DecodeBytes(header)) is not JsonObject named ||
            Text(named, "alg") != KeyAlgorithms.EcdsaSignature || Text(named, "typ") != MandateRecords.Type || Text(named, "kid") is not { } id || keys.OfRecords(id) is not { } key)
        {
            return null;
        }

        var verifier = key.CryptoProviderFactory.CreateForVerifying(key, KeyAlgorithms.EcdsaSignature);
        try
        {
            return verifier.Verify(Encoding.ASCII.GetBytes(header + "." + content), Base64UrlEncoder.DecodeBytes(signature)) && JsonNode.Parse(Base64UrlEncoder.DecodeBytes(content)) is JsonObject said &&
                Number(said, "at") is { } at && keys.SignedAt(id, DateTimeOffset.FromUnixTimeMilliseconds(at)) ? said : null;
        }
        finally
        {
            key.CryptoProviderFactory.ReleaseSignatureProvider(verifier);
        }
    }

    private static bool SaysTermsOf(JsonObject content, Mandate row)
    {
        var terms = MandateRecords.Terms(row);
        var said = new JsonObject(terms.Select(t => KeyValuePair.Create(t.Key, content[t.Key]?.DeepClone())));
        return CanonicalJson.Bytes(said).AsSpan().SequenceEqual(CanonicalJson.Bytes(terms));
    }

    private static bool SaysStandingOf(JsonObject content, Mandate row) =>
        Text(content, "state") == MandateRecords.Words(row.State.ToString()) && Text(content, "answered_by") == row.AnsweredById.ToString() &&
        Text(content["agent"] as JsonObject, "sub") == row.AgentId?.ToString();

    /// <summary>Who was invited is the same in all records.</summary>
    private static (string? Name, string? Number) InvitedIn(JsonObject content) => (Text(content["agent"] as JsonObject, "name"), Text(content["agent"] as JsonObject, "id_number_masked"));

    private static string? Text(JsonObject? content, string name) => content?[name] is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    private static long? Number(JsonObject content, string name) => content[name] is JsonValue value && value.TryGetValue(out long number) ? number : null;
}
