using Yinxin.Identity.Server.Features.Authorities;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Raising.RealPersons;

/// <summary>
/// Compares a living person with the photo on file. Where the comparison runs is the provider's affair: at the population library's service
/// (<see cref="AuthorityRealPerson"/>), or here with models of our own (<see cref="Local.LocalRealPerson"/>).
/// </summary>
internal interface IRealPersonProvider
{
    /// <summary>Source of the evidence.</summary>
    string Source { get; }

    /// <summary>Whether the pictures are taken and compared by this platform; else by the population library. People are told before they agree.</summary>
    bool IsHere { get; }

    /// <summary>Whether it can be offered now.</summary>
    bool IsOpen { get; }

    /// <summary>What it can ask for before a camera.</summary>
    IReadOnlyList<string> Actions { get; }

    /// <summary>Below it the face is another's as far as we are concerned; each provider's score has its own scale.</summary>
    double LeastScore { get; }

    /// <summary>Prepares one session.</summary>
    /// <param name="session">The signed-in session that begins it.</param>
    /// <param name="idNumber">Whose photo.</param>
    /// <param name="name">The name that belongs to it.</param>
    /// <param name="actions">What the person must do, in this order.</param>
    /// <param name="returnTo">Where the person comes back.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The provider's name of the session, and the page where the person goes.</returns>
    /// <exception cref="ProblemException">It cannot be asked.</exception>
    Task<(string Session, string Address)> OpenAsync(Guid session, string idNumber, string name, IReadOnlyList<string> actions, string returnTo, CancellationToken cancellationToken);

    /// <summary>Takes the result; once.</summary>
    /// <exception cref="ProblemException">It cannot be asked, or nobody stood before the camera: neither is a result.</exception>
    Task<RealPersonResult> ResultAsync(string session, CancellationToken cancellationToken);
}

/// <summary>What a provider saw.</summary>
/// <param name="Answer">Whether the face is the one on file, and the signed receipt.</param>
/// <param name="Score">Likeness, 0 to 1.</param>
/// <param name="Live">A living person, no picture or screen.</param>
/// <param name="Actions">What the person did, in order.</param>
internal sealed record RealPersonResult(AuthorityAnswer Answer, double Score, bool Live, IReadOnlyList<string> Actions);
