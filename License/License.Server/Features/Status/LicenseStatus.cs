using Microsoft.EntityFrameworkCore;
using Yinxin.License.Server.Data;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.License.Server.Features.Status;

/// <summary>GET /api/status/{identifier}: whether a licence stands now; nothing personal.</summary>
internal static class LicenseStatus
{
    private static readonly Problem Unknown = new("license.unknown", 404, "没有该证照。", "There is no such licence.");

    public static void Map(WebApplication app) => app.MapGet("/api/status/{identifier}", async (string identifier, LicenseContext database, TimeProvider time, HttpContext http) =>
    {
        var license = await database.Licenses.AsNoTracking().SingleOrDefaultAsync(l => l.Identifier == identifier, http.RequestAborted) ?? throw Unknown.Exception();
        http.Response.Headers.CacheControl = "public, max-age=60";
        return new { identifier, status = Of(license, time.GetUtcNow()), asOf = time.GetUtcNow(), license.ValidFrom, license.ValidTo };
    });

    /// <summary>The state as it stands, <c>Expired</c> when only time has passed.</summary>
    public static string Of(LicenseRecord license, DateTimeOffset now)
    {
        var today = DateOnly.FromDateTime(now.ToOffset(TimeSpan.FromHours(8)).DateTime);
        return license.State == LicenseStates.Valid && today > license.ValidTo ? "Expired" : license.State;
    }

    /// <summary>In both languages.</summary>
    public static (string Chinese, string English) Words(string status) => status switch
    {
        LicenseStates.Valid => ("有效", "Valid"),
        "Expired" => ("已过期", "Expired"),
        LicenseStates.Suspended => ("已暂停", "Suspended"),
        LicenseStates.Withheld => ("已暂扣", "Withheld"),
        LicenseStates.Rescinded => ("已撤销", "Rescinded"),
        LicenseStates.Revoked => ("已吊销", "Revoked"),
        LicenseStates.Cancelled => ("已注销", "Cancelled"),
        _ => (status, status),
    };
}
