using System.Security.Cryptography;

namespace Yinxin.Identity.Server.Features.Raising.RealPersons;

/// <summary>The challenge of one ceremony.</summary>
internal static class DrawnActions
{
    /// <summary>
    /// Different actions in random order: one that is asked for twice asks less of whoever has no living face to show. No provider may know fewer than are drawn.
    /// </summary>
    public static string[] Draw(this IRealPersonProvider provider, int count)
    {
        var actions = provider.Actions.ToArray();
        RandomNumberGenerator.Shuffle(actions.AsSpan());
        return actions[..count];
    }
}
