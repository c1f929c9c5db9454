namespace Yinxin.Trust.Validation.Reports;

/// <summary>A validation as data: the simple report inside the detailed one. Its JSON follows the published schema (embedded resource <c>validation/report-schema.json</c>); members are added, never changed.</summary>
/// <param name="Version">Version of the form, 1.</param>
/// <param name="ValidationTime">When it was validated.</param>
/// <param name="Policy">By which policy.</param>
/// <param name="Simple">For people.</param>
/// <param name="Signature">What was validated.</param>
/// <param name="Processes">Conclusion of each process.</param>
/// <param name="Path">Digests of the certificates from the signer to the anchor.</param>
/// <param name="Timestamps">Each timestamp.</param>
/// <param name="EvidenceRecords">Each evidence record.</param>
/// <param name="Proofs">Proofs of existence.</param>
/// <param name="Certificates">Certificates of all chains, by digest.</param>
/// <param name="Revocation">Revocation data at hand, by digest.</param>
/// <param name="Blocks">Each building block with its constraints.</param>
public sealed record ValidationReport(
    int Version,
    DateTimeOffset ValidationTime,
    ReportedPolicy Policy,
    SimpleReport Simple,
    ReportedSignature Signature,
    ReportedProcesses Processes,
    IReadOnlyList<string> Path,
    IReadOnlyList<ReportedTimestamp> Timestamps,
    IReadOnlyList<ReportedEvidenceRecord> EvidenceRecords,
    IReadOnlyList<ReportedProof> Proofs,
    IReadOnlyList<ReportedCertificate> Certificates,
    IReadOnlyList<ReportedRevocation> Revocation,
    IReadOnlyList<ReportedBlock> Blocks);

/// <summary>What a person needs to know.</summary>
/// <param name="Indication"><c>TOTAL-PASSED</c>, <c>TOTAL-FAILED</c> or <c>INDETERMINATE</c>.</param>
/// <param name="SubIndication">Why it did not pass, e.g. <c>REVOKED_NO_POE</c>.</param>
/// <param name="Chinese">In words.</param>
/// <param name="English">The same in English.</param>
/// <param name="Detail">What was found, in English.</param>
/// <param name="Signer">Name of the signer's certificate.</param>
/// <param name="ClaimedTime">When it was signed, as the signer says.</param>
/// <param name="BestSignatureTime">The earliest time at which the signature is proven to exist.</param>
/// <param name="TimeProven">A timestamp or another proof vouches for that time.</param>
/// <param name="Warnings">Constraints that are not kept and only warn.</param>
public sealed record SimpleReport(
    string Indication, string? SubIndication, string Chinese, string English, string? Detail, string? Signer, DateTimeOffset? ClaimedTime, DateTimeOffset BestSignatureTime, bool TimeProven,
    IReadOnlyList<ReportedConstraint> Warnings);

/// <summary>The policy.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Version">Its version.</param>
public sealed record ReportedPolicy(string Name, string Version);

/// <summary>The signature.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Format">Its format.</param>
/// <param name="Certificate">Digest of the signer's certificate.</param>
public sealed record ReportedSignature(string Id, string Format, string? Certificate);

/// <summary>Conclusion of each process of the standard.</summary>
/// <param name="Basic">§5.3.</param>
/// <param name="WithTime">§5.5.</param>
/// <param name="Final">The one that counts.</param>
public sealed record ReportedProcesses(ReportedConclusion Basic, ReportedConclusion WithTime, ReportedConclusion Final);

/// <summary>A conclusion.</summary>
/// <param name="Indication"><c>PASSED</c>, <c>FAILED</c> or <c>INDETERMINATE</c>.</param>
/// <param name="SubIndication">Why it did not pass.</param>
/// <param name="Detail">What was found.</param>
/// <param name="Time">The time that belongs to the reason.</param>
public sealed record ReportedConclusion(string Indication, string? SubIndication, string? Detail, DateTimeOffset? Time);

/// <summary>A timestamp.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Role"><c>content</c>, <c>signature</c>, <c>archive</c> or <c>evidence</c>.</param>
/// <param name="Time">Its time; null when it could not be read.</param>
/// <param name="Conclusion">Whether its time may be relied on.</param>
/// <param name="Proves">Digests of what it proves.</param>
public sealed record ReportedTimestamp(string Id, string Role, DateTimeOffset? Time, ReportedConclusion Conclusion, IReadOnlyList<string> Proves);

/// <summary>An evidence record (RFC 4998).</summary>
/// <param name="Id">Its id.</param>
/// <param name="Since">Since when it proves what it covers; null when it does not hold.</param>
/// <param name="Conclusion">Whether it holds.</param>
/// <param name="Timestamps">Ids of its timestamps, oldest first.</param>
/// <param name="Proves">Digests of what it covers.</param>
public sealed record ReportedEvidenceRecord(string Id, DateTimeOffset? Since, ReportedConclusion Conclusion, IReadOnlyList<string> Timestamps, IReadOnlyList<string> Proves);

/// <summary>A proof of existence.</summary>
/// <param name="Sha256">SHA-256 of the object, hex.</param>
/// <param name="Time">Since when at the latest.</param>
/// <param name="Source">Id of what proves it.</param>
public sealed record ReportedProof(string Sha256, DateTimeOffset Time, string Source);

/// <summary>A certificate.</summary>
/// <param name="Sha256">Digest, hex.</param>
/// <param name="Subject">Whose.</param>
/// <param name="Issuer">Who issued it.</param>
/// <param name="SerialNumber">Hex.</param>
/// <param name="NotBefore">First second.</param>
/// <param name="NotAfter">Last second.</param>
/// <param name="Suite"><c>international</c>, <c>sm</c> or <c>foreign</c>.</param>
public sealed record ReportedCertificate(string Sha256, string Subject, string Issuer, string SerialNumber, DateTimeOffset NotBefore, DateTimeOffset NotAfter, string Suite);

/// <summary>Revocation data.</summary>
/// <param name="Sha256">Digest, hex.</param>
/// <param name="Kind"><c>CRL</c> or <c>OCSP</c>.</param>
/// <param name="IssuedAt">thisUpdate.</param>
/// <param name="NextUpdate">nextUpdate.</param>
public sealed record ReportedRevocation(string Sha256, string Kind, DateTimeOffset IssuedAt, DateTimeOffset? NextUpdate);

/// <summary>A building block.</summary>
/// <param name="Block">Its name.</param>
/// <param name="Clause">Clause of ETSI EN 319 102-1.</param>
/// <param name="Subject">Id of what was looked at.</param>
/// <param name="At">The time that it was judged for.</param>
/// <param name="Conclusion">What followed.</param>
/// <param name="Constraints">Each constraint.</param>
public sealed record ReportedBlock(string Block, string Clause, string Subject, DateTimeOffset? At, ReportedConclusion Conclusion, IReadOnlyList<ReportedConstraint> Constraints);

/// <summary>A constraint.</summary>
/// <param name="Code">Stable.</param>
/// <param name="Chinese">What is asked.</param>
/// <param name="English">The same in English.</param>
/// <param name="Status"><c>OK</c>, <c>NOT_OK</c>, <c>WARNING</c> or <c>IGNORED</c>.</param>
/// <param name="Detail">What was found.</param>
public sealed record ReportedConstraint(string Code, string Chinese, string English, string Status, string? Detail);
