using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Org.BouncyCastle.X509;
using Yinxin.Trust.Certificates.Paths;
using Yinxin.Trust.Suites;

namespace Yinxin.Trust.TrustLists;

/// <summary>A list under its signature: JWS in compact form (RFC 7515) with the signer's certificate in <c>x5c</c> and its digest in <c>x5t#S256</c>, as JAdES baseline B has it (ETSI TS 119 182-1).</summary>
public static class TrustListSignature
{
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 8, AllowDuplicateProperties = false };

    /// <summary>Signs.</summary>
    /// <param name="list">The list.</param>
    /// <param name="signer">Key of the list's signer, of either suite.</param>
    /// <param name="certificate">Its certificate.</param>
    /// <returns>The compact JWS, ASCII.</returns>
    public static string Sign(TrustList list, ISigner signer, X509Certificate certificate)
    {
        var encoded = certificate.GetEncoded();
        var header = new JsonObject
        {
            ["alg"] = JwsAlgorithms.NameOf(signer.Algorithm),
            ["iat"] = list.Scheme.IssuedAt.ToUnixTimeSeconds(),
            ["x5t#S256"] = Base64Url.EncodeToString(SHA256.HashData(encoded)),
            ["x5c"] = new JsonArray(Convert.ToBase64String(encoded)),
        };
        var signed = $"{Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(header))}.{Base64Url.EncodeToString(TrustListJson.Write(list))}";
        return $"{signed}.{Base64Url.EncodeToString(JwsAlgorithms.Sign(signer, Encoding.ASCII.GetBytes(signed)))}";
    }

    /// <summary>Verifies the signature by one of the pinned certificates and reads the list. Times and sequence are the next step (<see cref="TrustListRules"/>).</summary>
    /// <param name="jws">The compact JWS.</param>
    /// <param name="signers">Certificates by which the list may be signed; no chain is built from them.</param>
    /// <exception cref="TrustListException">Not signed by them, or not a list.</exception>
    public static (TrustList List, PathCertificate Signer) Verify(string jws, IReadOnlyList<PathCertificate> signers)
    {
        if (jws.Length > TrustListJson.Largest * 2)
        {
            throw new TrustListException("trustList.size", "The list is larger than is looked at.");
        }

        if (jws.Split('.') is not [var protectedHeader, var payload, var value])
        {
            throw new TrustListException("trustList.jws", "Not a JWS in compact form.");
        }

        var (algorithm, signer) = Header(Decode(protectedHeader), signers);
        if (!JwsAlgorithms.Verify(signer.PublicKey.Span, algorithm, Encoding.ASCII.GetBytes($"{protectedHeader}.{payload}"), Decode(value)))
        {
            throw new TrustListException("trustList.signature", "The signature of the list is not right.");
        }

        var list = TrustListJson.Read(Decode(payload));
        return list.Scheme.IssuedAt >= signer.NotBefore && list.Scheme.IssuedAt <= signer.NotAfter
            ? (list, signer) : throw new TrustListException("trustList.signer", "The list was issued outside the validity of its signer's certificate.");
    }

    private static (SignatureAlgorithm Algorithm, PathCertificate Signer) Header(byte[] json, IReadOnlyList<PathCertificate> signers)
    {
        try
        {
            using var document = JsonDocument.Parse(json, Strict);
            var header = document.RootElement;
            if (header.TryGetProperty("crit", out _) || header.TryGetProperty("b64", out _))
            {
                throw new TrustListException("trustList.crit", "The header demands what is not known here.");
            }

            var algorithm = JwsAlgorithms.Find(header.Text("alg")) ?? throw new TrustListException("trustList.algorithm", "The algorithm is not known.");
            var chain = header.Entries("x5c", required: true).First().GetString() ?? "";
            var signer = signers.FirstOrDefault(s => Convert.ToBase64String(s.Encoded.Span) == chain) ?? throw new TrustListException("trustList.signer", "The list is signed by a certificate that is not pinned.");
            return !header.TryGetProperty("x5t#S256", out var thumbprint) || thumbprint.GetString() == Base64Url.EncodeToString(SHA256.HashData(signer.Encoded.Span))
                ? (algorithm, signer) : throw new TrustListException("trustList.signer", "The header names two certificates.");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new TrustListException("trustList.jws", "The header is not JSON, or a member stands there twice.", e);
        }
    }

    /// <summary>base64url in its one form (RFC 7515 §2).</summary>
    private static byte[] Decode(string text)
    {
        try
        {
            var bytes = Base64Url.DecodeFromChars(text);
            return Base64Url.EncodeToString(bytes) == text ? bytes : throw new TrustListException("trustList.jws", "A part is not base64url in its one form.");
        }
        catch (FormatException e)
        {
            throw new TrustListException("trustList.jws", "A part is not base64url.", e);
        }
    }
}
