namespace Yinxin.Identity.Client.Assurance;

/// <summary>
/// An API that was called in the person's name wants more of the sign-in (RFC 9470). Left alone it leads the person to Identity and back to the same address, with what
/// was typed kept; an app catches it only where it knows better.
/// </summary>
/// <param name="demand">What the API wants.</param>
public sealed class StepUpNeededException(StepUpDemand demand) : Exception("An API asks for a higher level of assurance or a more recent proof.")
{
    /// <summary>What the API wants.</summary>
    public StepUpDemand Demand { get; } = demand;
}
