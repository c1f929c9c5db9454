using Microsoft.EntityFrameworkCore;
using Yinxin.Sandbox.Data;

namespace Yinxin.Sandbox.Features.Changes;

/// <summary>The registers follow from the seed; what changed since stands in the database and is entered again at each start.</summary>
internal sealed class ChangesAtStart(IServiceScopeFactory scopes, Registers.Registers registers) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        await foreach (var change in scope.ServiceProvider.GetRequiredService<SandboxContext>().Changes.AsNoTracking().OrderBy(c => c.Number).AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            Changes.Apply(change, registers);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
