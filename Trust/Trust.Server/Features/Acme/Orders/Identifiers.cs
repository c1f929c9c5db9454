using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;
using Yinxin.Trust.Server.Features.Acme.Problems;
using Yinxin.Trust.Server.Features.Acme.Validation;

namespace Yinxin.Trust.Server.Features.Acme.Orders;

/// <summary>Reads the identifiers of an order (RFC 8555 §7.1.4, RFC 8738) and judges which may be had.</summary>
internal sealed partial class Identifiers(IOptions<AcmeSettings> settings, AllowedNetworks networks)
{
    /// <summary>The longest name in DNS (RFC 1035 §2.3.4), without the dot at its end.</summary>
    private const int Longest = 253;

    /// <returns>Without repetition, in one form.</returns>
    /// <exception cref="AcmeException">malformed, rejectedIdentifier or unsupportedIdentifier, with a subproblem for each that is refused.</exception>
    public IReadOnlyList<AcmeIdentifier> Read(JsonElement payload)
    {
        if (!payload.TryGetProperty("identifiers", out var member) || member.ValueKind != JsonValueKind.Array || member.GetArrayLength() == 0)
        {
            throw AcmeErrorKind.Malformed.Because("identifiers is missing or empty.");
        }

        if (member.GetArrayLength() > settings.Value.NamesInOrder)
        {
            throw AcmeErrorKind.Malformed.Because($"An order has at most {settings.Value.NamesInOrder} identifiers.");
        }

        var asked = member.EnumerateArray().Select(Entry).Distinct().ToList();
        var refused = asked.Select(i => (Identifier: i, Refusal: Judge(i))).Where(j => j.Refusal is not null)
            .Select(j => (j.Refusal!.Value.Kind, Problem: AcmeProblem.Of(j.Refusal.Value.Kind, j.Refusal.Value.Why) with { Identifier = j.Identifier })).ToList();
        return refused.Count == 0 ? asked
            : throw new AcmeException(refused[0].Kind, "Some identifiers are refused: " + string.Join(", ", refused.Select(r => r.Problem.Identifier!.Value)))
            {
                Subproblems = [.. refused.Select(r => r.Problem)],
            };
    }

    private static AcmeIdentifier Entry(JsonElement entry)
    {
        if (entry.ValueKind != JsonValueKind.Object || !entry.TryGetProperty("type", out var type) || type.ValueKind != JsonValueKind.String
            || !entry.TryGetProperty("value", out var value) || value.ValueKind != JsonValueKind.String || value.GetString() is not { Length: > 0 and <= Longest } text)
        {
            throw AcmeErrorKind.Malformed.Because("An identifier has a type and a value, both texts.");
        }

        return new AcmeIdentifier(type.GetString()!, type.GetString() == AcmeIdentifier.Dns ? text.ToLowerInvariant() : text);
    }

    private (AcmeErrorKind Kind, string Why)? Judge(AcmeIdentifier identifier) => identifier.Type switch
    {
        AcmeIdentifier.Dns when identifier.Value.StartsWith("*.", StringComparison.Ordinal) => (AcmeErrorKind.RejectedIdentifier, "A wildcard cannot be proved by the challenges that are offered here."),
        AcmeIdentifier.Dns when !NameForm().IsMatch(identifier.Value) || IPAddress.TryParse(identifier.Value, out _) => (AcmeErrorKind.RejectedIdentifier, "This is no host name."),
        AcmeIdentifier.Dns => IsAllowed(identifier.Value) ? null : (AcmeErrorKind.RejectedIdentifier, "This name is not one of those that are issued here."),
        AcmeIdentifier.Ip when !IPAddress.TryParse(identifier.Value, out var address) || address.ToString() != identifier.Value || address.IsIPv4MappedToIPv6 || identifier.Value.Contains('%', StringComparison.Ordinal)
            => (AcmeErrorKind.Malformed, "This is no address in its one form (RFC 8738 §3)."),
        AcmeIdentifier.Ip => networks.Contain(IPAddress.Parse(identifier.Value)) ? null : (AcmeErrorKind.RejectedIdentifier, "This address is not one of those that are issued here."),
        _ => (AcmeErrorKind.UnsupportedIdentifier, "Identifiers are of type dns or ip."),
    };

    private bool IsAllowed(string name) => settings.Value.Names.Any(allowed =>
        name.Equals(allowed, StringComparison.OrdinalIgnoreCase)
        || (allowed.Contains('.', StringComparison.Ordinal) && name.EndsWith("." + allowed, StringComparison.OrdinalIgnoreCase)));

    /// <summary>Labels of letters, digits and inner hyphens (RFC 1123 §2.1); the last is not a number.</summary>
    [GeneratedRegex(@"^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex NameForm();
}
