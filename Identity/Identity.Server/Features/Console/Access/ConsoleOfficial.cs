using Yinxin.Identity.Server.Data;

namespace Yinxin.Identity.Server.Features.Console.Access;

/// <summary>The official at the screen, with the roles held at this moment.</summary>
internal sealed record ConsoleOfficial(Session Session)
{
    public Guid Id => Session.AccountId;

    public string Name => Session.Account!.DisplayName;

    public string Department => Session.Account!.StaffMember!.DepartmentName;

    /// <summary>The hall and its level of the post at a counter; null without one.</summary>
    public (string Hall, string Level)? Post => Session.Account!.StaffMember is { Hall: { } hall, HallLevel: { } level } ? (hall, level) : null;

    public IReadOnlyList<string> Roles => Session.Account!.StaffMember!.Roles;

    public bool Holds(IReadOnlyList<string> anyOf) => Roles.Any(role => anyOf.Contains(role, StringComparer.Ordinal));
}
