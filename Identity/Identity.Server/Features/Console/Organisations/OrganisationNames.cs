using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;

namespace Yinxin.Identity.Server.Features.Console.Organisations;

/// <summary>Organisations by the beginning of their name, in the order of an index: a page costs the same among a hundred and among a million, however many begin so.</summary>
internal static class OrganisationNames
{
    /// <param name="database">Where.</param>
    /// <param name="beginning">As the name is registered, letter by letter.</param>
    /// <param name="after">The last organisation of the page before.</param>
    public static IQueryable<Organisation> Beginning(IdentityContext database, string beginning, Organisation? after)
    {
        var order = ByteOrder.Of(database);
        var (from, behind) = (after?.Name ?? beginning, ByteOrder.Behind(beginning));
        var found = database.Organisations.AsNoTracking()
            .Where(o => EF.Functions.Collate(o.Name, order).CompareTo(from) >= 0 && EF.Functions.Collate(o.Name, order).CompareTo(behind) < 0);
        if (after is not null)
        {
            // Of one name several may have part of them on the page before.
            var key = after.Id;
            found = found.Where(o => EF.Functions.Collate(o.Name, order) != from || o.Id.CompareTo(key) > 0);
        }

        return found.OrderBy(o => EF.Functions.Collate(o.Name, order)).ThenBy(o => o.Id);
    }
}
