using System.ComponentModel.DataAnnotations;

namespace Yinxin.Identity.Server.Features.Raising.RealPersons.Local;

/// <summary>Where a living person is compared with the photo on file. Section <c>RealPerson</c>.</summary>
internal sealed class RealPersonSettings
{
    public const string Section = "RealPerson";
    public const string Local = "local";

    /// <summary>
    /// <c>authority</c>: the population library's own service, certified by those who answer for it. <c>local</c>: the open models in this program; they prove
    /// no liveness that anybody certified, so this is for places without such a service, and for trying.
    /// </summary>
    [Required, RegularExpression("authority|local")]
    public string Provider { get; set; } = "authority";
}
