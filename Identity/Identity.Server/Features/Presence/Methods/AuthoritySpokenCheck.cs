using Yinxin.Identity.Server.Features.Authorities;
using Yinxin.Identity.Server.Features.Raising.RealPersons;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Presence.Methods;

/// <summary>What the real-person service does with spoken digits: it shows them, listens (and with <c>video</c> looks), compares with what is on file, and signs what it found.</summary>
internal sealed class AuthoritySpokenCheck(HttpClient client, SignedQuestions questions, AuthorityKeys keys)
{
    /// <summary>Below it the voice or face is another's.</summary>
    public const double LeastScore = 0.8;

    /// <summary>The service of <see cref="AuthorityRealPerson.Self"/>, for what raises nobody.</summary>
    public static readonly Authority Self = AuthorityRealPerson.Self with
    {
        Unavailable = new Problem(
            "presence.checkUnavailable", 503, "本人核验服务暂时无法使用，没有确认任何内容。请稍后再试，或换一种方式。", "The check cannot be made at the moment, and nothing was confirmed. Please try again in a while, or choose another way."),
    };

    private static readonly Problem NotOnFile = new(
        "presence.voiceNotOnFile", 422, "公安声纹库中没有您登记的声纹，请选择其他方式，或到政务服务大厅窗口办理。", "No voiceprint of yours is on file. Please choose another way, or go to the window of a service hall.");

    /// <summary>Whether its answers could be believed.</summary>
    public bool IsOpen => keys.Knows(Self);

    /// <param name="method">One of <see cref="PresenceMethodNames"/>.</param>
    /// <param name="idNumber">Who it has to be.</param>
    /// <param name="name">The name that belongs to it.</param>
    /// <param name="digits">What has to be read, in this order.</param>
    /// <param name="returnTo">Where the person comes back.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ProblemException">It cannot be asked, or has no voiceprint of this person.</exception>
    public async Task<(string Reference, string Address)> OpenAsync(
        string method, string idNumber, string name, IReadOnlyList<string> digits, string returnTo, CancellationToken cancellationToken)
    {
        var (opened, _) = await questions.AskAsync<Opened>(Self, client, "real-person/v1/spoken-sessions", new { method, idNumber, name, digits, returnUrl = returnTo }, cancellationToken);
        if (opened is { OnFile: false })
        {
            throw NotOnFile.Exception();
        }

        // Only to the service itself: an answer must not send the person anywhere else.
        return opened is { OnFile: true, SessionId.Length: > 0 and <= 200 } && Uri.TryCreate(opened.Address, UriKind.Absolute, out var page) && client.BaseAddress!.IsBaseOf(page)
            ? (opened.SessionId, page.AbsoluteUri) : throw Self.Unavailable.Exception();
    }

    /// <summary>Takes the result; once.</summary>
    /// <exception cref="ProblemException">It cannot be asked, or judges another check.</exception>
    public async Task<PresenceSeen> ResultAsync(string method, string reference, CancellationToken cancellationToken)
    {
        var (heard, signed) = await questions.AskAsync<Heard>(Self, client, "real-person/v1/spoken-results", new { sessionId = reference }, cancellationToken);
        var answer = new AuthorityAnswer(heard.Result, heard.Differing, heard.Receipt ?? "") { Signed = signed };
        return answer.IsSound && heard.SessionId == reference && heard.Method == method && heard is { Score: >= 0 and <= 1, Digits: { Count: <= 20 } digits }
            ? new PresenceSeen(answer, heard.Score, heard.Live, digits) : throw Self.Unavailable.Exception();
    }

    private sealed record Opened(bool? OnFile, string? SessionId, string? Address);

    private sealed record Heard(string? Result, IReadOnlyList<string>? Differing, string? Receipt, string? SessionId, string? Method, double Score, bool Live, IReadOnlyList<string>? Digits);
}
