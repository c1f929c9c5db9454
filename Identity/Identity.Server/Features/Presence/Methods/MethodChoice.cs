using Yinxin.Identity.Server.Features.Raising.Ways;

namespace Yinxin.Identity.Server.Features.Presence.Methods;

/// <summary>What a page shows of the ways.</summary>
/// <param name="Offered">In their order; at least one.</param>
/// <param name="Chosen">Which of them is ticked.</param>
/// <param name="Consent">Whether the consent is.</param>
internal sealed record MethodChoice(IReadOnlyList<IPresenceMethod> Offered, string? Chosen, bool Consent)
{
    private static readonly Words Any = new("人脸和声音信息", "your face and voice");

    /// <summary>What is processed: the most that any of them takes.</summary>
    public Words Data => Offered is [var only] ? only.Data : Any;

    /// <summary>The first one is ticked until the person chooses: it is the one that the installation prefers.</summary>
    public static MethodChoice Of(IReadOnlyList<IPresenceMethod> offered, string? chosen, bool consent) =>
        new(offered, string.IsNullOrEmpty(chosen) ? offered.Select(m => m.Name).FirstOrDefault() : chosen, consent);
}
