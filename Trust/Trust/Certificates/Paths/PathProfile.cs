namespace Yinxin.Trust.Certificates.Paths;

/// <summary>What the end certificate is used for by the rules of a forum; beyond RFC 5280.</summary>
public enum SubscriberRules
{
    /// <summary>None but RFC 5280.</summary>
    None,

    /// <summary>TLS servers (CA/Browser Forum, Baseline Requirements for TLS, §6.1.5 and §7.1).</summary>
    WebServer,

    /// <summary>Mail (CA/Browser Forum, S/MIME Baseline Requirements, §7.1).</summary>
    Mail,
}

/// <summary>Which rules hold beyond the algorithm of RFC 5280 §6.1, and how much work a validation may cost.</summary>
public sealed record PathProfile
{
    /// <summary>The platform's own: the algorithm of §6.1, strong algorithms only, anchors judged as certificates.</summary>
    public static PathProfile Platform { get; } = new() { Name = "platform" };

    /// <summary>RFC 5280 whole: also what §4 demands of conforming CAs.</summary>
    public static PathProfile Rfc5280 { get; } = new() { Name = "rfc5280", IssuerRules = true, CriticalNameConstraints = true };

    /// <summary>TLS servers of the public web.</summary>
    public static PathProfile WebPki { get; } = new() { Name = "webpki", IssuerRules = true, Subscriber = SubscriberRules.WebServer, WebCrls = true };

    /// <summary>S/MIME.</summary>
    public static PathProfile Mail { get; } = new() { Name = "smime", IssuerRules = true, CriticalNameConstraints = true, Subscriber = SubscriberRules.Mail };

    /// <summary>Old material such as NIST's PKITS: the algorithm alone, with SHA-1 and DSA.</summary>
    public static PathProfile Historic { get; } = new() { Name = "historic", OldAlgorithms = true };

    /// <summary>For reports.</summary>
    public required string Name { get; init; }

    /// <summary>What RFC 5280 §4 demands of CAs is demanded of every certificate: serial numbers, key identifiers, criticality.</summary>
    public bool IssuerRules { get; init; }

    /// <summary>Name constraints must be critical (RFC 5280 §4.2.1.10); the web allows otherwise (Baseline Requirements §7.1.2.5.2).</summary>
    public bool CriticalNameConstraints { get; init; }

    /// <summary>Rules of a forum for the end certificate and the CAs above it.</summary>
    public SubscriberRules Subscriber { get; init; }

    /// <summary>CRLs as the web has them (Baseline Requirements §7.2): partitions by URI only, none indirect, no serial twice.</summary>
    public bool WebCrls { get; init; }

    /// <summary>SHA-1, SHA-224 and DSA are allowed.</summary>
    public bool OldAlgorithms { get; init; }

    /// <summary>Most CAs between end certificate and anchor, self-issued ones counted.</summary>
    public int LongestPath { get; init; } = 20;

    /// <summary>Most signatures verified in one validation.</summary>
    public int MostSignatures { get; init; } = 1000;

    /// <summary>Most certificates tried as issuers in one validation.</summary>
    public int MostSteps { get; init; } = 20_000;

    /// <summary>Most comparisons of a name with a subtree of name constraints in one validation.</summary>
    public int MostNameComparisons { get; init; } = 1 << 18;
}
