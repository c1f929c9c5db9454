namespace Yinxin.Identity.Server.Data;

/// <summary>What a record says about the fact it proves; a later record may supersede an earlier one.</summary>
internal enum EvidenceState
{
    Active,
    Expired,
    Revoked,
    Superseded,
}

/// <summary>What the source answered. Only agreement carries a level; the rest is kept because an auditor asks for it.</summary>
internal enum EvidenceResult
{
    Agreed,
    Disagreed,
    CannotTell,
}

/// <summary>Kinds of evidence, spelled as they are stored.</summary>
internal static class EvidenceKinds
{
    public const string PopulationMatch = "population-match";
    public const string PhoneCode = "phone-otp";
    public const string Password = "password";
    public const string Passkey = "passkey";
    public const string Counter = "counter";
    public const string BankCard = "unionpay-card";
    public const string AlipayAccount = "alipay-account";
    public const string HousingFundAccount = "housing-fund-account";
    public const string RealPerson = "real-person";
    public const string MarketRegistryMatch = "market-registry-match";
    public const string StaffingRegistryMatch = "staffing-registry-match";
    public const string CivilAffairsRegistryMatch = "civil-affairs-registry-match";
    public const string OrganisationCodeMatch = "organisation-code-match";
    public const string LegalRepresentativeMatch = "legal-representative-match";
    public const string TaxAccount = "tax-account";
    public const string EnterpriseCertificate = "enterprise-certificate";

    /// <summary>In person, in one transaction. No policy may name it: it never raises an account.</summary>
    public const string TransactionProof = "transaction-proof";

    /// <summary>What was shown, answered and decided in a dispute about an account. No policy may name it: it carries nobody's level.</summary>
    public const string Dispute = "dispute";

    /// <summary>Every kind that a policy may name.</summary>
    public static readonly IReadOnlySet<string> All = new HashSet<string>(StringComparer.Ordinal)
    {
        PopulationMatch, PhoneCode, Password, Passkey, Counter, BankCard, AlipayAccount, HousingFundAccount, RealPerson,
        MarketRegistryMatch, StaffingRegistryMatch, CivilAffairsRegistryMatch, OrganisationCodeMatch, LegalRepresentativeMatch, TaxAccount, EnterpriseCertificate,
    };
}

/// <summary>
/// One proof about a person or an organisation. Append-only: a change is a new record that names the one it supersedes,
/// so that the level at any past moment can be computed again.
/// </summary>
internal sealed class Evidence
{
    public Guid Id { get; set; }

    /// <summary>Key of the person or organisation.</summary>
    public Guid SubjectId { get; set; }

    public required string Kind { get; set; }

    /// <summary>Who holds the truth it was compared with, e.g. <c>population</c>, <c>market</c>, <c>counter</c>, <c>sample</c>.</summary>
    public required string Source { get; set; }

    /// <summary>How it was compared, e.g. <c>four-elements</c>, <c>sms-code</c>, <c>document-at-window</c>.</summary>
    public required string Method { get; set; }

    /// <summary>The official or system that answers for it.</summary>
    public required string AssuredBy { get; set; }

    public DateTimeOffset VerifiedAt { get; set; }

    /// <summary>When it was entered here, where that was later than the check itself: evidence that was handed over. It counts from then on, and the past stays what it was.</summary>
    public DateTimeOffset? RecordedAt { get; set; }

    /// <summary>The <see cref="Import"/> that brought it. Null in what came in another way, and in what a release brought that did not keep it.</summary>
    public Guid? ImportId { get; set; }

    /// <summary>Null: until the facts change at the source.</summary>
    public DateTimeOffset? ValidUntil { get; set; }

    public EvidenceState State { get; set; }

    public EvidenceResult Result { get; set; }

    /// <summary>Names of the attributes that agreed; never their values.</summary>
    public List<string> MatchedAttributes { get; set; } = [];

    /// <summary>For a proof that belongs to one transaction.</summary>
    public string? Transaction { get; set; }

    /// <summary>Receipt of the source.</summary>
    public string? ReferenceAtSource { get; set; }

    /// <summary>The source's whole answer, signed where the source signs, encrypted; see <see cref="EvidenceReceipt"/>.</summary>
    public string? ReceiptCipher { get; set; }

    /// <summary>SHA-256 (hexadecimal) of the salted receipt: the chain holds when keys are changed or the receipt is erased by law.</summary>
    public string? Digest { get; set; }

    /// <summary>The record that this one replaces.</summary>
    public Guid? Supersedes { get; set; }

    /// <summary>Place in the subject's own chain, from 1. Null only in rows of a release that knew no chain, until the first start of this one.</summary>
    public int? Place { get; set; }

    /// <summary>Hash of the subject's record before; 64 zeros for the first.</summary>
    public string? PreviousHash { get; set; }

    public string? Hash { get; set; }
}
