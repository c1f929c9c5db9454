using Yinxin.Identity.Server.Features.Officials;
using Yinxin.Web.Components;

namespace Yinxin.Identity.Server.Features.Console.Access;

/// <summary>A role in words for people.</summary>
internal static class RoleWords
{
    public static string Of(ITexts texts, string role) => role switch
    {
        OfficialRoles.CounterOfficer => texts.Of("窗口核验人员", "Counter officer"),
        OfficialRoles.SystemAdministrator => texts.Of("系统管理员", "System administrator"),
        OfficialRoles.SecurityAdministrator => texts.Of("安全管理员", "Security administrator"),
        OfficialRoles.AuditAdministrator => texts.Of("审计管理员", "Audit administrator"),
        OfficialRoles.Auditor => texts.Of("审计人员", "Auditor"),
        "window-officer" => texts.Of("窗口受理人员", "Window officer"),
        "case-handler" => texts.Of("承办人员", "Case handler"),
        "reviewer" => texts.Of("审核人员", "Reviewer"),
        "approver" => texts.Of("批准人员", "Approver"),
        "administrator" => texts.Of("业务管理员", "Administrator of matters"),
        _ => role,
    };
}
