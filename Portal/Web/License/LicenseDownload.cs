namespace Yinxin.Web.License;

/// <summary>GET /licenses/{identifier}/pdf|json: the file itself, fetched in the holder's name.</summary>
internal static class LicenseDownload
{
    public static void Map(WebApplication app)
    {
        app.MapGet("/licenses/{identifier}/pdf", (string identifier, LicenseApi licenses, HttpContext http) =>
            SendAsync(identifier, "pdf", "application/pdf", licenses, http)).RequireAuthorization(WebApp.Proven);
        app.MapGet("/licenses/{identifier}/json", (string identifier, LicenseApi licenses, HttpContext http) =>
            SendAsync(identifier, "json", "application/json", licenses, http)).RequireAuthorization(WebApp.Proven);
    }

    private static async Task<IResult> SendAsync(string identifier, string kind, string type, LicenseApi licenses, HttpContext http)
    {
        using var response = await licenses.FileAsync(identifier, kind, http.RequestAborted);
        var name = response.Content.Headers.ContentDisposition is { } disposition ? disposition.FileNameStar ?? disposition.FileName?.Trim('"') : null;
        http.Response.Headers.CacheControl = "private, no-store";
        return Results.File(await response.Content.ReadAsByteArrayAsync(http.RequestAborted), type, name ?? $"licence.{kind}");
    }
}
