namespace Yinxin.Identity.Server.Features.Assurance.Policy;

/// <summary>A policy document that cannot be used.</summary>
/// <param name="member">Where in it, e.g. <c>person.primary[0]</c>; <c>$</c> for the whole.</param>
/// <param name="reason">What is wrong, without the place.</param>
/// <param name="inner">Where it came from.</param>
internal sealed class AssurancePolicyException(string member, BothLanguages reason, Exception? inner = null) : Exception($"{member}: {reason.En}", inner)
{
    public string Member { get; } = member;

    /// <summary>What is wrong, without the place.</summary>
    public BothLanguages Reason { get; } = reason;
}
