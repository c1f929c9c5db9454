using Microsoft.EntityFrameworkCore;
using Yinxin.Seal.Server.Data;
using Yinxin.ServiceDefaults.Tokens;

namespace Yinxin.Seal.Server.Features.Making;

/// <summary>GET /api/seals?owner=: the seals of a body, with their pictures.</summary>
internal static class ListSeals
{
    public static void Map(WebApplication app) => app.MapGet("/api/seals", async (string owner, SealContext database, CancellationToken cancellationToken) =>
        (await database.Seals.AsNoTracking().Where(s => s.Owner == owner).OrderBy(s => s.EsId).ToListAsync(cancellationToken)).Select(s => SealView.Of(s, withPicture: true)))
        .RequireAuthorization(ApiTokens.Scope("seal.apply"));
}
