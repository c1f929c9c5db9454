using Yinxin.Identity.Server.Features.Raising.Ways;

namespace Yinxin.Identity.Server.Features.Strengthening;

/// <summary>One way in which a person shows in this session that it is they.</summary>
/// <param name="Kind"><c>app</c>, <c>sms</c>, <c>passkey</c>, <c>recovery</c> or <c>real-person</c>.</param>
/// <param name="Path">The page where it is done, with a query or without.</param>
/// <param name="Minutes">How long it usually takes.</param>
/// <param name="Title">For people.</param>
/// <param name="Needs">What must be at hand.</param>
internal sealed record StrengtheningWay(string Kind, string Path, int Minutes, Words Title, Words Needs)
{
    /// <summary>Where it begins, with the way back.</summary>
    public string Address(string returnUrl) => $"{Path}{(Path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}ReturnUrl={Uri.EscapeDataString(returnUrl)}";
}

/// <summary>What the list of ways needs.</summary>
/// <param name="Ways">The ways.</param>
/// <param name="ReturnUrl">Where the person comes back.</param>
internal sealed record WaysToShow(IReadOnlyList<StrengtheningWay> Ways, string ReturnUrl);
