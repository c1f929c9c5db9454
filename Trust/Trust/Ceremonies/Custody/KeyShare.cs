using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Yinxin.Trust.Ceremonies.Custody;

/// <summary>What one custodian keeps: a random secret of 256 bits that belongs to one splitting. Wiped when disposed.</summary>
/// <param name="Version">Format version, 1.</param>
/// <param name="Splitting">Id of the splitting, hex.</param>
/// <param name="Number">The custodian's number.</param>
/// <param name="Custodian">The custodian's name, for people.</param>
/// <param name="Threshold">How many custodians are needed.</param>
/// <param name="Of">How many there are.</param>
/// <param name="Secret">The secret.</param>
public sealed record KeyShare(int Version, string Splitting, int Number, string Custodian, int Threshold, int Of, byte[] Secret) : IDisposable
{
    private const int Largest = 4096;
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties = false };

    /// <summary>Reads an opened share.</summary>
    /// <exception cref="CeremonyException">Not one (<see cref="CeremonyException.ChangedShare"/>).</exception>
    public static KeyShare Parse(ReadOnlySpan<byte> utf8)
    {
        try
        {
            if (utf8.Length <= Largest && JsonSerializer.Deserialize<KeyShare>(utf8, Json) is { Version: 1, Splitting.Length: 32, Number: > 0, Custodian: not null, Secret.Length: 32 } share)
            {
                return share;
            }
        }
        catch (JsonException)
        {
            // Its message could quote the share.
        }

        throw new CeremonyException(CeremonyException.ChangedShare, "This is no opened share: open the custodian's file with «yinxin trust open-share» first.", "不是已打开的密钥份额：请先用 yinxin trust open-share 打开。");
    }

    /// <summary>UTF-8 JSON; the caller wipes it.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, Json);

    /// <summary>Wipes the secret.</summary>
    public void Dispose() => CryptographicOperations.ZeroMemory(Secret);

    /// <summary>Never the secret.</summary>
    public override string ToString() => $"share {Number} of {Of}";
}
