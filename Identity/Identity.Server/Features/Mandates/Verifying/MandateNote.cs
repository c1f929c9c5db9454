using System.Security.Cryptography;
using Yinxin.Identity.Server.Data;

namespace Yinxin.Identity.Server.Features.Mandates.Verifying;

/// <summary>
/// What the audit keeps of a signed record, written with it in one transaction: the records' own chain holds in itself when its end is cut off, and a row can be edited; the audit tells.
/// Keys and hashes alone, for the audit is never erased. In notes of an earlier release there are neither digest, terms nor time.
/// </summary>
/// <param name="Organisation">Key of the organisation.</param>
/// <param name="State">In which state the step left the mandate.</param>
/// <param name="Version">Place of the record.</param>
/// <param name="Reason">Why, for people.</param>
/// <param name="Digest">SHA-256 of the record.</param>
/// <param name="Terms">SHA-256 of what never changes about the mandate.</param>
/// <param name="At">When, in milliseconds of Unix time.</param>
internal sealed record MandateNote(Guid? Organisation, string? State, int? Version, string? Reason, string? Digest, string? Terms, long? At)
{
    /// <param name="mandate">As the step left it.</param>
    /// <param name="reason">Why.</param>
    /// <param name="record">The step's record.</param>
    public static MandateNote Of(Mandate mandate, string? reason, MandateEvent record) => new(
        mandate.OrganisationId, mandate.State.ToString(), mandate.Version, reason, record.Digest, TermsOf(mandate), record.At.ToUnixTimeMilliseconds());

    /// <summary>How the audit calls a step.</summary>
    public static string ActionOf(string act) => "mandate." + MandateRecords.Words(act);

    /// <summary>Without what names the invited: that goes when the account is closed, and its hashes change with the data key.</summary>
    public static string TermsOf(Mandate mandate)
    {
        var terms = MandateRecords.Terms(mandate);
        terms["organisation"] = mandate.OrganisationId.ToString();
        terms["invitation_ends"] = mandate.InvitationEndsAt.ToUnixTimeSeconds();
        return Convert.ToHexStringLower(SHA256.HashData(CanonicalJson.Bytes(terms)));
    }
}
