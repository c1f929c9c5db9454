namespace Yinxin.Trust.Server.Features.Acme.Authorizations;

/// <summary>The proofs that are offered.</summary>
internal static class ChallengeTypes
{
    /// <summary>RFC 8555 §8.3.</summary>
    public const string Http = "http-01";

    /// <summary>RFC 8737.</summary>
    public const string Tls = "tls-alpn-01";

    public static readonly IReadOnlyList<string> All = [Http, Tls];
}
