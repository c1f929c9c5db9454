using System.Globalization;
using System.Text.Json;
using Yinxin.Trust.Suites;

namespace Yinxin.Trust.Tests.Paths;

/// <summary>Collects cases and writes them as a file of x509-limbo's schema.</summary>
internal sealed class Cases(SignatureAlgorithm algorithm) : IDisposable
{
    public static readonly DateTimeOffset Moment = new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly List<Dictionary<string, object?>> cases = [];

    public SignatureAlgorithm Algorithm => algorithm;

    public Authorities Make { get; } = new(algorithm);

    public int Count => cases.Count;

    /// <summary>A case whose path is valid.</summary>
    public void Good(string id, Issued root, Issued leaf, CaseOptions? options = null, params Issued[] intermediates) => Add(id, "SUCCESS", [root], leaf, intermediates, options ?? new());

    /// <summary>A case whose path is not.</summary>
    public void Bad(string id, Issued root, Issued leaf, CaseOptions? options = null, params Issued[] intermediates) => Add(id, "FAILURE", [root], leaf, intermediates, options ?? new());

    public void Add(string id, string expected, IEnumerable<Issued> roots, Issued leaf, IEnumerable<Issued> intermediates, CaseOptions options) => cases.Add(new(StringComparer.Ordinal)
    {
        ["id"] = id,
        ["conflicts_with"] = Array.Empty<string>(),
        ["features"] = Array.Empty<string>(),
        ["importance"] = "undetermined",
        ["description"] = id,
        ["validation_kind"] = options.Client ? "CLIENT" : "SERVER",
        ["trusted_certs"] = roots.Select(r => r.Pem).ToArray(),
        ["untrusted_intermediates"] = intermediates.Select(i => i.Pem).ToArray(),
        ["peer_certificate"] = leaf.Pem,
        ["peer_certificate_key"] = null,
        ["validation_time"] = options.Time?.ToString("yyyy-MM-ddTHH:mm:ss.FFFzzz", CultureInfo.InvariantCulture),
        ["signature_algorithms"] = options.SignatureAlgorithms,
        ["key_usage"] = options.KeyUsages,
        ["extended_key_usage"] = options.Purposes,
        ["expected_result"] = expected,
        ["expected_peer_name"] = options.Client || options.Name is null ? null : new { kind = options.Kind, value = options.Name },
        ["expected_peer_names"] = options.Client && options.Name is not null ? options.Name.Split(',').Select(n => new { kind = options.Kind, value = n }).ToArray() : [],
        ["max_chain_depth"] = options.Depth,
        ["crls"] = options.Lists.Select(ListDraft.Pem).ToArray(),
    });

    public string Json() => JsonSerializer.Serialize(new { version = 1, testcases = cases });

    public void Dispose() => Make.Dispose();
}

/// <summary>What a case asks for beside its certificates.</summary>
internal sealed record CaseOptions
{
    public string? Name { get; init; } = "example.com";

    public string Kind { get; init; } = "DNS";

    public bool Client { get; init; }

    public DateTimeOffset? Time { get; init; }

    public string[] SignatureAlgorithms { get; init; } = [];

    public string[] KeyUsages { get; init; } = [];

    public string[] Purposes { get; init; } = [];

    public int? Depth { get; init; }

    public byte[][] Lists { get; init; } = [];

    /// <summary>A client with these mailboxes.</summary>
    public static CaseOptions ForMail(string mailboxes, params string[] purposes) => new() { Client = true, Kind = "RFC822", Name = mailboxes, Purposes = purposes };

    public static CaseOptions ForName(string name, string kind = "DNS") => new() { Name = name, Kind = kind };

    public static CaseOptions ForLists(params byte[][] lists) => new() { Lists = lists, Time = Cases.Moment };
}
