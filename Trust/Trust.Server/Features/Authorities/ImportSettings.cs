namespace Yinxin.Trust.Server.Features.Authorities;

/// <summary>Section <c>Trust:Authorities</c>.</summary>
internal sealed class ImportSettings
{
    public const string Section = "Trust:Authorities";

    /// <summary>
    /// Directory through which this server and an offline root talk: <c>requests/</c> is written here, <c>certificates/</c> and <c>crls/</c>
    /// are brought from the ceremony. Empty: the server makes roots of its own, for development.
    /// </summary>
    public string? Import { get; set; }
}
