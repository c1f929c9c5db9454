using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Org.BouncyCastle.Math;

namespace Yinxin.Trust.Tests.Vectors;

/// <summary>
/// Makes <c>sm2_verify.json</c>: SM2 signatures, right and wrong, in the shape of Wycheproof's <c>ecdsa_verify</c>, which has no SM2. Keys, nonces and
/// ids come from a fixed seed, so the file can be made again byte for byte: run the tests with <c>YINXIN_WRITE_VECTORS=1</c> to write it anew.
/// </summary>
internal static class Sm2VectorGenerator
{
    private static readonly JsonSerializerOptions Written = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, NewLine = "\n" };

    public static string Make()
    {
        var groups = new JsonArray();
        var number = 0;
        var key = new Sm2TestKey("first");
        Add("signatures that are right", key.PublicKeyDer(), key.Uncompressed(), Sm2VectorCases.Right(key));
        Add("numbers outside their range", key.PublicKeyDer(), key.Uncompressed(), Sm2VectorCases.Ranges(key));
        Add("encodings other than DER in its one form", key.PublicKeyDer(), key.Uncompressed(), Sm2VectorCases.Encodings(key));
        Add("right signatures for something else", key.PublicKeyDer(), key.Uncompressed(), Sm2VectorCases.Elsewhere(key));
        Add("user ids", key.PublicKeyDer(), key.Uncompressed(), Sm2VectorCases.Ids(key), "ALICE123@YAHOO.COM"u8.ToArray());
        foreach (var (comment, der, uncompressed, cases) in Sm2VectorCases.Keys(key))
        {
            Add(comment, der, uncompressed, cases);
        }

        var file = new JsonObject
        {
            ["algorithm"] = "SM2",
            ["schema"] = "sm2_verify_schema.json",
            ["numberOfTests"] = number,
            ["header"] = new JsonArray("Signatures by SM2 with SM3 (GB/T 32918.2), DER. Without a userId the default one of GB/T 35276 holds."),
            ["testGroups"] = groups,
        };
        return file.ToJsonString(Written) + "\n";

        void Add(string comment, byte[] der, byte[] uncompressed, IEnumerable<Sm2Case> cases, byte[]? userId = null)
        {
            var tests = new JsonArray();
            foreach (var item in cases)
            {
                tests.Add(item.ToJson(++number));
            }

            var group = new JsonObject
            {
                ["type"] = "Sm2Verify",
                ["comment"] = comment,
                ["publicKey"] = new JsonObject { ["type"] = "EcPublicKey", ["curve"] = "sm2p256v1", ["keySize"] = 256, ["uncompressed"] = Convert.ToHexStringLower(uncompressed) },
                ["publicKeyDer"] = Convert.ToHexStringLower(der),
                ["sha"] = "SM3",
                ["userId"] = Convert.ToHexStringLower(userId ?? Sm2TestKey.DefaultId),
                ["tests"] = tests,
            };
            groups.Add(group);
        }
    }
}

/// <summary>One test of the file.</summary>
/// <param name="Comment">What is special.</param>
/// <param name="Message">The signed bytes.</param>
/// <param name="Signature">The signature as it came.</param>
/// <param name="Valid">Whether it must be accepted.</param>
/// <param name="UserId">Only where it differs from the group's.</param>
internal sealed record Sm2Case(string Comment, byte[] Message, byte[] Signature, bool Valid = false, byte[]? UserId = null)
{
    public Sm2Case(string comment, byte[] message, BigInteger r, BigInteger s, bool valid = false)
        : this(comment, message, Sm2Encoding.Der(r, s), valid)
    {
    }

    public JsonObject ToJson(int number)
    {
        var test = new JsonObject
        {
            ["tcId"] = number,
            ["comment"] = Comment,
            ["msg"] = Convert.ToHexStringLower(Message),
            ["sig"] = Convert.ToHexStringLower(Signature),
            ["result"] = Valid ? "valid" : "invalid",
            ["flags"] = new JsonArray(),
        };
        if (UserId is not null)
        {
            test["userId"] = Convert.ToHexStringLower(UserId);
        }

        return test;
    }
}
