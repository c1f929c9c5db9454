using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Console.Access;
using Yinxin.Identity.Server.Features.Officials;
using Yinxin.Identity.Server.Features.SignIn;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Database;
using Yinxin.ServiceDefaults.Identifiers;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Console.Staff;

/// <summary>A system administrator opens an account, without any role: giving rights is another office's.</summary>
internal sealed partial class OpenStaffModel(IdentityContext database, IPasswordHasher<Account> hasher, IAuditTrail audit, TimeProvider time) : ConsolePage
{
    private const string PasswordAlphabet = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    private static readonly Problem BadUserName = new("console.staff.userName", 422, "用户名须为 3 至 40 个小写字母、数字或连字符。", "A user name has 3 to 40 lower-case letters, digits or hyphens.");
    private static readonly Problem Taken = new("console.staff.taken", 422, "该用户名已被使用。", "The user name is taken.");
    private static readonly Problem BadName = new("console.staff.name", 422, "请填写 2 至 60 字的姓名，不得含有不可见字符。", "A name has 2 to 60 characters, and none that cannot be seen.");
    private static readonly Problem BadUscc = new("console.staff.uscc", 422, "统一社会信用代码不正确。", "The credit code is not right.");
    private static readonly Problem BadDepartment = new("console.staff.department", 422, "请填写 2 至 100 字的部门名称。", "A department's name has 2 to 100 characters.");

    [BindProperty]
    public string? UserName { get; set; }

    [BindProperty]
    public string? Name { get; set; }

    [BindProperty]
    public string? DepartmentUscc { get; set; }

    [BindProperty]
    public string? DepartmentName { get; set; }

    public string? InitialPassword { get; private set; }

    protected override IReadOnlyList<string> Readers => ConsoleRights.OpenStaff;

    public void OnGet()
    {
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        if (!UserNames().IsMatch(UserName ?? ""))
        {
            return Refuse(nameof(UserName), BadUserName);
        }

        if (OneName.Read(Name ?? "") is not { Length: >= 2 and <= 60 } name)
        {
            return Refuse(nameof(Name), BadName);
        }

        if (!UnifiedSocialCreditCode.TryParse(DepartmentUscc, out var uscc))
        {
            return Refuse(nameof(DepartmentUscc), BadUscc);
        }

        if (DepartmentName?.Trim() is not { Length: >= 2 and <= 100 } department)
        {
            return Refuse(nameof(DepartmentName), BadDepartment);
        }

        var normalised = AccountFinder.Normalise(UserName!);
        if (await database.Users.AnyAsync(a => a.NormalizedUserName == normalised, cancellationToken))
        {
            return Refuse(nameof(UserName), Taken);
        }

        var password = RandomNumberGenerator.GetString(PasswordAlphabet, 16);
        var account = NewAccount(password, name, uscc.Value, department);
        database.Users.Add(account);
        audit.Add(new AuditEntry("staff.opened", account.Id.ToString(), Me.Id.ToString(), Me.Name, new { account.UserName, department = uscc.Value }));
        try
        {
            await database.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException e) when (e.IsUniqueViolation())
        {
            return Refuse(nameof(UserName), Taken);
        }

        InitialPassword = password;
        return Page();
    }

    private Account NewAccount(string password, string name, string uscc, string department)
    {
        var now = time.GetUtcNow();
        var account = new Account
        {
            Id = Guid.CreateVersion7(now),
            Kind = AccountKind.Staff,
            UserName = UserName,
            NormalizedUserName = AccountFinder.Normalise(UserName!),
            SecurityStamp = Guid.NewGuid().ToString(),
            CreatedAt = now,
        };
        account.PasswordHash = hasher.HashPassword(account, password);
        account.StaffMember = new StaffMember { Id = account.Id, Name = name, DepartmentUscc = uscc, DepartmentName = department, InitialPassword = true, CreatedAt = now };
        return account;
    }

    [GeneratedRegex("^[a-z0-9][a-z0-9-]{1,38}[a-z0-9]$", RegexOptions.None, 1000)]
    private static partial Regex UserNames();
}
