using Yinxin.Identity.Server.Features.Authorities;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Raising.RealPersons;

/// <summary>
/// Compares a living person with the photo on file. Where the comparison runs is the provider's affair: today at the population library's service
/// (<see cref="AuthorityRealPerson"/>); one with a model of our own takes its place by registration.
/// </summary>
internal interface IRealPersonProvider
{
    /// <summary>Source of the evidence.</summary>
    string Source { get; }

    /// <summary>Whether it can be offered now.</summary>
    bool IsOpen { get; }

    /// <summary>Prepares one session.</summary>
    /// <param name="idNumber">Whose photo.</param>
    /// <param name="name">The name that belongs to it.</param>
    /// <param name="actions">What the person must do, in this order.</param>
    /// <param name="returnTo">Where the person comes back.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The provider's name of the session, and the page where the person goes.</returns>
    /// <exception cref="ProblemException">It cannot be asked.</exception>
    Task<(string Session, string Address)> OpenAsync(string idNumber, string name, IReadOnlyList<string> actions, string returnTo, CancellationToken cancellationToken);

    /// <summary>Takes the result; once.</summary>
    /// <exception cref="ProblemException">It cannot be asked.</exception>
    Task<RealPersonResult> ResultAsync(string session, CancellationToken cancellationToken);
}

/// <summary>What a provider saw.</summary>
/// <param name="Answer">Whether the face is the one on file, and the signed receipt.</param>
/// <param name="Score">Likeness, 0 to 1.</param>
/// <param name="Live">A living person, no picture or screen.</param>
/// <param name="Actions">What the person did, in order.</param>
internal sealed record RealPersonResult(AuthorityAnswer Answer, double Score, bool Live, IReadOnlyList<string> Actions);
