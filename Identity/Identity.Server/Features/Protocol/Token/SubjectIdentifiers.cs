using Yinxin.Identity.Server.Data;

namespace Yinxin.Identity.Server.Features.Protocol.Token;

/// <summary>
/// What a client calls a person and a session. The platform's own clients, and those with a scope of its APIs, say the account's and the session's keys: cases, bills and licences must mean the
/// same person. Any other client has identifiers of its sector (OIDC Core §8.1: pairwise), so that two of them cannot put together what they know.
/// </summary>
internal sealed class SubjectIdentifiers(PersonalData personal)
{
    /// <summary><c>sub</c>, of a person who acts too; the same for as long as the account and the sector are.</summary>
    public string SubjectOf(Client? client, Guid account) => Of(client, Purposes.SectorSubject, account);

    /// <summary><c>sid</c>: the session is one for all clients, and would join what a pairwise <c>sub</c> keeps apart.</summary>
    public string SessionOf(Client? client, Guid session) => Of(client, Purposes.SectorSession, session);

    /// <summary>Of the mandate acted under, which has one agent. Its key is no account's, so neither is ever taken for the other.</summary>
    public string MandateOf(Client? client, Guid mandate) => Of(client, Purposes.SectorSubject, mandate);

    /// <summary>Of a check that bears a verified claim, by its key or its receipt: either is one person's alone.</summary>
    public string CheckOf(Client? client, string check) => Of(client, Purposes.SectorCheck, check);

    private string Of(Client? client, string purpose, Guid id) => Of(client, purpose, id.ToString("D"));

    private string Of(Client? client, string purpose, string name) => client?.SectorIdentifier is { } sector ? personal.PassingIndex(purpose, sector + "\n" + name) : name;
}
