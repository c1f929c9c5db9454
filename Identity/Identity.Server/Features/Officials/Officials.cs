using System.Security.Claims;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Protocol;
using Yinxin.Identity.Server.Features.Sessions;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Officials;

/// <summary>Roles of officials who administer accounts; of the three administrators nobody holds two (GB/T 22239, domain/analytics-security S-MC).</summary>
internal static class OfficialRoles
{
    public const string CounterOfficer = "counter-officer";
    public const string SystemAdministrator = "system-administrator";
    public const string SecurityAdministrator = "security-administrator";
    public const string AuditAdministrator = "audit-administrator";
    public const string Auditor = "auditor";
}

/// <summary>Who calls an API for officials. The token names the session; rights are taken from the account as it is now, so that a transfer or a sign-out counts at once.</summary>
internal sealed class Officials(SessionStore sessions)
{
    private static readonly Problem Ended = new("identity.official.sessionEnded", 401, "登录已结束，请重新登录。", "The session has ended; please sign in again.");
    private static readonly Problem NotAllowed = new("identity.official.role", 403, "您的岗位没有此项权限。", "Your role may not do this.");

    /// <exception cref="ProblemException">The session is over, or the official holds none of the roles.</exception>
    public async Task<Session> RequireAsync(ClaimsPrincipal user, CancellationToken cancellationToken, params string[] anyOf)
    {
        var session = Guid.TryParse(user.FindFirstValue(ProtocolClaims.SessionId), out var id) ? await sessions.FindLiveAsync(id, cancellationToken) : null;
        if (session is null)
        {
            throw Ended.Exception();
        }

        return session.Account!.StaffMember?.Roles.Exists(role => anyOf.Contains(role, StringComparer.Ordinal)) == true ? session : throw NotAllowed.Exception();
    }
}
