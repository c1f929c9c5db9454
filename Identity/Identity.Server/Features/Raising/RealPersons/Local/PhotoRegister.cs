using Yinxin.Identity.Server.Features.Authorities;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Raising.RealPersons.Local;

/// <summary>The photo on file, from the population library; held for one comparison and never stored.</summary>
internal sealed class PhotoRegister(HttpClient client, SignedQuestions questions)
{
    /// <returns>The picture and the receipt of the answer; null when there is none for this ID number and name.</returns>
    /// <exception cref="ProblemException">It cannot be asked.</exception>
    public async Task<(byte[] Photo, string Receipt)?> FindAsync(string idNumber, string name, CancellationToken cancellationToken)
    {
        var (found, _) = await questions.AskAsync<Found>(PopulationRegister.Self, client, "population/v1/photos", new { idNumber, name }, cancellationToken, SignedStatements.LongestWithPicture);
        return found switch
        {
            { Result: "match", Photo: { Length: > 0 } photo, Receipt: { Length: > 0 } receipt } => (photo, receipt),
            { Result: "mismatch" or "notFound" or "noPhoto" } => null,
            _ => throw PopulationRegister.Unavailable.Exception(),
        };
    }

    private sealed record Found(string? Result, byte[]? Photo, string? Receipt);
}
