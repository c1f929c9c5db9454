using System.Text.Json.Serialization;

namespace Yinxin.Trust.Server.Features.Acme.Problems;

/// <summary>Ends a request with an ACME problem (RFC 8555 §6.7).</summary>
/// <param name="kind">What is wrong.</param>
/// <param name="detail">For whoever looks after the client.</param>
internal sealed class AcmeException(AcmeErrorKind kind, string detail) : Exception(detail)
{
    public AcmeErrorKind Kind { get; } = kind;

    /// <summary>Another status than the kind's usual one.</summary>
    public int? Status { get; init; }

    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Headers of the answer, such as the address of the account that has the key already.</summary>
    public (string Name, string Value)? Header { get; init; }

    /// <summary>One for each identifier that is refused (RFC 8555 §6.7.1).</summary>
    public IReadOnlyList<AcmeProblem> Subproblems { get; init; } = [];

    /// <summary>Algorithms that would have been accepted (RFC 8555 §6.2), or null.</summary>
    public IReadOnlyList<string>? Algorithms { get; init; }

    public AcmeProblem Problem => AcmeProblem.Of(Kind, Message) with
    {
        Status = Status ?? Kind.Status,
        Subproblems = Subproblems.Count > 0 ? Subproblems : null,
        Algorithms = Algorithms,
    };
}

/// <summary>Problem details (RFC 9457) as ACME sends them, in answers and inside orders and challenges.</summary>
internal sealed record AcmeProblem
{
    public required string Type { get; init; }

    public string? Title { get; init; }

    public required string Detail { get; init; }

    public int? Status { get; init; }

    /// <summary>The house's stable code, beside the standard's type.</summary>
    public string? Code { get; init; }

    public AcmeIdentifier? Identifier { get; init; }

    public IReadOnlyList<AcmeProblem>? Subproblems { get; init; }

    public IReadOnlyList<string>? Algorithms { get; init; }

    [JsonIgnore]
    public bool IsFinal { get; init; }

    public static AcmeProblem Of(AcmeErrorKind kind, string detail) =>
        new() { Type = "urn:ietf:params:acme:error:" + kind.Name, Title = kind.Title, Detail = detail, Code = "trust.acme." + kind.Name };
}

/// <summary>A name or an address (RFC 8555 §9.7.7, RFC 8738).</summary>
/// <param name="Type"><c>dns</c> or <c>ip</c>.</param>
/// <param name="Value">In its one form.</param>
internal sealed record AcmeIdentifier(string Type, string Value)
{
    public const string Dns = "dns";
    public const string Ip = "ip";
}
