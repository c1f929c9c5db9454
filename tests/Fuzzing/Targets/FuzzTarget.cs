namespace Yinxin.Fuzzing.Targets;

/// <summary>A door through which a stranger's bytes come in.</summary>
/// <param name="Name">Also the name of its folder under <c>Corpus</c>.</param>
/// <param name="Seeds">Good input, made anew for each run: whoever holds the keys of a committed one could forge.</param>
/// <param name="Read">
/// Reads, and verifies where there is something to verify. Answers null for what was refused by the door's own report; throws only what
/// <paramref name="Refuses"/> names. Anything else is a finding.
/// </param>
/// <param name="Refuses">The documented exceptions.</param>
/// <param name="IsForgery">Of an input that was accepted and is none of the seeds: whether accepting it was wrong.</param>
internal sealed record FuzzTarget(string Name, IReadOnlyList<byte[]> Seeds, Func<byte[], object?> Read, Func<Exception, bool> Refuses, Func<byte[], object, bool> IsForgery)
{
    /// <summary>For the test's display name.</summary>
    public override string ToString() => Name;
}
