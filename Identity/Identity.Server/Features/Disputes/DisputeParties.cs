using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Recovery;
using Yinxin.Identity.Server.Features.SignIn;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Disputes;

/// <summary>
/// Knows the two parties of a dispute by its number and a code: the claimant by the receipt's, the holder by the message's. A number that nobody has, a slip that opened
/// nothing and a wrong code are refused with the same words, after the same questions and the same hashes. Tries are counted for each address: the code is too long to be guessed, and one party must not be able to shut the other out.
/// </summary>
internal sealed class DisputeParties(IdentityContext database, PersonalData personal, AttemptBrake brake)
{
    private const int Longest = 40;

    /// <exception cref="ProblemException">Refused, or the brake.</exception>
    public async Task<DisputeView> KnowAsync(string? number, string? code, IPAddress? address, CancellationToken cancellationToken)
    {
        DisputeView? view = null;
        var key = DisputeNumbers.Normalise(number) ?? "none";
        var outcome = await brake.TryAsync(
            personal.Index(Purposes.SignInName, $"dispute:{key}:{address}"), address, async () => (view = await FindAsync(key, code is { Length: <= Longest } ? code : "", cancellationToken)) is not null, cancellationToken);
        return outcome switch
        {
            SignInOutcome.Accepted => view!,
            SignInOutcome.MustWait => throw DisputeProblems.MustWait.Exception(),
            _ => throw DisputeProblems.Refused.Exception(),
        };
    }

    private async Task<DisputeView?> FindAsync(string number, string code, CancellationToken cancellationToken)
    {
        var dispute = await database.Disputes.AsNoTracking().FirstOrDefaultAsync(d => d.Number == number && d.State != DisputeState.Asked, cancellationToken);
        var typed = RecoveryTickets.Hash(personal, code);
        var holder = Same(typed, RecoveryTickets.Hash(personal, DisputeNumbers.HolderCode(personal, dispute?.Id ?? Guid.Empty)));
        var claimant = Same(typed, dispute?.ClaimSecretHash ?? new string('0', typed.Length));
        return dispute is null || !(holder || claimant) ? null : new DisputeView(dispute.Id, holder);
    }

    private static bool Same(string a, string b) => CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(a), Encoding.ASCII.GetBytes(b));
}
