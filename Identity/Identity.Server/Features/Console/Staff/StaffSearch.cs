using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.SignIn;

namespace Yinxin.Identity.Server.Features.Console.Staff;

/// <summary>What an official's account is at, as the list says it.</summary>
internal enum StaffState
{
    InUse,
    Frozen,
    Closed,
}

/// <summary>
/// Officials that are looked for; what is null or empty is not asked. All go through the officials' own index, newest first, which has no persons in it: a part of a name or department is looked for
/// among some ten thousand rows and not among all accounts.
/// </summary>
internal sealed record StaffSearch(string? UserName, string? Name, string? Department, string? Role, StaffState? State)
{
    public bool IsEmpty => string.IsNullOrWhiteSpace(UserName) && string.IsNullOrWhiteSpace(Name) && string.IsNullOrWhiteSpace(Department) && string.IsNullOrEmpty(Role) && State is null;

    public IQueryable<Account> In(IdentityContext database)
    {
        var staff = database.Users.AsNoTracking().Include(a => a.StaffMember).Where(a => a.Kind == AccountKind.Staff);
        if (!string.IsNullOrWhiteSpace(UserName))
        {
            var userName = AccountFinder.Normalise(UserName);
            staff = staff.Where(a => a.NormalizedUserName!.Contains(userName));
        }

        if (!string.IsNullOrWhiteSpace(Name))
        {
            var name = Name.Trim();
            staff = staff.Where(a => a.StaffMember!.Name.Contains(name));
        }

        if (!string.IsNullOrWhiteSpace(Department))
        {
            var (department, code) = (Department.Trim(), Department.Trim().ToUpperInvariant());
            staff = staff.Where(a => a.StaffMember!.DepartmentName.Contains(department) || a.StaffMember!.DepartmentUscc == code);
        }

        if (!string.IsNullOrEmpty(Role))
        {
            var role = Role;
            staff = staff.Where(a => a.StaffMember!.Roles.Contains(role));
        }

        return State switch
        {
            StaffState.InUse => staff.Where(a => a.ClosedAt == null && a.FrozenAt == null),
            StaffState.Frozen => staff.Where(a => a.ClosedAt == null && a.FrozenAt != null),
            StaffState.Closed => staff.Where(a => a.ClosedAt != null),
            _ => staff,
        };
    }
}
