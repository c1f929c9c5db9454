using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance.Evidences;

namespace Yinxin.Identity.Server.Features.Phones;

/// <summary>Whether a code has proved the number that an account has now: an account that a city handed over may have one that nobody has shown here.</summary>
internal static class ProvedPhone
{
    public static async Task<bool> IsAsync(IdentityContext database, Guid person, DateTimeOffset now, CancellationToken cancellationToken) =>
        (await CurrentEvidence.OfAsync(database, person, cancellationToken)).Any(e => e is { Kind: EvidenceKinds.PhoneCode, Result: EvidenceResult.Agreed } && !(e.ValidUntil <= now));
}
