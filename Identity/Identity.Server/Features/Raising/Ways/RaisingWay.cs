using Yinxin.Identity.Server.Features.SignIn;

namespace Yinxin.Identity.Server.Features.Raising.Ways;

/// <summary>One way to get one kind of evidence.</summary>
/// <param name="Kind">The kind of evidence.</param>
/// <param name="Path">The page where it begins; null when it is not done online.</param>
/// <param name="Minutes">How long it usually takes.</param>
/// <param name="Title">For people.</param>
/// <param name="Needs">What must be at hand, and what becomes of it.</param>
internal sealed record RaisingWay(string Kind, string? Path, int Minutes, Words Title, Words Needs)
{
    /// <summary>Where it begins, with the way back; null when it is not done online.</summary>
    /// <param name="organisation">Which organisation it raises; null: the person.</param>
    /// <param name="returnUrl">Where it comes back to.</param>
    public string? AddressFor(Guid? organisation, string? returnUrl) => Path is null ? null
        : $"{Path}?{(organisation is { } id ? $"Organisation={id}&" : "")}ReturnUrl={Uri.EscapeDataString(LocalUrl.OrHome(returnUrl))}";
}

/// <summary>A sentence in both languages.</summary>
internal sealed record Words(string Chinese, string English);
