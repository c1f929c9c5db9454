using Yinxin.Identity.Server.Features.Authorities;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Raising.RealPersons;

/// <summary>The real-person service of the population library: the comparison runs there, we judge what it signs.</summary>
internal sealed class AuthorityRealPerson(HttpClient client, SignedQuestions questions, AuthorityKeys keys) : IRealPersonProvider
{
    public static readonly Problem Unavailable = new(
        "identity.realPerson.unavailable", 503,
        "实人核验暂时无法进行。您的等级没有变化，请稍后再试，或换一种方式。",
        "The real-person check cannot be made at the moment. Your level is unchanged; please try again in a while, or choose another way.");

    public static readonly Authority Self = new("RealPerson", "real-person", Unavailable);

    public string Source => Self.Issuer;

    public IReadOnlyList<string> Actions { get; } = ["blink", "nod", "turn-left", "turn-right", "open-mouth", "raise-eyebrows"];

    public double LeastScore => 0.8;

    public bool IsHere => false;

    public bool IsOpen => keys.Knows(Self);

    public async Task<(string Session, string Address)> OpenAsync(Guid session, string idNumber, string name, IReadOnlyList<string> actions, string returnTo, CancellationToken cancellationToken)
    {
        var (opened, _) = await questions.AskAsync<Opened>(Self, client, "real-person/v1/sessions", new { idNumber, name, actions, returnUrl = returnTo }, cancellationToken);

        // Only to the service itself: an answer must not send the person anywhere else.
        return opened is { SessionId.Length: > 0 and <= 200 } && Uri.TryCreate(opened.Address, UriKind.Absolute, out var page) && client.BaseAddress!.IsBaseOf(page)
            ? (opened.SessionId, page.AbsoluteUri) : throw Unavailable.Exception();
    }

    public async Task<RealPersonResult> ResultAsync(string session, CancellationToken cancellationToken)
    {
        var (seen, signed) = await questions.AskAsync<Seen>(Self, client, "real-person/v1/results", new { sessionId = session }, cancellationToken);
        var answer = new AuthorityAnswer(seen.Result, seen.Differing, seen.Receipt ?? "") { Signed = signed };
        return answer.IsSound && seen.SessionId == session && seen is { Score: >= 0 and <= 1, Actions: { Count: <= 20 } actions }
            ? new RealPersonResult(answer, seen.Score, seen.Live, actions) : throw Unavailable.Exception();
    }

    private sealed record Opened(string? SessionId, string? Address);

    private sealed record Seen(string? Result, IReadOnlyList<string>? Differing, string? Receipt, string? SessionId, double Score, bool Live, IReadOnlyList<string>? Actions);
}
