using Microsoft.Extensions.Options;

namespace Yinxin.Identity.Server.Features.Presence.Methods;

/// <summary>The ways that this installation offers, in its order; of them an application may take some only.</summary>
internal sealed class PresenceMethods(IEnumerable<IPresenceMethod> methods, IOptions<PresenceSettings> settings)
{
    /// <returns>Empty where none of those that the application takes is offered here.</returns>
    public IReadOnlyList<IPresenceMethod> Of(PresenceDetail detail) =>
        [.. Names(settings.Value).Where(detail.Takes).Select(name => methods.First(m => m.Name == name))];

    /// <param name="detail">What is confirmed.</param>
    /// <param name="name">What the person chose; null chooses where there is one only.</param>
    /// <returns>Null when nothing was chosen that can be.</returns>
    public IPresenceMethod? Choose(PresenceDetail detail, string? name)
    {
        var offered = Of(detail);
        return string.IsNullOrEmpty(name) && offered.Count == 1 ? offered[0] : offered.FirstOrDefault(m => m.Name == name);
    }

    public static IEnumerable<string> Names(PresenceSettings settings) => settings.Methods.Count == 0 ? [PresenceMethodNames.Face] : settings.Methods;
}
