namespace Yinxin.Trust.Certificates.Paths.Revocation;

/// <summary>Several sources in the order of preference: the first that knows is believed, but a revocation anywhere counts before «good».</summary>
public sealed class RevocationSources(params IReadOnlyList<IRevocationSource> sources) : IRevocationSource
{
    /// <inheritdoc/>
    public RevocationAnswer Ask(RevocationQuestion question)
    {
        RevocationAnswer? first = null;
        RevocationAnswer? good = null;
        foreach (var answer in sources.Select(s => s.Ask(question)))
        {
            if (answer.Status == RevocationStatus.Revoked)
            {
                return answer;
            }

            good ??= answer.Status == RevocationStatus.Good ? answer : null;
            first ??= answer;
        }

        return good ?? first ?? new RevocationAnswer(RevocationStatus.Unknown, "none", "No source of revocation is at hand.");
    }
}
