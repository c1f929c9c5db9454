namespace Yinxin.Identity.Server.Features.Protocol.Keys;

/// <summary>
/// The keys of mandates' records, a set of its own: a record is a proof for good, a token for minutes, and whoever checks tokens must not take those of a key that is past. A key that has ceased to sign
/// says when: a record that claims to be younger is forged.
/// </summary>
internal static class RecordKeysEndpoint
{
    public static void MapRecordKeys(this WebApplication app) => app.MapGet(ProtocolPaths.RecordKeys, (KeyRing keys) => Results.Json(new
    {
        keys = keys.RecordKeys().Select(k => new
        {
            kty = k.Key.Kty,
            use = k.Key.Use,
            kid = k.Key.Kid,
            alg = k.Key.Alg,
            crv = k.Key.Crv,
            x = k.Key.X,
            y = k.Key.Y,
            signed_until = k.Until?.ToUnixTimeSeconds(),
        }),
    }));
}
