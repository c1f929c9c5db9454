using Yinxin.Web.Components;

namespace Yinxin.Identity.Server.Features.Assurance;

/// <summary>A level in words for people.</summary>
internal static class LevelWords
{
    public static string Of(ITexts texts, AssuranceLevel level) => level switch
    {
        AssuranceLevel.Advanced => texts.Of("高级", "Advanced"),
        AssuranceLevel.Intermediate => texts.Of("中级", "Intermediate"),
        AssuranceLevel.Primary => texts.Of("初级", "Primary"),
        _ => texts.Of("未认证", "Not proven"),
    };
}
