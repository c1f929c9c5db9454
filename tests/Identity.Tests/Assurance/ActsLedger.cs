namespace Yinxin.Identity.Tests.Assurance;

/// <summary>A proof as the judge of the acts wrote it down.</summary>
/// <param name="Kind">Kind of evidence.</param>
/// <param name="Source">Whose word it is.</param>
/// <param name="At">When it was proved.</param>
/// <param name="Until">Its own end; null: none.</param>
/// <param name="Answer">Whether it is an answer of its source, which that can take back; else a notice, or something handed over.</param>
internal sealed record ActsProof(string Kind, string Source, DateTimeOffset At, DateTimeOffset? Until, bool Answer);

/// <summary>What stands of one person or organisation: of each kind one proof at most, for a newer one takes the place of the one before.</summary>
internal sealed class ActsLedger
{
    private static readonly Dictionary<string, string> Sources = new(StringComparer.Ordinal)
    {
        ["population-match"] = "population",
        ["phone-otp"] = "phone",
        ["password"] = "person",
        ["counter"] = "counter",
        ["unionpay-card"] = "unionpay",
        ["housing-fund-account"] = "housing-fund",
        ["alipay-account"] = "alipay",
        ["real-person"] = "real-person",
        ["market-registry-match"] = "market",
        ["organisation-code-match"] = "quality",
        ["legal-representative-match"] = "market",
        ["tax-account"] = "tax",
        ["enterprise-certificate"] = "trust-list",
    };

    private readonly Dictionary<string, ActsProof> standing = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> takenBack = new(StringComparer.Ordinal);

    public IReadOnlyCollection<ActsProof> Standing => standing.Values;

    /// <summary>Also what ran out, or counts for nothing by the policy in force: nothing took it back.</summary>
    public bool Stands(string kind) => standing.ContainsKey(kind);

    public bool IsAnswer(string kind) => standing.TryGetValue(kind, out var proof) && proof.Answer;

    /// <summary>Whether something proved then is newer than what took the kind back, if anything did.</summary>
    public bool MayReturn(string kind, DateTimeOffset at) => !takenBack.TryGetValue(kind, out var since) || at > since;

    public void Prove(string kind, DateTimeOffset at, DateTimeOffset? until = null, bool answer = true, string? source = null) => standing[kind] = new ActsProof(kind, source ?? Sources[kind], at, until, answer);

    public void Lose(string kind, DateTimeOffset now)
    {
        if (standing.Remove(kind))
        {
            takenBack[kind] = now;
        }
    }

    public void LoseAll(DateTimeOffset now)
    {
        foreach (var kind in standing.Keys.ToList())
        {
            Lose(kind, now);
        }
    }
}
