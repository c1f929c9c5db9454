using Yinxin.Trust.Log;

namespace Yinxin.Trust.Server.Features.Monitoring;

/// <summary>This node's own log as its files tell it: what everyone reads, not what the database remembers.</summary>
internal sealed class StoredLogSource(ITileStore files) : ILogSource
{
    public ValueTask<byte[]?> ReadAsync(string path, int largest, CancellationToken cancellationToken)
    {
        try
        {
            return ValueTask.FromResult(files.Read(path, largest));
        }
        catch (IOException e)
        {
            throw new LogFaultException(LogFault.Unreachable, $"{path}: {e.Message}", e);
        }
    }
}
