using Microsoft.IdentityModel.Tokens;

namespace Yinxin.Identity.Server.Features.Protocol.Keys;

/// <summary>Algorithms as the key rows spell them.</summary>
internal static class KeyAlgorithms
{
    public const string EcdsaSignature = SecurityAlgorithms.EcdsaSha256;
    public const string RsaSignature = SecurityAlgorithms.RsaSha256;
    public const string Encryption = SecurityAlgorithms.Aes256KW;

    /// <summary>Of each there is a key in use at any time.</summary>
    public static readonly IReadOnlyList<string> All = [EcdsaSignature, RsaSignature, Encryption];
}
