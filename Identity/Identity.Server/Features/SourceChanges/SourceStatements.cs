using System.Text.Json;
using Yinxin.Identity.Server.Features.Authorities;

namespace Yinxin.Identity.Server.Features.SourceChanges;

/// <summary>One change as its authority signed it, pushed or in its feed.</summary>
internal sealed class SourceStatements(SignedStatements statements)
{
    private const string EventType = "authority-event+jwt";

    /// <returns>The change (null: it cannot be read), or why the statement is not believed.</returns>
    public async Task<(SourceChange? Change, string? Refusal)> ReadAsync(Authority authority, string statement)
    {
        var (payload, refusal) = await statements.ReadAsync(authority, statement, EventType);
        return refusal is null ? (Change(payload), null) : (null, refusal);
    }

    private static SourceChange? Change(JsonElement payload)
    {
        try
        {
            return payload.TryGetProperty("change", out var told) && payload.TryGetProperty("jti", out var id) && id.ValueKind == JsonValueKind.String &&
                told.Deserialize<SourceChange>(JsonSerializerOptions.Web) is { } change && change.Id == id.GetString() ? change : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
