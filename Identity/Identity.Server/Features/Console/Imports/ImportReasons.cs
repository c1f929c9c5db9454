using Yinxin.Identity.Server.Features.Console.FourEyes;
using Yinxin.Web.Components;

namespace Yinxin.Identity.Server.Features.Console.Imports;

/// <summary>Why what an import brought is taken back.</summary>
internal static class ImportReasons
{
    public static readonly IReadOnlyList<string> All = ["import-false", "import-mistake", "import-source"];

    public static Dictionary<string, string> Choices(ITexts texts) =>
        All.Prepend("").ToDictionary(r => r, r => r.Length == 0 ? texts.Of("请选择", "Choose one") : ProposalWords.Reason(texts, r), StringComparer.Ordinal);
}
