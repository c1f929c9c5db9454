namespace Yinxin.ServiceDefaults.Database;

/// <summary>What an app deletes of its own when it has served its purpose; registered as a scoped service and called every hour, on every node.</summary>
public interface IHousekeepingTask
{
    /// <summary>Deletes a few rows at a time, so that nobody waits for it. Throwing means: tried again in an hour.</summary>
    /// <param name="cancellationToken">The app stops.</param>
    Task SweepAsync(CancellationToken cancellationToken);
}
