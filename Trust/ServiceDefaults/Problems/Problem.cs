namespace Yinxin.ServiceDefaults.Problems;

/// <summary>An error that a caller can act on: a stable code, a status, and a sentence for people in both languages.</summary>
/// <param name="Code">Stable, dotted, lower camel case, e.g. <c>identity.phoneCode.expired</c>.</param>
/// <param name="Status">HTTP status code.</param>
/// <param name="Chinese">One sentence that says what happened and what to do next.</param>
/// <param name="English">The same in English.</param>
public sealed record Problem(string Code, int Status, string Chinese, string English)
{
    /// <summary>The sentence in the language of the current request.</summary>
    public string Text => Language.Languages.IsChinese ? Chinese : English;

    /// <summary>What RFC 9457 calls the type.</summary>
    public string Type => $"urn:yinxin:problem:{Code}";

    /// <summary>An exception that ends the request with this problem.</summary>
    /// <param name="retryAfter">When the caller may try again; told in <c>Retry-After</c>.</param>
    public ProblemException Exception(TimeSpan? retryAfter = null) => new(this) { RetryAfter = retryAfter };
}

/// <summary>Ends a request with a <see cref="Problem"/>; turned into RFC 9457 problem details at the edge.</summary>
public sealed class ProblemException(Problem problem) : Exception(problem.English)
{
    /// <summary>Member of <see cref="Extensions"/>: the path of this app that the page for people leads to in place of the home page.</summary>
    public const string Again = "again";

    /// <summary>Member of <see cref="Extensions"/>: what the link of <see cref="Again"/> says in place of "open it again", in the reader's language. Machines are not told it.</summary>
    public const string AgainText = "againText";

    public Problem Problem { get; } = problem;

    /// <summary>When the caller may try again, if that is known.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Further members of the problem details, e.g. the fields that differ.</summary>
    public IDictionary<string, object?> Extensions { get; } = new Dictionary<string, object?>();
}
