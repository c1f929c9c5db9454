using Yinxin.Identity.Server.Features.Clients;
using Yinxin.Identity.Server.Features.Protocol.Authorize;

namespace Yinxin.Identity.Server.Features.Presence;

/// <summary>A request of an application that waits for presence.</summary>
/// <param name="Id">The request's key, and that of the grant which comes of it.</param>
/// <param name="Address">Where it goes on; nothing of a page's own.</param>
/// <param name="Detail">What is confirmed.</param>
/// <param name="ClientId">Who asks.</param>
/// <param name="Application">How people know them.</param>
internal sealed record AskedPresence(Guid Id, string Address, PresenceDetail Detail, string ClientId, string Application);

/// <summary>Reads out of an address what is to be confirmed.</summary>
internal sealed class AskedPresences(AuthorizationTransactions transactions, ClientCatalogue clients)
{
    /// <returns>Null for any other address, and when the request took too long.</returns>
    public AskedPresence? Of(string? address) =>
        transactions.Of(address) is { } request && transactions.ClientOf(address) is { } client && clients.Find(client) is { } registered &&
        PresenceDetail.Of(AuthorizationTransactions.RequestOf(request)) is { } detail
            ? new AskedPresence(request.Id, address!.Split('&')[0], detail, client, registered.DisplayName)
            : null;
}
