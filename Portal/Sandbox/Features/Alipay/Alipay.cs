using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;
using Yinxin.Sandbox.Features.Population;
using Yinxin.ServiceDefaults.Settings;

namespace Yinxin.Sandbox.Features.Alipay;

/// <summary>A payment provider with real-name accounts: its user agrees on <c>/alipay/authorize</c>, the app redeems the code and asks whether name and ID number are that user's.</summary>
internal static class Alipay
{
    public static void Map(RouteGroupBuilder api) => api.MapPost("/alipay/v1/identity", (Request request, AlipayConsents consents, Registers.Registers registers) =>
    {
        if (consents.Redeem(request.AuthCode) is not { } idNumber || registers.Person(idNumber) is not { } person)
        {
            return new CheckAnswer("notFound", [], Receipts.New("A"));
        }

        List<string> differing = [];
        if (person.Name != request.Name)
        {
            differing.Add("name");
        }

        if (person.IdNumber != request.IdNumber)
        {
            differing.Add("idNumber");
        }

        return new CheckAnswer(differing.Count == 0 ? "match" : "mismatch", differing, Receipts.New("A"));
    });

    /// <summary>Only pages of Identity are registered to be returned to.</summary>
    public static bool MayReturnTo(string? address, IOptions<AddressSettings> addresses) =>
        Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.GetLeftPart(UriPartial.Authority) == new Uri(AddressSettings.Text(addresses.Value.Identity)).GetLeftPart(UriPartial.Authority);

    internal sealed record Request(string? AuthCode, string? Name, string? IdNumber);
}

/// <summary>Codes of users who agreed: five minutes, once.</summary>
internal sealed class AlipayConsents(TimeProvider time)
{
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(5);
    private readonly ConcurrentDictionary<string, (string IdNumber, DateTimeOffset Until)> codes = new(StringComparer.Ordinal);

    public string Agree(string idNumber)
    {
        var code = Base64UrlEncoder.Encode(RandomNumberGenerator.GetBytes(24));
        codes[code] = (idNumber, time.GetUtcNow() + Life);
        return code;
    }

    /// <returns>The user's ID number; null for a code that is unknown, used or old.</returns>
    public string? Redeem(string? code) => codes.TryRemove(code ?? "", out var entry) && entry.Until > time.GetUtcNow() ? entry.IdNumber : null;
}
