namespace Yinxin.Identity.Server.Features.Protocol;

/// <summary>Where the protocol's endpoints are, relative to the issuer.</summary>
internal static class ProtocolPaths
{
    public const string Authorize = "/connect/authorize";
    public const string PushedRequests = "/connect/par";
    public const string Token = "/connect/token";
    public const string UserInfo = "/connect/userinfo";
    public const string Introspection = "/connect/introspect";
    public const string Revocation = "/connect/revoke";
    public const string EndSession = "/connect/logout";
    public const string Keys = "/.well-known/jwks";

    /// <summary>Of mandates' records.</summary>
    public const string RecordKeys = "/.well-known/record-keys";
}
