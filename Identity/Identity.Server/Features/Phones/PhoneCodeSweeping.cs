using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.ServiceDefaults.Database;

namespace Yinxin.Identity.Server.Features.Phones;

/// <summary>Forgets codes that count no more: what was sent a day ago holds nobody's budget of the day.</summary>
internal sealed class PhoneCodeSweeping(IdentityContext database, TimeProvider time) : IHousekeepingTask
{
    public const int DaysKept = 1;

    private const int Batch = 500;

    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        var day = time.GetUtcNow().AddDays(-DaysKept);

        // Keys begin with the moment of sending, so the oldest come first by them: a round reads no more rows than it may delete, however many there are.
        var oldest = database.PhoneCodes.OrderBy(c => c.Id).Select(c => c.Id);
        while (await database.PhoneCodes.Where(c => oldest.Take(Batch).Contains(c.Id) && c.SentAt < day).ExecuteDeleteAsync(cancellationToken) == Batch)
        {
        }
    }
}
