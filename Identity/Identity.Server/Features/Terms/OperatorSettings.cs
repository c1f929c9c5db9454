using System.ComponentModel.DataAnnotations;

namespace Yinxin.Identity.Server.Features.Terms;

/// <summary>Who runs this platform and answers for its personal data, as the documents name them. Section <c>Operator</c>. The values given here say that they are samples.</summary>
internal sealed class OperatorSettings
{
    public const string Section = "Operator";

    [Required, MinLength(1)]
    public string NameChinese { get; set; } = "样例运营单位（样例值，部署时在配置中填写）";

    [Required, MinLength(1)]
    public string NameEnglish { get; set; } = "Sample operator (a sample value; the deployment sets its own)";

    /// <summary>Where a person reaches whoever answers for personal data: address, telephone, mail.</summary>
    [Required, MinLength(1)]
    public string ContactChinese { get; set; } = "样例联系方式（样例值，部署时在配置中填写）";

    [Required, MinLength(1)]
    public string ContactEnglish { get; set; } = "Sample contact (a sample value; the deployment sets its own)";
}
