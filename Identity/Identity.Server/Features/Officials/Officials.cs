using System.Security.Claims;
using Microsoft.Extensions.Options;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Protocol;
using Yinxin.Identity.Server.Features.SecondFactors;
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

    /// <summary>System, security, audit: whoever holds two of them may use neither.</summary>
    public static readonly IReadOnlyList<string> Administrators = [SystemAdministrator, SecurityAdministrator, AuditAdministrator];

    /// <summary>Roles that are given by four eyes.</summary>
    public static readonly IReadOnlyList<string> Guarded = [SystemAdministrator, SecurityAdministrator, AuditAdministrator, Auditor];

    /// <summary>Every role that can be given here; the rest of an official's work is decided by the apps.</summary>
    public static readonly IReadOnlyList<string> All =
        ["window-officer", "case-handler", "reviewer", "approver", "administrator", CounterOfficer, SystemAdministrator, SecurityAdministrator, AuditAdministrator, Auditor];

    public static bool HoldsTwoAdministrators(IEnumerable<string> roles) => roles.Distinct(StringComparer.Ordinal).Count(Administrators.Contains) > 1;
}

/// <summary>Who calls an API for officials. The token names the session; rights are taken from the account as it is now, so that a transfer or a sign-out counts at once.</summary>
internal sealed class Officials(SessionStore sessions, FactorTickets tickets, IOptions<OfficialSettings> settings)
{
    public static readonly Problem SecondFactor = new(
        "identity.official.secondFactor", 403, "工作人员须经两步验证才能使用此功能。", "Officials need a second step at sign-in for this.");

    private static readonly Problem Ended = new("identity.official.sessionEnded", 401, "登录已结束，请重新登录。", "The session has ended; please sign in again.");
    private static readonly Problem Exclusive = new(
        "identity.official.exclusive", 403, "同一账号不得兼任系统、安全、审计管理员中的两个，两个岗位均已停用。", "One account holds two of the three administrators' roles; both are refused.");

    private static readonly Problem Initial = new("identity.official.initialPassword", 403, "请先修改初始密码。", "Please change the initial password first.");
    private static readonly Problem NotAllowed = new("identity.official.role", 403, "您的岗位没有此项权限。", "Your role may not do this.");

    /// <summary>
    /// An official who has shown no more than a password: neither console nor token. Where no second factor is required, whoever had one and lost it still shows the ticket: that the factors were
    /// taken off must not make the password enough.
    /// </summary>
    public async Task<bool> LacksSecondFactorAsync(Session session, CancellationToken cancellationToken) => session.Account!.Kind == AccountKind.Staff && !session.HasTwoFactors &&
        (settings.Value.RequireSecondFactor || await tickets.IsNeededAsync(session.AccountId, session.Id, cancellationToken));

    /// <exception cref="ProblemException">The session is over, or the official holds none of the roles.</exception>
    public Task<Session> RequireAsync(ClaimsPrincipal user, CancellationToken cancellationToken, params string[] anyOf) => RequireAsync(user, touches: true, cancellationToken, anyOf);

    /// <param name="user">Who asks.</param>
    /// <param name="touches">Whether this counts as use; not what a page's script asks by itself.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <param name="anyOf">The roles of which one will do.</param>
    /// <exception cref="ProblemException">The session is over, or the official holds none of the roles.</exception>
    public async Task<Session> RequireAsync(ClaimsPrincipal user, bool touches, CancellationToken cancellationToken, params string[] anyOf)
    {
        var session = Guid.TryParse(user.FindFirstValue(ProtocolClaims.SessionId), out var id) ? await sessions.FindLiveAsync(id, cancellationToken, touches: touches) : null;
        if (session is null)
        {
            throw Ended.Exception();
        }

        var member = session.Account!.StaffMember;
        if (member is not null && OfficialRoles.HoldsTwoAdministrators(member.Roles))
        {
            throw Exclusive.Exception();
        }

        if (session.Account.HasInitialPassword)
        {
            throw Initial.Exception();
        }

        if (member is not null && await LacksSecondFactorAsync(session, cancellationToken))
        {
            throw SecondFactor.Exception();
        }

        return member?.Roles.Exists(role => anyOf.Contains(role, StringComparer.Ordinal)) == true ? session : throw NotAllowed.Exception();
    }
}
