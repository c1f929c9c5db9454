using Microsoft.EntityFrameworkCore;
using Yinxin.Seal.Server.Data;
using Yinxin.ServiceDefaults.Transparency;

namespace Yinxin.Seal.Server.Features.Uses;

/// <summary>Notes beside each use where the log has it.</summary>
internal sealed class UseReceipt(SealContext database) : ILogReceipt
{
    public async Task ReceiveAsync(string kind, string id, long index, CancellationToken cancellationToken)
    {
        if (kind == "seal.used" && Guid.TryParse(id, out var use))
        {
            await database.Uses.Where(u => u.Id == use).ExecuteUpdateAsync(set => set.SetProperty(u => u.LogIndex, index), cancellationToken);
        }
    }
}
