using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using OpenIddict.Server.AspNetCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Acting;
using Yinxin.Identity.Server.Features.Assurance;
using Yinxin.Identity.Server.Features.Clients;
using Yinxin.Identity.Server.Features.Presence;
using Yinxin.Identity.Server.Features.Protocol.Token;
using Yinxin.Identity.Server.Features.SecondFactors;
using Yinxin.Identity.Server.Features.Sessions;
using Yinxin.Identity.Server.Features.VerifiedClaims;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace Yinxin.Identity.Server.Features.Protocol.Authorize;

/// <summary>The authorization endpoint once the engine has validated the request: decides the next step and takes it.</summary>
[IgnoreAntiforgeryToken]
internal sealed class AuthorizeModel(
    SessionStore sessions,
    SessionLevels levels,
    ActingChoices choices,
    GrantStore grants,
    PresenceProofs presence,
    ClaimConsents consents,
    AuthorizationTransactions transactions,
    CompletedRequests completed,
    Officials.Officials officials,
    ClientCatalogue clients,
    SubjectIdentifiers identifiers,
    TimeProvider time) : PageModel
{
    private const string Scheme = OpenIddictServerAspNetCoreDefaults.AuthenticationScheme;

    public string? Error { get; private set; }

    public string? Description { get; private set; }

    public Task<IActionResult> OnGetAsync(CancellationToken cancellationToken) => HandleAsync(cancellationToken);

    public Task<IActionResult> OnPostAsync(CancellationToken cancellationToken) => HandleAsync(cancellationToken);

    private async Task<IActionResult> HandleAsync(CancellationToken cancellationToken)
    {
        if (HttpContext.GetOpenIddictServerResponse() is { Error.Length: > 0 } failure)
        {
            return Show(failure.Error, failure.ErrorDescription);
        }

        var engine = HttpContext.Features.Get<OpenIddictServerAspNetCoreFeature>()?.Transaction;
        var request = HttpContext.GetOpenIddictServerRequest();
        if (engine is null || request is null)
        {
            return Show(Errors.InvalidRequest, "The request names no client.");
        }

        var transaction = engine.GetProperty<AuthorizationTransaction>(nameof(AuthorizationTransaction));
        var id = transaction?.Id ?? engine.PushedId() ?? Guid.CreateVersion7(time.GetUtcNow());
        if ((transaction is not null || engine.IsPushed()) && (completed.Contains(id) || await grants.ExistsAsync(id, cancellationToken)))
        {
            return Show(Errors.InvalidRequest, "This request was already answered.");
        }

        var session = await CurrentSessionAsync(cancellationToken);
        var facts = await FactsAsync(engine, request, transaction, session, id, cancellationToken);
        transaction ??= new AuthorizationTransaction(
            id, time.GetUtcNow(), session?.Stamp, engine.IsPushed(), AuthorizationTransactions.Parameters(request));
        switch (AuthorizationDecision.Decide(facts, time.GetUtcNow()))
        {
            case AuthorizationStep.Issue:
                completed.Add(id);
                if (engine.GetProperty<string>(AuthorizationFacts.ConsentDeclinedParameter) is null)
                {
                    // Whoever declines gives this answer nothing, whatever he gave the same client before; that stays for requests that it covers.
                    await consents.KeepAsync(request, session!, id, cancellationToken);
                }

                return SignIn(Subject(session!, id, request, [.. facts.Asked.SelectMany(a => a.Condition)]), Scheme);
            case AuthorizationStep.Refuse(var error, var description):
                return Refuse(error, description);
            case AuthorizationStep.ProvePresence:
                return ToPage(PresencePaths.Confirm, transaction, "", request);
            case AuthorizationStep.AskConsent:
                return ToPage(ConsentModel.Path, transaction, "", request);
            case AuthorizationStep.SignIn:
                return ToPage("/sign-in", transaction, request.LoginHint is { Length: <= 100 } hint ? $"&name={Uri.EscapeDataString(hint)}" : "", request);
            case AuthorizationStep.ChangePassword:
                return ToPage("/account/password", transaction, "", request);
            case AuthorizationStep.ShowSecondFactor:
                return ToPage(OfficialFactorModel.Path, transaction, "", request);
            case AuthorizationStep.Confirm:
                return ToPage("/account/confirm", transaction, "", request);
            case AuthorizationStep.StepUp(var level):
                return ToPage("/account/step-up", transaction, $"&level={AssuranceNames.Name(level)}", request);
            default:
                return ToPage("/account/acting", transaction, "", request);
        }
    }

    private async Task<Session?> CurrentSessionAsync(CancellationToken cancellationToken)
    {
        var cookie = await HttpContext.AuthenticateAsync(SessionCookie.Scheme);
        var session = cookie.Principal?.SessionId() is { } id ? await sessions.FindLiveAsync(id, cancellationToken) : null;
        if (session is { ActingMandateId: { } mandate } && await choices.BelievedAsync(session.AccountId, mandate, cancellationToken) is null)
        {
            // No code for a mandate that no token is made of: the person goes on, and chooses anew.
            await sessions.StopActingAsync(session, cancellationToken);
        }

        return session;
    }

    private async Task<AuthorizationFacts> FactsAsync(
        OpenIddictServerTransaction engine, OpenIddictRequest request, AuthorizationTransaction? transaction, Session? session, Guid id, CancellationToken cancellationToken)
    {
        var level = session is null ? null : await levels.OfAsync(session, ActingAs.Of(session), cancellationToken);
        return new()
        {
            Prompts = request.GetPromptValues().ToHashSet(StringComparer.Ordinal),
            MaxAge = long.TryParse((string?)request[Parameters.MaxAge], NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? seconds : null,
            Asked = AcrRequest.Of(request),
            Presence = session is null || PresenceDetail.Of(request) is null ? null
                : new PresenceFacts(await presence.IsProvenAsync(id, session, cancellationToken), engine.GetProperty<string>(AuthorizationFacts.PresenceDeclinedParameter) is not null),
            ConsentMissing = session is not null && engine.GetProperty<string>(AuthorizationFacts.ConsentDeclinedParameter) is null &&
                await consents.IsMissingAsync(request, session, cancellationToken),
            InitialPassword = session?.Account!.HasInitialPassword == true,
            SecondFactorMissing = session is not null && await officials.LacksSecondFactorAsync(session, cancellationToken),
            HintedSubject = engine.Hint()?.GetClaim(Claims.Subject),
            StartedAt = transaction?.StartedAt,
            StepUpDeclined = engine.GetProperty<string>(AuthorizationFacts.DeclinedParameter) is not null,
            ChoseSinceStart = transaction is not null && session is not null && transaction.SessionStamp != session.Stamp && session.ActingChosen,
            Session = session is null ? null : new SessionFacts(
            // As the client that asks knows the person: what another sector's client calls him is no hint from this one, and an answer to it would join the two.
            identifiers.SubjectOf(clients.Find(request.ClientId), session.AccountId),
            session.AuthenticatedAt,
            session.ActingChosen,
            level!.Effective,
            session.Account!.Kind == AccountKind.Person && await choices.AnyAsync(session.AccountId, cancellationToken),
            level.Ceiling,
            level.SignIn,
            level.Organisation is { } organisation && organisation < level.Own ? organisation : level.Own,
            session.ActingMandateId is not null && level.Organisation is { } top && top < AssuranceLevel.Intermediate ? top : AssuranceLevel.Intermediate),
        };
    }

    /// <summary>What the code carries: keys only; everything else is read when it is redeemed.</summary>
    private static ClaimsPrincipal Subject(Session session, Guid grant, OpenIddictRequest request, IReadOnlyList<AssuranceLevel> condition)
    {
        var identity = new ClaimsIdentity("yinxin");
        identity.SetClaim(Claims.Subject, session.AccountId.ToString())
            .SetClaim(ProtocolClaims.SessionId, session.Id.ToString())
            .SetClaim(ProtocolClaims.Grant, grant.ToString())
            .SetClaim(ProtocolClaims.ActingForId, session.ActingForId?.ToString())
            .SetClaim(ProtocolClaims.ActingMandateId, session.ActingMandateId?.ToString())
            .SetClaim(ProtocolClaims.AcrCondition, condition.Count > 0 ? string.Join(' ', condition.Select(AssuranceNames.Name)) : null);
        identity.SetScopes(request.GetScopes());
        return new ClaimsPrincipal(identity);
    }

    private ForbidResult Refuse(string error, string description) => Forbid(
        new AuthenticationProperties(new Dictionary<string, string?>
        {
            [OpenIddictServerAspNetCoreConstants.Properties.Error] = error,
            [OpenIddictServerAspNetCoreConstants.Properties.ErrorDescription] = description,
        }),
        Scheme);

    private LocalRedirectResult ToPage(string page, AuthorizationTransaction transaction, string further, OpenIddictRequest request)
    {
        var language = request.UiLocales?.Split(' ').Select(l => l.StartsWith("zh", StringComparison.OrdinalIgnoreCase) ? "zh-CN" : l.StartsWith("en", StringComparison.OrdinalIgnoreCase) ? "en" : null)
            .FirstOrDefault(l => l is not null);
        var tail = language is null ? "" : $"&lang={language}";
        return LocalRedirect($"{page}?ReturnUrl={Uri.EscapeDataString(transactions.Address(transaction))}{further}{tail}");
    }

    private PageResult Show(string? error, string? description)
    {
        Error = error;
        Description = description;
        Response.StatusCode = StatusCodes.Status400BadRequest;
        return Page();
    }
}
