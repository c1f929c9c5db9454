using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Tests.Hosting;

namespace Yinxin.Identity.Tests.Mandates;

/// <summary>Somebody who writes to the tables of mandates himself and has no key.</summary>
internal static class MandateForger
{
    public static Task EditAsync(IdentityFixture identity, Guid mandate, Action<Mandate> edit) =>
        InAsync(identity, async database => edit(await database.Mandates.FirstAsync(m => m.Id == mandate)));

    public static Task EditStepAsync(IdentityFixture identity, Guid mandate, int sequence, Action<MandateEvent> edit) =>
        InAsync(identity, async database => edit(await database.MandateEvents.FirstAsync(e => e.MandateId == mandate && e.Sequence == sequence)));

    public static Task RemoveStepAsync(IdentityFixture identity, Guid mandate, int sequence) =>
        InAsync(identity, async database => database.Remove(await database.MandateEvents.FirstAsync(e => e.MandateId == mandate && e.Sequence == sequence)));

    /// <summary>The mandate with all its records.</summary>
    public static Task RemoveAsync(IdentityFixture identity, Guid mandate) => InAsync(identity, async database =>
    {
        database.RemoveRange(await database.MandateEvents.Where(e => e.MandateId == mandate).ToListAsync());
        database.Remove(await database.Mandates.FirstAsync(m => m.Id == mandate));
    });

    public static Task AddStepAsync(IdentityFixture identity, MandateEvent step) => InAsync(identity, database =>
    {
        database.Add(step);
        return Task.CompletedTask;
    });

    /// <summary>The record of one step in the place of another's: what is encrypted for the one column opens in every row of it.</summary>
    public static Task SwapRecordAsync(IdentityFixture identity, Guid mandate, int from, int to) => InAsync(identity, async database =>
    {
        var steps = await database.MandateEvents.Where(e => e.MandateId == mandate).ToListAsync();
        steps.Single(e => e.Sequence == to).RecordCipher = steps.Single(e => e.Sequence == from).RecordCipher;
    });

    /// <summary>Rows like the given one, of which nothing is recorded.</summary>
    public static async Task<List<Guid>> CopyAsync(IdentityFixture identity, Guid mandate, int count)
    {
        List<Guid> made = [];
        await InAsync(identity, async database =>
        {
            for (var i = 1; i <= count; i++)
            {
                var copy = await database.Mandates.AsNoTracking().FirstAsync(m => m.Id == mandate);
                copy.Id = Guid.CreateVersion7(identity.Time.GetUtcNow().AddSeconds(i));
                database.Add(copy);
                made.Add(copy.Id);
            }
        });
        return made;
    }

    private static async Task InAsync(IdentityFixture identity, Func<IdentityContext, Task> work)
    {
        await using var scope = identity.Services.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<IdentityContext>();
        await work(database);
        await database.SaveChangesAsync();
    }
}
