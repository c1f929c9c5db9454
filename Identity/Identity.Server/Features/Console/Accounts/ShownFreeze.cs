using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;

namespace Yinxin.Identity.Server.Features.Console.Accounts;

/// <summary>A standing freeze as officials see it: a person who set it is not named, an official is.</summary>
/// <param name="Freeze">What stands.</param>
/// <param name="Official">The name of the official that set it; null where none did.</param>
internal sealed record ShownFreeze(StandingFreeze Freeze, string? Official)
{
    public static async Task<IReadOnlyList<ShownFreeze>> LoadAsync(IdentityContext database, IReadOnlyList<StandingFreeze> standing, CancellationToken cancellationToken)
    {
        var keys = standing.Select(Key).OfType<Guid>().Distinct().ToArray();
        var names = await database.StaffMembers.AsNoTracking().Where(s => keys.Contains(s.Id)).ToDictionaryAsync(s => s.Id, s => s.Name, cancellationToken);
        return [.. standing.Select(f => new ShownFreeze(f, Key(f) is { } key ? names.GetValueOrDefault(key) : null))];
    }

    private static Guid? Key(StandingFreeze freeze) => Guid.TryParse(freeze.SetBy, out var key) ? key : null;
}
