using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Yinxin.Identity.Server.Features.Assurance;
using Yinxin.Identity.Server.Features.Protocol;
using Yinxin.Identity.Server.Features.Protocol.Authorize;
using Yinxin.Identity.Server.Features.Raising.Ways;
using Yinxin.Identity.Server.Features.Sessions;
using Yinxin.Identity.Server.Features.SignIn;
using Yinxin.Identity.Server.Features.Strengthening;

namespace Yinxin.Identity.Server.Features.Raising;

/// <summary>
/// Why the session does not reach what is asked for, and what helps: first showing more of this sign-in, which takes a minute, then raising the level; and the way back
/// to the request that asked.
/// </summary>
[Authorize]
internal sealed class StepUpModel(StepUpSubject subjects, RaisingWays ways, StrengtheningWays strengthening, GradeReader grades) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public string? ReturnUrl { get; set; }

    /// <summary>An organisation that is to be raised; empty: whoever holds the session down.</summary>
    [BindProperty(SupportsGet = true)]
    public Guid? Organisation { get; set; }

    /// <summary>What is asked for: <c>primary</c> or <c>intermediate</c>.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Level { get; set; }

    public bool WantsPrimary => Wanted(Level) == AssuranceLevel.Primary;

    /// <summary>The page or request that goes on afterwards.</summary>
    public string Target => LocalUrl.OrHome(ReturnUrl);

    public bool Reached => Subject.Reached;

    /// <summary>A person or an organisation that lacks even Primary: all that is missing is needed, not any one of it.</summary>
    public bool BelowPrimary => Subject is { AccountTooLow: true, Grade.Level: AssuranceLevel.None };

    public StepUpSubject.Subject Subject { get; private set; } = null!;

    /// <summary>How to show more of this sign-in; empty where it shows enough.</summary>
    public IReadOnlyList<StrengtheningWay> Strengthening { get; private set; } = [];

    /// <summary>Each with whether its source is connected now.</summary>
    public IReadOnlyList<(RaisingWay Way, bool Open)> Ways { get; private set; } = [];

    /// <summary>The same, where the level is reached: ways to renew it early, or to have a second one. None while a service waits, for which it suffices.</summary>
    public IReadOnlyList<(RaisingWay Way, bool Open)> Renewals { get; private set; } = [];

    /// <summary>Tells the service that the person stays at their level; only a waiting authorization request can be told.</summary>
    public string? DeclineUrl => Target.StartsWith(ProtocolPaths.Authorize + "?", StringComparison.Ordinal)
        ? $"{Target}&{AuthorizationFacts.DeclinedParameter}=declined" : null;

    /// <summary>Where a QR code for the phone begins, which strengthens this session by what the phone shows.</summary>
    public string PhoneUrl => $"/account/step-up/phone?ReturnUrl={Uri.EscapeDataString(Target)}{(WantsPrimary && Organisation is null ? "&Level=primary" : "")}";

    /// <summary>Where one begins that leaves the raising alone to the phone; null where the other offers that too, or there is no way that a phone could go.</summary>
    public string? RaisePhoneUrl => Strengthening.Count > 0 || !Ways.Any(w => w.Open && w.Way.Path is not null) ? null
        : $"{PhoneUrl}&Raise=true{(Organisation is not null && Subject.OrganisationId is { } id ? $"&Organisation={id}" : "")}";

    /// <summary>Nothing above Intermediate is raised to on a page.</summary>
    public static AssuranceLevel Wanted(string? level) => AssuranceNames.Parse(level) == AssuranceLevel.Primary ? AssuranceLevel.Primary : AssuranceLevel.Intermediate;

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        Subject = await subjects.OfAsync(User.SessionId()!.Value, Organisation, forService: DeclineUrl is not null, Wanted(Level), cancellationToken)
            ?? throw new InvalidOperationException("The session ended during the request.");
        Strengthening = Subject.SignInTooWeak ? await strengthening.OfAsync(User.AccountId()!.Value, cancellationToken) : [];
        Ways = Subject.AccountTooLow ? [.. RaisingWays.For(Subject.Grade).Select(w => (w, ways.IsOpen(w)))] : [];
        if (Reached && DeclineUrl is null)
        {
            var policy = await grades.PolicyAsync(cancellationToken);
            Renewals = [.. RaisingWays.Renewing(Subject.Grade, policy.Document).Select(w => (w, ways.IsOpen(w)))];
        }
    }
}
