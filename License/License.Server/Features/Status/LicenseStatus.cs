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

    public static string Of(LicenseRecord license, DateTimeOffset now)
    {
        var today = DateOnly.FromDateTime(now.ToOffset(TimeSpan.FromHours(8)).DateTime);
        return license.State == "Valid" && today > license.ValidTo ? "Expired" : license.State;
    }
}
