using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.IdentityModel.Tokens;
using Yinxin.Identity.Server.Features.Clients;
using Yinxin.Identity.Server.Features.Protocol.Keys;

namespace Yinxin.Identity.Server.Features.Protocol.Token;

/// <summary>
/// Writes a service's access token (RFC 9068) straight into UTF-8 and signs it. The same claims as the engine's, without its
/// thirty objects for each token.
/// </summary>
internal sealed class ServiceTokenWriter(Issuer issuer, KeyRing keys, TimeProvider time) : IDisposable
{
    public const int LifeSeconds = 600;
    private volatile Signer? signer;

    public string Write(string clientId, IReadOnlyList<string> scopes)
    {
        var current = Current();
        var buffer = new ArrayBufferWriter<byte>(512);
        WritePayload(buffer, clientId, scopes);

        var header = current.Header;
        var length = header.Length + 1 + Base64Url.GetEncodedLength(buffer.WrittenCount) + 1 + Base64Url.GetEncodedLength(64);
        var token = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            header.CopyTo(token, 0);
            var at = header.Length;
            token[at++] = (byte)'.';
            at += Base64Url.EncodeToUtf8(buffer.WrittenSpan, token.AsSpan(at));
            Span<byte> signature = stackalloc byte[64];
            current.Sign(token.AsSpan(0, at), signature);
            token[at++] = (byte)'.';
            at += Base64Url.EncodeToUtf8(signature, token.AsSpan(at));
            return Encoding.ASCII.GetString(token, 0, at);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(token);
        }
    }

    public void Dispose() => signer?.Dispose();

    private void WritePayload(ArrayBufferWriter<byte> buffer, string clientId, IReadOnlyList<string> scopes)
    {
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("iss", issuer.Text);
        json.WriteNumber("exp", now + LifeSeconds);
        json.WriteNumber("iat", now);
        var audiences = ScopeCatalogue.AudiencesOf(scopes).ToList();
        if (audiences.Count == 1)
        {
            json.WriteString("aud", audiences[0]);
        }
        else
        {
            json.WriteStartArray("aud");
            audiences.ForEach(a => json.WriteStringValue(a));
            json.WriteEndArray();
        }

        json.WriteString("scope", string.Join(' ', scopes));
        json.WriteString("jti", Guid.NewGuid());
        json.WriteString("sub", clientId);
        json.WriteString("client_id", clientId);
        json.WriteEndObject();
    }

    /// <summary>The key that is active now; after a rotation the next token has the new one.</summary>
    private Signer Current()
    {
        var key = (ECDsaSecurityKey)keys.Active(KeyAlgorithms.EcdsaSignature);
        if (signer is { } known && ReferenceEquals(known.Key, key))
        {
            return known;
        }

        // A replaced signer is left to the collector: other threads may be signing with it.
        return signer = new Signer(key);
    }

    private sealed class Signer(ECDsaSecurityKey key) : IDisposable
    {
        private readonly ThreadLocal<ECDsa> perThread = new(() => ECDsa.Create(key.ECDsa.ExportParameters(includePrivateParameters: true)), trackAllValues: true);

        public ECDsaSecurityKey Key => key;

        public byte[] Header { get; } = Encoding.ASCII.GetBytes(Base64UrlEncoder.Encode($$"""{"alg":"ES256","kid":"{{key.KeyId}}","typ":"at+jwt"}"""));

        /// <summary>One instance for each thread: the platform does not promise that one may be shared.</summary>
        public void Sign(ReadOnlySpan<byte> data, Span<byte> signature) =>
            perThread.Value!.SignData(data, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);

        public void Dispose()
        {
            foreach (var instance in perThread.Values)
            {
                instance.Dispose();
            }

            perThread.Dispose();
        }
    }
}
