using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Yinxin.Identity.Server.Data;
using Yinxin.ServiceDefaults.Settings;

namespace Yinxin.Identity.Server.Features.Recovery;

/// <summary>
/// The link in a text message by which its reader stops something without signing in. Nothing of it is stored: it names the thing and carries a keyed hash of that name, 96 bits of it,
/// so a copy of the database does not make one.
/// </summary>
internal sealed class StopLinks(PersonalData personal, IOptions<AddressSettings> addresses)
{
    private const int KeyLength = 22;
    private const int CodeLength = 24;

    /// <param name="thing">A waiting recovery, or the notice of a changed phone.</param>
    public string For(Guid thing) => $"{AddressSettings.Text(addresses.Value.Identity)}/recover/stop?c={Base64Url.EncodeToString(thing.ToByteArray())}{Code(thing)}";

    /// <returns>What is to be stopped; null for anything that we did not send.</returns>
    public Guid? Read(string? given)
    {
        if (given?.Length != KeyLength + CodeLength || !Base64Url.IsValid(given.AsSpan(0, KeyLength), out var length) || length != 16)
        {
            return null;
        }

        var thing = new Guid(Base64Url.DecodeFromChars(given.AsSpan(0, KeyLength)));
        return CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given[KeyLength..]), Encoding.UTF8.GetBytes(Code(thing))) ? thing : null;
    }

    private string Code(Guid thing) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(personal.Index(Purposes.RecoveryTicket, "stop:" + thing))).AsSpan(0, CodeLength / 2));
}
