using System.Text.Json;
using Yinxin.Identity.Server.Data;

namespace Yinxin.Identity.Server.Features.Assurance.Administration;

/// <summary>A version as the API shows it.</summary>
/// <param name="Version">Its number.</param>
/// <param name="State"><c>proposed</c>, <c>inForce</c> or <c>retired</c>.</param>
/// <param name="Digest">SHA-256 of the document.</param>
/// <param name="Note">Why it was proposed.</param>
/// <param name="Policy">The document; only when one version is asked for.</param>
internal sealed record PolicyView(
    int Version, string State, string Digest, string Note, string ProposedBy, DateTimeOffset ProposedAt, string? ActivatedBy, DateTimeOffset? ActivatedAt, DateTimeOffset? RetiredAt, JsonElement? Policy)
{
    public static PolicyView Of(AssurancePolicyVersion p, bool withDocument) => new(
        p.Version, p.RetiredAt is not null ? "retired" : p.ActivatedAt is not null ? "inForce" : "proposed", p.Digest, p.Note, p.ProposedBy, p.ProposedAt, p.ActivatedBy, p.ActivatedAt, p.RetiredAt,
        withDocument ? JsonSerializer.Deserialize<JsonElement>(p.Document) : null);
}
