using System.Globalization;
using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Yinxin.Seal.Server.Data;
using Yinxin.ServiceDefaults.Security;
using Yinxin.ServiceDefaults.Settings;
using Yinxin.ServiceDefaults.Tokens;
using Yinxin.ServiceDefaults.Transparency;

namespace Yinxin.Seal.Server.Features.Uses;

/// <summary>GET /api/seals/{esId}/uses: the newest uses of a seal, each with its place in the log and the salt that proves to its owner that the entry is his.</summary>
internal static class ListUses
{
    private const int Page = 200;

    public static void Map(WebApplication app) => app.MapGet("/api/seals/{esId}/uses", async (string esId, SealContext database, IDataCipher cipher, IOptions<AddressSettings> addresses, DateTimeOffset? before, CancellationToken cancellationToken) =>
    {
        var uses = database.Uses.AsNoTracking().Where(u => u.EsId == esId);
        if (before is { } end)
        {
            uses = uses.Where(u => u.At < end);
        }

        return (await uses.OrderByDescending(u => u.At).Take(Page).ToListAsync(cancellationToken)).Select(u => View.Of(u, cipher, addresses.Value));
    }).RequireAuthorization(ApiTokens.Scope("seal.manage"));

    /// <param name="Id">The use's own number.</param>
    /// <param name="At">When.</param>
    /// <param name="Caller">The client that asked for it.</param>
    /// <param name="Purpose">As the client stated it.</param>
    /// <param name="DocumentName">As the client stated it.</param>
    /// <param name="LogIndex">Place in the transparency log; null until the log has it.</param>
    /// <param name="ObjectDigest">What the log holds of it, hex.</param>
    /// <param name="Salt">Base64; with the seal's number it gives the entry's subject.</param>
    /// <param name="LogProof">Where the log gives the entry with its inclusion proof and signed checkpoint; null until the log has it.</param>
    internal sealed record View(Guid Id, DateTimeOffset At, string Caller, string Purpose, string DocumentName, long? LogIndex, string ObjectDigest, string Salt, string? LogProof)
    {
        public static View Of(SealUse use, IDataCipher cipher, AddressSettings addresses) => new(
            use.Id, use.At, use.Caller, use.Purpose, use.DocumentName, use.LogIndex, Convert.ToHexStringLower(SHA256.HashData(SealEvents.Bytes(use))),
            Convert.ToBase64String(LoggedEvent.Salt(cipher, "seal.used", use.Id.ToString())),
            use.LogIndex is { } index ? string.Create(CultureInfo.InvariantCulture, $"{AddressSettings.Text(addresses.Trust)}/api/log/proofs?index={index}") : null);
    }
}
