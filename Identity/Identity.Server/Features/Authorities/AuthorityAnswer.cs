using Yinxin.Identity.Server.Data;

namespace Yinxin.Identity.Server.Features.Authorities;

/// <summary>What an authority says about particulars that a person claims. Never the true value of one that differs.</summary>
/// <param name="Result"><c>match</c>, <c>mismatch</c> or <c>notFound</c>.</param>
/// <param name="Differing">Names of the particulars that do not agree; not for the person's eyes, since together they would tell the true ones.</param>
/// <param name="Receipt">Number under which the authority keeps its answer.</param>
internal sealed record AuthorityAnswer(string? Result, IReadOnlyList<string>? Differing, string Receipt)
{
    /// <summary>The answer as the authority signed it.</summary>
    public string Signed { get; init; } = "";

    public bool Agrees => Result == "match";

    /// <summary>How evidence of it counts.</summary>
    public EvidenceResult EvidenceResult => Agrees ? EvidenceResult.Agreed : EvidenceResult.Disagreed;

    /// <summary>An answer that agrees and names differences says both things at once; neither is believed.</summary>
    public bool IsSound => Result is "match" or "mismatch" or "notFound" && !(Agrees && Differing is { Count: > 0 }) && Differing is null or { Count: <= 20 };

    public static async Task<AuthorityAnswer> AskAsync(SignedQuestions questions, Authority authority, HttpClient client, string path, object claim, CancellationToken cancellationToken)
    {
        var (answer, signed) = await questions.AskAsync<AuthorityAnswer>(authority, client, path, claim, cancellationToken);
        return answer.IsSound ? answer with { Signed = signed } : throw authority.Unavailable.Exception();
    }
}
