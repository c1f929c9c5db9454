namespace Yinxin.Identity.Server.Data;

/// <summary>An official: a separate kind of account, linked to no person's account (domain/identity: staff have a realm of their own).</summary>
internal sealed class StaffMember
{
    /// <summary>The key of the account.</summary>
    public Guid Id { get; set; }

    public required string Name { get; set; }

    public required string DepartmentUscc { get; set; }

    public required string DepartmentName { get; set; }

    /// <summary>Role names as the glossary spells them: window-officer, case-handler, reviewer, approver, counter-officer, administrator.</summary>
    public List<string> Roles { get; set; } = [];

    /// <summary>The service hall of the official's post at a counter; null without one.</summary>
    public string? Hall { get; set; }

    /// <summary><c>province</c>, <c>city</c> or <c>county</c>: the hall's level; null without a post.</summary>
    public string? HallLevel { get; set; }

    /// <summary>The password was set by an administrator: roles count from the moment its owner chose another.</summary>
    public bool InitialPassword { get; set; }

    public DateTimeOffset CreatedAt { get; set; }
}
