using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.IdentityModel.Tokens;

namespace Yinxin.Identity.Tests.Accounts;

/// <summary>A WebAuthn authenticator with one ES256 key and attestation "none" (WebAuthn Level 3 §6, §8.7), whose lies can be set.</summary>
public sealed class SoftwareAuthenticator(string origin) : IDisposable
{
    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly byte[] credentialId = RandomNumberGenerator.GetBytes(32);
    private string userHandle = "";

    public string Origin { get; set; } = origin;

    /// <summary>Whether the device checked the person (flag UV).</summary>
    public bool Verified { get; set; } = true;

    /// <summary>Whether the key may be copied to other devices (flag BE); of one key it is always the same.</summary>
    public bool BackupEligible { get; set; }

    /// <summary>Whether it has been copied (flag BS).</summary>
    public bool BackedUp { get; set; }

    /// <summary>The last count of signatures; a copy of the key goes on from where it was made.</summary>
    public uint Counter { get; set; }

    /// <summary>The site that it believes to sign for; null: the one that asked.</summary>
    public string? Site { get; set; }

    /// <summary>JSON of the answer to creation options.</summary>
    public string Create(string options)
    {
        var request = JsonDocument.Parse(options).RootElement;
        userHandle = request.GetProperty("user").GetProperty("id").GetString()!;
        var point = key.ExportParameters(false).Q;
        byte[] cose = [0xA5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32, .. point.X!, 0x22, 0x58, 32, .. point.Y!];
        byte[] data = [.. Head(request.GetProperty("rp").GetProperty("id").GetString()!, 0x40), .. new byte[16], 0, 32, .. credentialId, .. cose];
        byte[] attestation = [0xA3, 0x63, .. "fmt"u8, 0x64, .. "none"u8, 0x67, .. "attStmt"u8, 0xA0, 0x68, .. "authData"u8, 0x58, (byte)data.Length, .. data];
        return Answer(new { clientDataJSON = Encode(ClientData("webauthn.create", request)), attestationObject = Encode(attestation), transports = (string[])["internal"] });
    }

    /// <summary>JSON of the answer to request options.</summary>
    public string Get(string options)
    {
        var request = JsonDocument.Parse(options).RootElement;
        var client = ClientData("webauthn.get", request);
        var data = Head(Site ?? request.GetProperty("rpId").GetString()!, 0);
        var signature = key.SignData([.. data, .. SHA256.HashData(client)], HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        return Answer(new { clientDataJSON = Encode(client), authenticatorData = Encode(data), signature = Encode(signature), userHandle });
    }

    public void Dispose() => key.Dispose();

    private byte[] Head(string rpId, byte flags)
    {
        var count = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(count, ++Counter);
        return [.. SHA256.HashData(Encoding.UTF8.GetBytes(rpId)), (byte)(flags | 1 | (Verified ? 4 : 0) | (BackupEligible ? 8 : 0) | (BackedUp ? 16 : 0)), .. count];
    }

    private byte[] ClientData(string type, JsonElement request) =>
        JsonSerializer.SerializeToUtf8Bytes(new { type, challenge = request.GetProperty("challenge").GetString(), origin = Origin, crossOrigin = false });

    private string Answer(object response) =>
        JsonSerializer.Serialize(new { id = Encode(credentialId), rawId = Encode(credentialId), type = "public-key", clientExtensionResults = new { }, response });

    private static string Encode(byte[] bytes) => Base64UrlEncoder.Encode(bytes);
}
