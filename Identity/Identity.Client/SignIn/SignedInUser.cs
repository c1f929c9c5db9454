using System.Security.Claims;
using System.Text.Json;
using System.Text.Json.Serialization;
using Yinxin.Identity.Client.Assurance;
using Yinxin.Identity.Client.Mandates;

namespace Yinxin.Identity.Client.SignIn;

/// <summary>Who signs in: a citizen, a citizen for an organisation, an official.</summary>
public enum UserKind
{
    /// <summary>自然人, for themselves.</summary>
    Person,

    /// <summary>A person who acts for a 法人 (see <see cref="SignedInUser.ActingFor"/>).</summary>
    Organisation,

    /// <summary>政务工作人员.</summary>
    Staff,
}

/// <summary>An organisation by its unified social credit code (GB 32100) and name.</summary>
/// <param name="Uscc">18 characters.</param>
/// <param name="Name">Registered name.</param>
public sealed record NamedOrganisation(
    [property: JsonPropertyName("uscc")] string Uscc,
    [property: JsonPropertyName("name")] string Name);

/// <summary>For whom the person acts, and in what capacity.</summary>
/// <param name="Organisation">The organisation.</param>
/// <param name="Relation"><c>legal_representative</c> or <c>agent</c>.</param>
/// <param name="Assurance">The organisation's own level: <c>primary</c> or <c>intermediate</c>.</param>
public sealed record ActingFor(
    [property: JsonPropertyName("organisation")] NamedOrganisation Organisation,
    [property: JsonPropertyName("relation")] string Relation,
    [property: JsonPropertyName("assurance")] string Assurance)
{
    /// <summary>The most that an agent's session could be raised to, e.g. <c>primary</c>; null for a legal representative, and in a token of the release before. See <see cref="SignedInUser.Ceiling"/>.</summary>
    [JsonPropertyName("ceiling")]
    public string? Ceiling { get; init; }

    /// <summary>The mandate of an agent; null for a legal representative.</summary>
    [JsonPropertyName("mandate")]
    public HeldMandate? Mandate { get; init; }

    /// <summary>Whether the person acts under a mandate. Everything but the legal representative counts as that, so that an unknown relation has no power of its own.</summary>
    [JsonIgnore]
    public bool IsAgent => Relation != "legal_representative";
}

/// <summary>Who acts when the token is used for another (RFC 8693 §4.1).</summary>
/// <param name="Subject">The acting person, the same as the token's <c>sub</c>.</param>
/// <param name="Acr">What this person reaches for themselves.</param>
/// <param name="Before">Who passed the mandate on; one step at most.</param>
public sealed record Actor(
    [property: JsonPropertyName("sub")] string Subject,
    [property: JsonPropertyName("acr")] string? Acr,
    [property: JsonPropertyName("act")] Actor? Before);

/// <summary>The person behind a request, from the app's cookie or from an access token alike.</summary>
/// <param name="Subject"><c>sub</c>: stable, carries no meaning.</param>
/// <param name="Kind">Person, for an organisation, staff.</param>
/// <param name="Name">Name to show.</param>
/// <param name="Level">What this session proves now, never Advanced, which belongs to one transaction (<see cref="Presence.PresenceGate"/>); when acting for an organisation, no more than that organisation has.</param>
/// <param name="ActingFor">Set when acting for an organisation.</param>
/// <param name="Department">Set for staff.</param>
/// <param name="Roles">Roles of staff, e.g. <c>case-handler</c>.</param>
/// <param name="SessionId"><c>sid</c> of the sign-in.</param>
public sealed record SignedInUser(
    string Subject,
    UserKind Kind,
    string Name,
    AssuranceLevel Level,
    ActingFor? ActingFor,
    NamedOrganisation? Department,
    IReadOnlyList<string> Roles,
    string SessionId)
{
    /// <summary>Set when acting for an organisation: the acting person, and who passed the mandate on to them.</summary>
    public Actor? Actor { get; init; }

    /// <summary>
    /// What the acting person and the organisation reach without the cap that a mandate puts on <see cref="Level"/>: for acts that ask who
    /// sits at the screen, as paying does, and not how high a matter stands.
    /// </summary>
    public AssuranceLevel LevelWithoutCap { get; init; } = Level;

    /// <summary>
    /// The most that <see cref="Level"/> could be raised to: what lies above it no step-up helps to. A token of the release before does not say an agent's; then it is the cap of the built-in
    /// policy, or what is reached already.
    /// </summary>
    public AssuranceLevel Ceiling => ActingFor is not { IsAgent: true } acting ? AssuranceLevel.Intermediate
        : acting.Ceiling is { } told ? AssuranceClaim.ParseName(told)
        : Level > AssuranceLevel.Primary ? Level : AssuranceLevel.Primary;

    /// <summary>Reads the claims; null for a visitor or for a service's token.</summary>
    public static SignedInUser? From(ClaimsPrincipal principal)
    {
        if (principal.FindFirstValue("sub") is not { } subject || principal.FindFirstValue("kind") is not { } kind)
        {
            return null;
        }

        var acting = Json<ActingFor>(principal, "act_for");
        var actor = Json<Actor>(principal, "act");
        var level = AssuranceClaim.OfSession(principal);
        return new SignedInUser(
            subject,
            kind switch { "staff" => UserKind.Staff, "organisation" => UserKind.Organisation, _ => UserKind.Person },
            principal.FindFirstValue("name") ?? "",
            level,
            acting,
            Json<NamedOrganisation>(principal, "department"),
            [.. principal.FindAll("role").Select(c => c.Value)],
            principal.FindFirstValue("sid") ?? "")
        {
            Actor = actor,
            LevelWithoutCap = acting is { IsAgent: true } ? Lower(AssuranceClaim.Parse(actor?.Acr), AssuranceClaim.ParseName(acting.Assurance)) : level,
        };
    }

    private static AssuranceLevel Lower(AssuranceLevel a, AssuranceLevel b) => a < b ? a : b;

    /// <summary>Whether an official holds the role.</summary>
    public bool HasRole(string role) => Roles.Contains(role, StringComparer.Ordinal);

    private static T? Json<T>(ClaimsPrincipal principal, string claim)
        where T : class => principal.FindFirstValue(claim) is { } text ? JsonSerializer.Deserialize<T>(text) : null;
}

/// <summary>Short ways to the person behind a request.</summary>
public static class SignedInUserExtensions
{
    /// <summary>The person, or null for a visitor.</summary>
    public static SignedInUser? SignedInUser(this ClaimsPrincipal principal) => SignIn.SignedInUser.From(principal);

    /// <summary>The person, where the endpoint demands one.</summary>
    /// <exception cref="InvalidOperationException">Nobody is signed in: the endpoint lacks an authorization requirement.</exception>
    public static SignedInUser RequireSignedInUser(this ClaimsPrincipal principal) =>
        SignIn.SignedInUser.From(principal) ?? throw new InvalidOperationException("Nobody is signed in.");
}
