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
    public async Task AddAsync(Mandate mandate, MandateAct act, Guid? actor, string? reason, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var before = mandate.Version == 1 ? None : await database.MandateEvents.AsNoTracking()
            .Where(e => e.MandateId == mandate.Id && e.Sequence == mandate.Version - 1).Select(e => e.Digest).FirstAsync(cancellationToken);
        var actorName = actor is null ? null : await database.Persons.AsNoTracking().Where(p => p.Id == actor).Select(p => p.Name).FirstOrDefaultAsync(cancellationToken);
        var record = Sign(CanonicalJson.Bytes(Content(mandate, act, actor, actorName, reason, now, before)));
        database.MandateEvents.Add(new MandateEvent
        {
            MandateId = mandate.Id,
            Sequence = mandate.Version,
            Act = act.ToString(),
            ActorId = actor,
            At = now,
            RecordCipher = personal.Protect(Purposes.MandateRecord, record),
            Digest = Digest(record),
        });
    }

    public string Read(MandateEvent step) => personal.Unprotect(Purposes.MandateRecord, step.RecordCipher);

    private JsonObject Content(Mandate mandate, MandateAct act, Guid? actor, string? actorName, string? reason, DateTimeOffset now, string before) => new()
    {
        ["iss"] = issuer.Text,
        ["mandate"] = mandate.Id.ToString(),
        ["parent"] = mandate.ParentId?.ToString(),
        ["sequence"] = mandate.Version,
        ["previous"] = before,
        ["act"] = Words(act.ToString()),
        ["state"] = Words(mandate.State.ToString()),
        ["reason"] = reason,
        ["at"] = now.ToUnixTimeMilliseconds(),
        ["actor"] = actor is null ? null : new JsonObject { ["sub"] = actor.ToString(), ["name"] = actorName },
        ["organisation"] = new JsonObject { ["uscc"] = mandate.Organisation!.Uscc, ["name"] = mandate.Organisation.Name },
        ["answered_by"] = mandate.AnsweredById.ToString(),
        ["agent"] = new JsonObject
        {
            ["sub"] = mandate.AgentId?.ToString(),
            ["name"] = personal.Unprotect(Purposes.MandateName, mandate.InvitedNameCipher),
            ["id_number_masked"] = mandate.InvitedNumberMasked,
        },
        ["powers"] = List(mandate.Powers),
        ["seals"] = List(mandate.Seals),
        ["scope"] = new JsonObject { ["reach"] = Words(mandate.Reach.ToString()), ["matters"] = List(mandate.Matters) },
        ["valid_from"] = mandate.ValidFrom.ToUnixTimeSeconds(),
        ["valid_to"] = mandate.ValidTo.ToUnixTimeSeconds(),
        ["may_sub_delegate"] = mandate.MaySubDelegate,
    };

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

    private static string Digest(string record) => Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(record)));

    private static string Words(string name) => char.ToLowerInvariant(name[0]) + name[1..];

    private static JsonArray List(IEnumerable<string> items) => new([.. items.Select(i => (JsonNode)i)]);
}
