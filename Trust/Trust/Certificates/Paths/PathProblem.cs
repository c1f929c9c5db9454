namespace Yinxin.Trust.Certificates.Paths;

/// <summary>The part of validation that something belongs to.</summary>
public enum PathStep
{
    /// <summary>A certificate cannot be read.</summary>
    Format,

    /// <summary>No path to a trust anchor.</summary>
    Chain,

    /// <summary>More work than is done for a stranger.</summary>
    Budget,

    /// <summary>Signature or algorithm (RFC 5280 §6.1.3 a 1).</summary>
    Signature,

    /// <summary>Validity (§6.1.3 a 2).</summary>
    Validity,

    /// <summary>Revocation (§6.1.3 a 3).</summary>
    Revocation,

    /// <summary>Basic constraints and path length (§6.1.4 k to m).</summary>
    Authority,

    /// <summary>Key usage (§6.1.4 n, and what the caller asks for).</summary>
    KeyUsage,

    /// <summary>Extended key usage.</summary>
    Purpose,

    /// <summary>Name constraints (§6.1.3 b, c).</summary>
    NameConstraints,

    /// <summary>Certificate policies (§6.1.3 d to f, RFC 9618).</summary>
    Policies,

    /// <summary>Critical extensions that nobody here knows (§6.1.4 o).</summary>
    CriticalExtension,

    /// <summary>A rule of the chosen profile (RFC 5280 §4, CA/Browser Forum).</summary>
    Profile,

    /// <summary>The name of the other side.</summary>
    PeerName,
}

/// <summary>Why a path is not valid.</summary>
/// <param name="Step">Which part of validation says so.</param>
/// <param name="Code">Stable within the step, e.g. <c>expired</c>.</param>
/// <param name="Message">For people, with the certificate's name.</param>
public sealed record PathProblem(PathStep Step, string Code, string Message);
