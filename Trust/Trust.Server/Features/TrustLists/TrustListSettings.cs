using System.ComponentModel.DataAnnotations;

namespace Yinxin.Trust.Server.Features.TrustLists;

/// <summary>What our own list says of its scheme. Section <c>TrustList</c>.</summary>
internal sealed class TrustListSettings
{
    public const string Section = "TrustList";

    /// <summary>ISO 3166-1, or ISO 3166-2 for a province.</summary>
    [Required, RegularExpression("^[A-Z]{2}(-[A-Z0-9]{1,6})?$")]
    public string Territory { get; set; } = "CN-AH";

    [Required] public string OperatorChinese { get; set; } = "印信（测试）";

    [Required] public string OperatorEnglish { get; set; } = "Yinxin (test)";

    /// <summary>Days from issue to next update; a new issue is made after half of them, or when something changed.</summary>
    [Range(2, 180)] public int ValidityDays { get; set; } = 30;

    /// <summary>Most lists of others.</summary>
    [Range(1, 1000)] public int MostRecognised { get; set; } = 200;
}
