using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.IdentityModel.Tokens;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Protocol;
using Yinxin.Identity.Server.Features.Protocol.Keys;

namespace Yinxin.Identity.Server.Features.Mandates;

/// <summary>
/// Writes what happens to a mandate as a signed record: a JWS (RFC 7515) by Identity's key over canonical JSON, with a type of its own so that
/// nothing else takes it for a token, and the digest of the record before, so that none can be left out.
/// </summary>
internal sealed class MandateRecords(IdentityContext database, PersonalData personal, KeyRing keys, Issuer issuer)
{
    public const string Type = "yinxin-mandate-record+jws";

    /// <summary>Digest before the first record.</summary>
    public const string None = "0000000000000000000000000000000000000000000000000000000000000000";

    /// <summary>Adds the record of <paramref name="act"/>, which has already changed the mandate; saved with the caller's next <c>SaveChanges</c>.</summary>
    public async Task<MandateEvent> AddAsync(Mandate mandate, MandateAct act, Guid? actor, string? reason, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var before = mandate.Version == 1 ? None : await database.MandateEvents.AsNoTracking()
            .Where(e => e.MandateId == mandate.Id && e.Sequence == mandate.Version - 1).Select(e => e.Digest).FirstAsync(cancellationToken);
        var actorName = actor is null ? null : await database.Persons.AsNoTracking().Where(p => p.Id == actor).Select(p => p.Name).FirstOrDefaultAsync(cancellationToken);
        var record = Sign(CanonicalJson.Bytes(Content(mandate, act, actor, actorName, reason, now, before)));
        var step = new MandateEvent
        {
            MandateId = mandate.Id,
            Sequence = mandate.Version,
            Act = act.ToString(),
            ActorId = actor,
            At = now,
            RecordCipher = personal.Protect(Purposes.MandateRecord, record),
            Digest = Digest(record),
        };
        database.MandateEvents.Add(step);
        return step;
    }

    public string Read(MandateEvent step) => personal.Unprotect(Purposes.MandateRecord, step.RecordCipher);

    /// <summary>What a record says of the mandate that no step changes.</summary>
    public static JsonObject Terms(Mandate mandate) => new()
    {
        ["parent"] = mandate.ParentId?.ToString(),
        ["powers"] = List(mandate.Powers),
        ["seals"] = List(mandate.Seals),
        ["scope"] = new JsonObject { ["reach"] = Words(mandate.Reach.ToString()), ["matters"] = List(mandate.Matters) },
        ["valid_from"] = mandate.ValidFrom.ToUnixTimeSeconds(),
        ["valid_to"] = mandate.ValidTo.ToUnixTimeSeconds(),
        ["may_sub_delegate"] = mandate.MaySubDelegate,
    };

    /// <summary>SHA-256 of a record, hexadecimal.</summary>
    public static string Digest(string record) => Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(record)));

    /// <summary>Names of acts, states and reaches as records spell them.</summary>
    public static string Words(string name) => name.Length == 0 ? "" : char.ToLowerInvariant(name[0]) + name[1..];

    private JsonObject Content(Mandate mandate, MandateAct act, Guid? actor, string? actorName, string? reason, DateTimeOffset now, string before)
    {
        var content = Terms(mandate);
        content["iss"] = issuer.Text;
        content["mandate"] = mandate.Id.ToString();
        content["sequence"] = mandate.Version;
        content["previous"] = before;
        content["act"] = Words(act.ToString());
        content["state"] = Words(mandate.State.ToString());
        content["reason"] = reason;
        content["at"] = now.ToUnixTimeMilliseconds();
        content["actor"] = actor is null ? null : new JsonObject { ["sub"] = actor.ToString(), ["name"] = actorName };
        content["organisation"] = new JsonObject { ["uscc"] = mandate.Organisation!.Uscc, ["name"] = mandate.Organisation.Name };
        content["answered_by"] = mandate.AnsweredById.ToString();
        content["agent"] = new JsonObject
        {
            ["sub"] = mandate.AgentId?.ToString(),
            ["name"] = personal.Unprotect(Purposes.MandateName, mandate.InvitedNameCipher),
            ["id_number_masked"] = mandate.InvitedNumberMasked,
        };
        return content;
    }

    private string Sign(byte[] content)
    {
        var key = keys.Active(KeyAlgorithms.EcdsaSignature);
        var header = CanonicalJson.Bytes(new JsonObject { ["alg"] = KeyAlgorithms.EcdsaSignature, ["kid"] = key.KeyId, ["typ"] = Type });
        var signed = Base64UrlEncoder.Encode(header) + "." + Base64UrlEncoder.Encode(content);
        var signer = key.CryptoProviderFactory.CreateForSigning(key, KeyAlgorithms.EcdsaSignature);
        try
        {
            return signed + "." + Base64UrlEncoder.Encode(signer.Sign(Encoding.ASCII.GetBytes(signed)));
        }
        finally
        {
            key.CryptoProviderFactory.ReleaseSignatureProvider(signer);
        }
    }

    private static JsonArray List(IEnumerable<string> items) => new([.. items.Select(i => (JsonNode)i)]);
}
