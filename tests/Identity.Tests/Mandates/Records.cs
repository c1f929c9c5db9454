using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.IdentityModel.Tokens;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Hosting;

namespace Yinxin.Identity.Tests.Mandates;

/// <summary>Downloaded records, verified by hand with nothing but the published keys of records.</summary>
internal sealed record Records(IReadOnlyList<string> Chain)
{
    public static async Task<Records> DownloadAsync(Applicant who, Guid mandate)
    {
        var answer = await (await who.Browser.GetAsync($"/account/mandates/{mandate}/records")).Content.ReadFromJsonAsync<JsonElement>();
        return new Records([.. answer.GetProperty("records").EnumerateArray().Select(r => r.GetString()!)]);
    }

    /// <summary>What happened, oldest first.</summary>
    public async Task<IReadOnlyList<string>> VerifyAsync(IdentityFixture identity)
    {
        var keys = new JsonWebKeySet(await identity.Http.GetStringAsync("/.well-known/record-keys"));
        var (previous, sequence) = (new string('0', 64), 0);
        List<string> acts = [];
        foreach (var record in Chain)
        {
            var (header, content) = (Answer.Header(record), Answer.Claims(record));
            var key = keys.Keys.Single(k => k.Kid == header.GetProperty("kid").GetString());
            using var ecdsa = ECDsa.Create(new ECParameters
            {
                Curve = ECCurve.NamedCurves.nistP256,
                Q = new ECPoint { X = Base64UrlEncoder.DecodeBytes(key.X), Y = Base64UrlEncoder.DecodeBytes(key.Y) },
            });
            var parts = record.Split('.');
            Demand(ecdsa.VerifyData(Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), Base64UrlEncoder.DecodeBytes(parts[2]), HashAlgorithmName.SHA256), "signature");
            Demand(header.GetProperty("typ").GetString() == "yinxin-mandate-record+jws", "type");
            Demand(content.GetProperty("sequence").GetInt32() == ++sequence, "sequence");
            Demand(content.GetProperty("previous").GetString() == previous, "chain");
            previous = Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(record)));
            acts.Add(content.GetProperty("act").GetString()!);
        }

        return acts;
    }

    private static void Demand(bool holds, string what)
    {
        if (!holds)
        {
            throw new InvalidOperationException($"The {what} is wrong.");
        }
    }
}
