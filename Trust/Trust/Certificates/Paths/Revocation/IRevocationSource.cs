using Yinxin.Trust.Certificates.Paths.Names;

namespace Yinxin.Trust.Certificates.Paths.Revocation;

/// <summary>Something that knows whether certificates are revoked: lists, online answers, or several of these.</summary>
public interface IRevocationSource
{
    /// <summary>What this source can tell of one certificate.</summary>
    RevocationAnswer Ask(RevocationQuestion question);
}

/// <summary>How revocation is judged.</summary>
public enum RevocationRule
{
    /// <summary>For a time that may be past: whoever was revoked after that time was good then; later lists may be used; where nothing is known the answer is «cannot tell».</summary>
    AtTheTime,

    /// <summary>RFC 5280 §6.3.3 to the letter: lists must be current at the time, whoever stands in one is revoked, and where nothing is known the path is not valid.</summary>
    Strict,
}

/// <summary>How it stands with a certificate.</summary>
public enum RevocationStatus
{
    /// <summary>Nothing is known.</summary>
    Unknown,

    /// <summary>Not revoked, for all reasons.</summary>
    Good,

    /// <summary>Revoked, or on hold.</summary>
    Revoked,
}

/// <summary>What a source tells.</summary>
/// <param name="Status">How it stands.</param>
/// <param name="Code">Why in short, stable: e.g. <c>stale</c>, <c>scope</c>, <c>signature</c>.</param>
/// <param name="Detail">For people.</param>
/// <param name="Since">When it was revoked.</param>
/// <param name="Reason">CRLReason (RFC 5280 §5.3.1), when one is given.</param>
public sealed record RevocationAnswer(RevocationStatus Status, string Code, string Detail, DateTimeOffset? Since = null, int? Reason = null);

/// <summary>One certificate of a path whose signatures are right, and who may speak for its issuer.</summary>
/// <param name="Certificate">The certificate in question.</param>
/// <param name="Issuer">The certificate above it in the path.</param>
/// <param name="IssuerKey">The issuer's key, complete.</param>
/// <param name="Request">What the path is validated for.</param>
/// <param name="Profile">By which rules.</param>
/// <param name="Signers">Other certificates of a name, to the same anchor, that are valid and not revoked.</param>
public sealed record RevocationQuestion(
    PathCertificate Certificate, PathCertificate Issuer, ReadOnlyMemory<byte> IssuerKey, PathRequest Request, PathProfile Profile, IStatusSigners Signers);

/// <summary>Finds certificates whose keys may have signed a list or an answer.</summary>
public interface IStatusSigners
{
    /// <summary>Certificates of this name among all that are at hand.</summary>
    IEnumerable<PathCertificate> Named(DirectoryName subject);

    /// <summary>The key of such a certificate, complete, when a valid path leads from it to the anchor of the path in question; null otherwise.</summary>
    ReadOnlyMemory<byte>? Key(PathCertificate signer);

    /// <summary>Counts a signature against the budget of the validation.</summary>
    void CountSignature();
}
