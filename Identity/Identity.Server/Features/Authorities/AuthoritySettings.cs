using System.ComponentModel.DataAnnotations;

namespace Yinxin.Identity.Server.Features.Authorities;

/// <summary>Where one outside authority is reached, and by which keys it signs. Sections <c>Authorities:{name}</c>.</summary>
internal sealed class AuthoritySettings
{
    public const string Section = "Authorities";

    [Required]
    public Uri Address { get; set; } = new("http://localhost:7107");

    public string ApiKey { get; set; } = "";

    /// <summary>
    /// Public keys by which it signs (base64 SubjectPublicKeyInfo, P-256); two while it changes from one to the next. They are pinned: a key that is only
    /// published on the network proves nothing. Without one no answer is believed.
    /// </summary>
    public List<string> Keys { get; set; } = [];
}
