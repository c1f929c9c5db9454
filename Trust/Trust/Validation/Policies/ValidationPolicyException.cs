namespace Yinxin.Trust.Validation.Policies;

/// <summary>A validation policy that cannot be used.</summary>
/// <param name="code">Stable: <c>policy.json</c>, <c>policy.member</c>, <c>policy.level</c>, <c>policy.algorithm</c>.</param>
/// <param name="place">Where in the file.</param>
/// <param name="message">What is wrong, in English.</param>
/// <param name="inner">Where it came from.</param>
public sealed class ValidationPolicyException(string code, string place, string message, Exception? inner = null) : Exception($"{place}: {message}", inner)
{
    /// <summary>Stable code.</summary>
    public string Code { get; } = code;

    /// <summary>Where in the file, e.g. <c>levels.certificate.fresh</c>.</summary>
    public string Place { get; } = place;
}
