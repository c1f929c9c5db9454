namespace Yinxin.Identity.Server.Features.Assurance.Policy;

/// <summary>A policy document that cannot be used.</summary>
/// <param name="member">Where in it, e.g. <c>person.primary[0]</c>; <c>$</c> for the whole.</param>
/// <param name="message">What is wrong, in English.</param>
/// <param name="inner">Where it came from.</param>
internal sealed class AssurancePolicyException(string member, string message, Exception? inner = null) : Exception($"{member}: {message}", inner)
{
    public string Member { get; } = member;

    /// <summary>What is wrong, without the place.</summary>
    public string Reason { get; } = message;
}
