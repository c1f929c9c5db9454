using Yinxin.Identity.Server.Features.Officials;

namespace Yinxin.Identity.Server.Features.Console.Access;

/// <summary>
/// Which roles may do what here (GB/T 22239, domain/analytics-security S-MC): the system administrator opens and closes officials' accounts and sees no business data,
/// the security administrator gives roles and sets policies, the audit administrator and the auditor read.
/// </summary>
internal static class ConsoleRights
{
    public static readonly IReadOnlyList<string> Enter =
        [OfficialRoles.CounterOfficer, OfficialRoles.SystemAdministrator, OfficialRoles.SecurityAdministrator, OfficialRoles.AuditAdministrator, OfficialRoles.Auditor];

    public static readonly IReadOnlyList<string> SearchAccounts = [OfficialRoles.CounterOfficer, OfficialRoles.SecurityAdministrator, OfficialRoles.Auditor];

    /// <summary>One account whose key is known, masked, with evidence and grade; an audit administrator comes from the audit.</summary>
    public static readonly IReadOnlyList<string> ReadAccounts =
        [OfficialRoles.CounterOfficer, OfficialRoles.SecurityAdministrator, OfficialRoles.AuditAdministrator, OfficialRoles.Auditor];

    /// <summary>Signed records of a mandate, which name people in full and cannot be masked, for a mask would break the signature: for whoever proves something by them, not at a counter.</summary>
    public static readonly IReadOnlyList<string> TakeMandateRecords = [OfficialRoles.AuditAdministrator, OfficialRoles.Auditor];

    public static readonly IReadOnlyList<string> Unmask = [OfficialRoles.CounterOfficer, OfficialRoles.SecurityAdministrator];

    /// <summary>For a lawful inquiry, of which the owner is told nothing: not whoever serves people at a counter.</summary>
    public static readonly IReadOnlyList<string> UnmaskForInquiry = [OfficialRoles.SecurityAdministrator];

    public static readonly IReadOnlyList<string> ProposeFreeze = [OfficialRoles.CounterOfficer, OfficialRoles.SecurityAdministrator];

    public static readonly IReadOnlyList<string> Decide = [OfficialRoles.SecurityAdministrator];

    public static readonly IReadOnlyList<string> ReadProposals =
        [OfficialRoles.CounterOfficer, OfficialRoles.SecurityAdministrator, OfficialRoles.AuditAdministrator, OfficialRoles.Auditor];

    public static readonly IReadOnlyList<string> WorkAtCounter = [OfficialRoles.CounterOfficer];

    public static readonly IReadOnlyList<string> ReadDisputes =
        [OfficialRoles.CounterOfficer, OfficialRoles.SecurityAdministrator, OfficialRoles.AuditAdministrator, OfficialRoles.Auditor];

    /// <summary>Whoever did not open it; these also read what the parties said.</summary>
    public static readonly IReadOnlyList<string> DecideDisputes = [OfficialRoles.CounterOfficer, OfficialRoles.SecurityAdministrator];

    public static readonly IReadOnlyList<string> ReadPolicies = [OfficialRoles.SecurityAdministrator, OfficialRoles.AuditAdministrator, OfficialRoles.Auditor];

    public static readonly IReadOnlyList<string> WritePolicies = [OfficialRoles.SecurityAdministrator];

    public static readonly IReadOnlyList<string> ReadStaff =
        [OfficialRoles.SystemAdministrator, OfficialRoles.SecurityAdministrator, OfficialRoles.AuditAdministrator, OfficialRoles.Auditor];

    public static readonly IReadOnlyList<string> OpenStaff = [OfficialRoles.SystemAdministrator];

    /// <summary>Propose to take a lost second factor off; a security administrator decides. That of a system administrator a security administrator may propose too, for there may be one alone.</summary>
    public static readonly IReadOnlyList<string> ProposeFactorReset = [OfficialRoles.SystemAdministrator];

    public static readonly IReadOnlyList<string> ProposeFactorResetOfSystemAdministrator = [OfficialRoles.SystemAdministrator, OfficialRoles.SecurityAdministrator];

    /// <summary>Propose to take one check at a counter back; whoever sees a mistake of their own may. A security administrator decides.</summary>
    public static readonly IReadOnlyList<string> ProposeCounterRecord = [OfficialRoles.CounterOfficer, OfficialRoles.SecurityAdministrator];

    /// <summary>Propose to take all of an official's back.</summary>
    public static readonly IReadOnlyList<string> ProposeCounterRecords = [OfficialRoles.SecurityAdministrator];

    /// <summary>Propose to take back all evidence that one import brought. A security administrator decides, not one who handed it over.</summary>
    public static readonly IReadOnlyList<string> ProposeImportRecords = [OfficialRoles.SecurityAdministrator];

    public static readonly IReadOnlyList<string> GiveRoles = [OfficialRoles.SecurityAdministrator];

    public static readonly IReadOnlyList<string> ReadKeys = [OfficialRoles.SystemAdministrator, OfficialRoles.Auditor];

    public static readonly IReadOnlyList<string> ChangeKeys = [OfficialRoles.SystemAdministrator];

    /// <summary>The keys of tokens, by name and time: whoever answers for the platform or audits it.</summary>
    public static readonly IReadOnlyList<string> ReadProtocolKeys =
        [OfficialRoles.SystemAdministrator, OfficialRoles.SecurityAdministrator, OfficialRoles.AuditAdministrator, OfficialRoles.Auditor];

    /// <summary>Take one out of use at once.</summary>
    public static readonly IReadOnlyList<string> WithdrawProtocolKeys = [OfficialRoles.SecurityAdministrator];

    /// <summary>Counts, and rows by their number: nothing personal.</summary>
    public static readonly IReadOnlyList<string> ReadImports =
        [OfficialRoles.SystemAdministrator, OfficialRoles.SecurityAdministrator, OfficialRoles.AuditAdministrator, OfficialRoles.Auditor];

    public static readonly IReadOnlyList<string> ReadAudit = [OfficialRoles.AuditAdministrator, OfficialRoles.Auditor];
}
