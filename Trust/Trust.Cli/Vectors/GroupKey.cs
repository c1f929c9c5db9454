using System.Formats.Asn1;
using System.Text.Json;
using Yinxin.Trust.Suites;

namespace Yinxin.Trust.Cli.Vectors;

/// <summary>The public key of a group, as DER SubjectPublicKeyInfo; older files call it keyDer.</summary>
internal static class GroupKey
{
    private const string EcPublicKey = "1.2.840.10045.2.1";
    private const string Sm2Curve = "1.2.156.10197.1.301";
    private const string Ed25519 = "1.3.101.112";
    private const string Ed448 = "1.3.101.113";

    public static byte[] Read(JsonElement group) =>
        group.OptionalBytes("publicKeyDer") ?? group.OptionalBytes("keyDer") ?? FromMembers(group) ?? throw new VectorException("a group has no publicKeyDer");

    /// <summary>OID of the curve that an ECDSA key names. One that is not known ends the run: a verdict about it would be a guess.</summary>
    public static string? Curve(JsonElement group)
    {
        var curve = NamedCurve(Read(group));
        if (curve is not null && !SignatureVerifier.KnowsCurve(curve))
        {
            throw new VectorException($"the curve {group.Object("publicKey", "key")?.Text("curve") ?? curve} is not known");
        }

        // A key without a readable curve is malformed, or not of a curve at all: each of its signatures is refused.
        return curve;
    }

    public static bool IsEd448(JsonElement group) => NamesAlgorithm(Read(group), Ed448);

    private static byte[]? FromMembers(JsonElement group) => group.Object("publicKey", "key") switch
    {
        { } key when key.OptionalBytes("uncompressed") is { } point && key.Text("curve") == "sm2p256v1" => Spki(EcPublicKey, Sm2Curve, point),
        { } key when key.OptionalBytes("pk") is { } bytes => Spki(bytes.Length == 57 ? Ed448 : Ed25519, null, bytes),
        _ => null,
    };

    private static byte[] Spki(string algorithm, string? curve, byte[] key)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier(algorithm);
                if (curve is not null)
                {
                    writer.WriteObjectIdentifier(curve);
                }
            }

            writer.WriteBitString(key);
        }

        return writer.Encode();
    }

    private static string? NamedCurve(byte[] spki)
    {
        try
        {
            var algorithm = new AsnReader(spki, AsnEncodingRules.DER).ReadSequence().ReadSequence();
            return algorithm.ReadObjectIdentifier() == EcPublicKey && algorithm.PeekTag() == Asn1Tag.ObjectIdentifier ? algorithm.ReadObjectIdentifier() : null;
        }
        catch (AsnContentException)
        {
            return null;
        }
    }

    private static bool NamesAlgorithm(byte[] spki, string oid)
    {
        try
        {
            return new AsnReader(spki, AsnEncodingRules.DER).ReadSequence().ReadSequence().ReadObjectIdentifier() == oid;
        }
        catch (AsnContentException)
        {
            return false;
        }
    }
}
