using Yinxin.Web.Components;

namespace Yinxin.Identity.Server.Features.Assurance;

/// <summary>A level in words for people.</summary>
internal static class LevelWords
{
    public static string Of(ITexts texts, AssuranceLevel level) => texts.Of(Both(level).Chinese, Both(level).English);

    /// <summary>Both languages, for a message whose reader's language is not known.</summary>
    public static (string Chinese, string English) Both(AssuranceLevel? level) => level switch
    {
        AssuranceLevel.Advanced => ("高级", "Advanced"),
        AssuranceLevel.Intermediate => ("中级", "Intermediate"),
        AssuranceLevel.Primary => ("初级", "Primary"),
        _ => ("未认证", "Not proven"),
    };
}
