using System.Security.Cryptography;
using Microsoft.AspNetCore.Identity;

namespace Yinxin.Identity.Server.Features.Passkeys;

/// <summary>A passkey as the tables of ASP.NET Core Identity hold it.</summary>
internal static class PasskeyRecords
{
    /// <summary>The row of a new passkey, so that it is stored in the same transaction as what belongs to it.</summary>
    public static IdentityUserPasskey<Guid> From(Guid account, UserPasskeyInfo passkey) => new()
    {
        UserId = account,
        CredentialId = passkey.CredentialId,
        Data = new IdentityPasskeyData
        {
            PublicKey = passkey.PublicKey,
            Name = passkey.Name,
            CreatedAt = passkey.CreatedAt,
            SignCount = passkey.SignCount,
            Transports = passkey.Transports,
            IsUserVerified = passkey.IsUserVerified,
            IsBackupEligible = passkey.IsBackupEligible,
            IsBackedUp = passkey.IsBackedUp,
            AttestationObject = passkey.AttestationObject,
            ClientDataJson = passkey.ClientDataJson,
        },
    };

    public static string UseId(byte[] credentialId) => Convert.ToHexStringLower(SHA256.HashData(credentialId));
}
