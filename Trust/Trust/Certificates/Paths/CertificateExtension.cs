namespace Yinxin.Trust.Certificates.Paths;

/// <summary>One extension as it stands in a certificate or CRL.</summary>
/// <param name="Oid">Which.</param>
/// <param name="Critical">Whoever does not know it must refuse.</param>
/// <param name="Value">DER inside the OCTET STRING.</param>
public sealed record CertificateExtension(string Oid, bool Critical, ReadOnlyMemory<byte> Value);

/// <summary>Basic constraints (RFC 5280 §4.2.1.9).</summary>
/// <param name="IsAuthority">The subject may issue certificates.</param>
/// <param name="PathLength">How many CAs may follow below; null without a limit.</param>
public sealed record BasicConstraintsValue(bool IsAuthority, int? PathLength);

/// <summary>Authority key identifier (RFC 5280 §4.2.1.1).</summary>
/// <param name="KeyId">Which key; null when it names none.</param>
/// <param name="NamesCertificate">It names issuer or serial of a certificate.</param>
public sealed record AuthorityKeyValue(ReadOnlyMemory<byte>? KeyId, bool NamesCertificate);

/// <summary>Policy constraints (RFC 5280 §4.2.1.11).</summary>
/// <param name="RequireExplicit">After how many certificates a policy must be named.</param>
/// <param name="InhibitMapping">After how many certificates policies may no longer be mapped.</param>
public sealed record PolicyConstraintsValue(int? RequireExplicit, int? InhibitMapping);

/// <summary>One policy of a certificate (RFC 5280 §4.2.1.4).</summary>
/// <param name="Oid">Which policy.</param>
/// <param name="Notices">Explicit texts of its user notices.</param>
public sealed record CertificatePolicy(string Oid, IReadOnlyList<string> Notices);
