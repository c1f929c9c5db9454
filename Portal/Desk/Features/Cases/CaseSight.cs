using Yinxin.Identity.Client.Mandates;
using Yinxin.Identity.Client.SignIn;

namespace Yinxin.Desk.Features.Cases;

/// <summary>What of a case a reader is shown beside number, matter, state and dates.</summary>
/// <param name="Application">Form and materials.</param>
/// <param name="QueryCode">The code that opens the progress to whoever has it, without a sign-in and for ever.</param>
/// <param name="Opinions">What the department wrote.</param>
/// <param name="Bill">What paying needs.</param>
/// <param name="Result">What receiving needs.</param>
/// <param name="Agents">Which agent acted, by his masked name.</param>
internal sealed record CaseSight(bool Application, bool QueryCode, bool Opinions, bool Bill, bool Result, bool Agents)
{
    /// <summary>Whoever knows number and code: the progress. Who acted inside an organisation is nothing of theirs.</summary>
    public static CaseSight Public { get; } = new(Application: false, QueryCode: false, Opinions: true, Bill: true, Result: true, Agents: false);

    private static CaseSight Own { get; } = new(Application: true, QueryCode: true, Opinions: true, Bill: true, Result: true, Agents: true);

    /// <summary>
    /// The person and the legal representative see all of it, an agent what his powers are for. The code is never his: he sees the case signed in while the mandate lasts, and with
    /// the code he would after its end.
    /// </summary>
    public static CaseSight Of(SignedInUser user) => user.ActingFor is { IsAgent: true } acting
        ? new(Has(acting, ActingPower.Apply), QueryCode: false, Opinions: Has(acting, ActingPower.Apply), Bill: Has(acting, ActingPower.Pay), Result: Has(acting, ActingPower.Receive), Agents: true)
        : Own;

    private static bool Has(ActingFor acting, ActingPower power) => acting.Mandate?.Has(power) == true;
}
