using System.Security.Cryptography;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Console.Accounts;
using Yinxin.Identity.Server.Features.Mandates;

namespace Yinxin.Identity.Server.Features.Console.Mandates;

/// <summary>The people of a mandate as officials see them.</summary>
internal static class MaskedPeople
{
    /// <summary>The invited person's name, masked.</summary>
    public static string Agent(MandateView view, Mandate mandate)
    {
        try
        {
            return MaskedAccount.MaskName(view.AgentName(mandate));
        }
        catch (Exception e) when (e is CryptographicException or FormatException or ArgumentException)
        {
            // Somebody wrote something else into the column: the page is there to say that the mandate is not as it was recorded.
            return "*";
        }
    }

    /// <summary>Names of people, masked, by their keys.</summary>
    public static async Task<IReadOnlyDictionary<Guid, string>> NamesAsync(MandateView view, IEnumerable<Guid?> people, CancellationToken cancellationToken) =>
        (await view.NamesAsync(people, cancellationToken)).ToDictionary(p => p.Key, p => MaskedAccount.MaskName(p.Value));
}
