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

    public static readonly IReadOnlyList<string> Unmask = [OfficialRoles.CounterOfficer, OfficialRoles.SecurityAdministrator];

    public static readonly IReadOnlyList<string> ProposeFreeze = [OfficialRoles.CounterOfficer, OfficialRoles.SecurityAdministrator];

    public static readonly IReadOnlyList<string> Decide = [OfficialRoles.SecurityAdministrator];

    public static readonly IReadOnlyList<string> ReadProposals =
        [OfficialRoles.CounterOfficer, OfficialRoles.SecurityAdministrator, OfficialRoles.AuditAdministrator, OfficialRoles.Auditor];

    public static readonly IReadOnlyList<string> ReadPolicies = [OfficialRoles.SecurityAdministrator, OfficialRoles.AuditAdministrator, OfficialRoles.Auditor];

    public static readonly IReadOnlyList<string> WritePolicies = [OfficialRoles.SecurityAdministrator];

    public static readonly IReadOnlyList<string> ReadStaff =
        [OfficialRoles.SystemAdministrator, OfficialRoles.SecurityAdministrator, OfficialRoles.AuditAdministrator, OfficialRoles.Auditor];

    public static readonly IReadOnlyList<string> OpenStaff = [OfficialRoles.SystemAdministrator];

    public static readonly IReadOnlyList<string> GiveRoles = [OfficialRoles.SecurityAdministrator];

    public static readonly IReadOnlyList<string> ReadAudit = [OfficialRoles.AuditAdministrator, OfficialRoles.Auditor];
}
