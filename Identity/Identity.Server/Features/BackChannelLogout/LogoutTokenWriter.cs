using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Protocol;
using Yinxin.Identity.Server.Features.Protocol.Keys;
using Yinxin.Identity.Server.Features.Protocol.Token;

namespace Yinxin.Identity.Server.Features.BackChannelLogout;

/// <summary>
/// OIDC Back-Channel Logout §2.4. Person and session are called what the client's ID tokens call them, and it is signed as those are. It has no <c>nonce</c> and a type of its own, so that nobody takes it
/// for an ID token.
/// </summary>
internal sealed class LogoutTokenWriter(Issuer issuer, KeyRing keys, SubjectIdentifiers identifiers, TimeProvider time)
{
    /// <summary>At most, as §4 recommends: it is made when it is sent, and is needed no longer than that takes.</summary>
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(2);

    private static readonly JsonElement Events = JsonElement.Parse("""{"http://schemas.openid.net/event/backchannel-logout":{}}""");

    private static readonly JsonWebTokenHandler Handler = new() { SetDefaultTimesOnTokenCreation = false };

    /// <param name="client">Who is told.</param>
    /// <param name="account">Whose session it was.</param>
    /// <param name="session">Which.</param>
    /// <param name="id">The same however often it is told, so that a client may recognise a repetition.</param>
    public string Write(Client client, Guid account, Guid session, Guid id)
    {
        var now = time.GetUtcNow();
        return Handler.CreateToken(new SecurityTokenDescriptor
        {
            TokenType = "logout+jwt",
            Issuer = issuer.Text,
            Audience = client.ClientId,
            IssuedAt = now.UtcDateTime,
            Expires = (now + Life).UtcDateTime,
            Claims = new Dictionary<string, object>(StringComparer.Ordinal)
            {
                ["jti"] = id.ToString(),
                ["sub"] = identifiers.SubjectOf(client, account),
                ["sid"] = identifiers.SessionOf(client, session),
                ["events"] = Events,
            },
            SigningCredentials = new SigningCredentials(keys.Active(client.IdTokenAlgorithm), client.IdTokenAlgorithm),
        });
    }
}
