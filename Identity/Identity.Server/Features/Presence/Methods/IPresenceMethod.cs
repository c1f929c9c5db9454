using Yinxin.Identity.Server.Features.Authorities;
using Yinxin.Identity.Server.Features.Raising.Ways;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Presence.Methods;

/// <summary>
/// One way to show that one is there in the flesh: by face, voice or video. Each has a challenge that nobody can know before, so that no earlier recording fits, and a score of its own scale.
/// </summary>
internal interface IPresenceMethod
{
    /// <summary>One of <see cref="PresenceMethodNames"/>.</summary>
    string Name { get; }

    /// <summary>Source of the evidence.</summary>
    string Source { get; }

    /// <summary>How the evidence describes what was done, e.g. <c>face-and-4-actions</c>.</summary>
    string EvidenceMethod { get; }

    /// <summary>What the source compared where it agrees.</summary>
    IReadOnlyList<string> Compared { get; }

    /// <summary>Below it the person is another as far as we are concerned.</summary>
    double LeastScore { get; }

    /// <summary>Whether it can be begun now.</summary>
    bool IsOpen { get; }

    /// <summary>For the choice: its name and what it needs.</summary>
    Words Title { get; }

    /// <summary>What is processed, within a sentence.</summary>
    Words Data { get; }

    /// <summary>What is done with it and by whom: people read it before they agree.</summary>
    Words Processing { get; }

    /// <summary>It was not them, as far as could be told, whatever failed; with what helps at the next try.</summary>
    Problem Refused { get; }

    /// <summary>A fresh challenge.</summary>
    IReadOnlyList<string> Draw();

    /// <summary>Prepares one check.</summary>
    /// <param name="session">The signed-in session that begins it.</param>
    /// <param name="idNumber">Who it has to be.</param>
    /// <param name="name">The name that belongs to it.</param>
    /// <param name="challenge">What was drawn.</param>
    /// <param name="returnTo">Where the person comes back.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The provider's name of the check, and the page where the person goes.</returns>
    /// <exception cref="ProblemException">It cannot be asked, or has nothing to compare this person with.</exception>
    Task<(string Reference, string Address)> OpenAsync(Guid session, string idNumber, string name, IReadOnlyList<string> challenge, string returnTo, CancellationToken cancellationToken);

    /// <summary>Takes the result; once.</summary>
    /// <exception cref="ProblemException">It cannot be asked, or nobody was there: neither is a result.</exception>
    Task<PresenceSeen> ResultAsync(string reference, CancellationToken cancellationToken);
}

/// <summary>What was seen or heard.</summary>
/// <param name="Answer">Whether it is the person on file, and the signed receipt.</param>
/// <param name="Score">Likeness, 0 to 1.</param>
/// <param name="Live">A living person, no recording.</param>
/// <param name="Shown">What the person did or said, in order.</param>
internal sealed record PresenceSeen(AuthorityAnswer Answer, double Score, bool Live, IReadOnlyList<string> Shown);
