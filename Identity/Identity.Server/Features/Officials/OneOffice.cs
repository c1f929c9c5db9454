using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Officials;

/// <summary>
/// Of the three administrators one person holds one, whatever accounts they have. Officials' accounts are bound to no ID number, so one name is one person here as where four eyes decide:
/// two officials of one name hold the same office or none of the three.
/// </summary>
internal static class OneOffice
{
    public static readonly Problem Taken = new(
        "console.staff.samePerson", 409,
        "同名的另一账号已担任系统、安全、审计管理员之一，同一人不得兼任。请先调整或停用该账号，或另授他人。",
        "Another account of this name holds one of the three administrators' roles already, and no person holds two. Change or close that account first, or give the role to somebody else.");

    /// <summary>Whether the roles would give somebody a second office. Decided for good where the caller has the audit's turn; elsewhere it is for the form.</summary>
    /// <param name="database">Where officials stand.</param>
    /// <param name="member">Who is to have the roles.</param>
    /// <param name="roles">All roles that are wanted; what the account holds already is no question.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<bool> IsHeldElsewhereAsync(IdentityContext database, StaffMember member, IReadOnlyCollection<string> roles, CancellationToken cancellationToken)
    {
        var added = roles.Except(member.Roles, StringComparer.Ordinal).Where(role => OfficialRoles.Administrators.Contains(role, StringComparer.Ordinal)).ToList();
        if (added.Count == 0)
        {
            return false;
        }

        // Read whole: a database does not compare names as people do. The three are given seldom, and of officials there are thousands and not millions.
        var id = member.Id;
        var others = await database.StaffMembers.AsNoTracking()
            .Where(s => s.Id != id && database.Users.Any(a => a.Id == s.Id && a.ClosedAt == null)).Select(s => new { s.Name, s.Roles }).ToListAsync(cancellationToken);
        return others.Exists(other => other.Roles.Exists(role => OfficialRoles.Administrators.Contains(role, StringComparer.Ordinal) && !added.Contains(role, StringComparer.Ordinal))
            && OneName.Is(other.Name, member.Name));
    }
}
