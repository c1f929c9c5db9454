namespace Yinxin.Trust.Server.Features.Issuing;

/// <summary>Who asks, by the access token.</summary>
internal static class Caller
{
    public static string Of(HttpContext http) => http.User.FindFirst("client_id")?.Value ?? http.User.FindFirst("sub")?.Value ?? "";
}
