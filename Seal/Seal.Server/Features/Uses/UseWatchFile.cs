using System.Text.Json;
using Microsoft.Extensions.Options;
using Yinxin.ServiceDefaults.Settings;

namespace Yinxin.Seal.Server.Features.Uses;

/// <summary>What this node has verified of the transparency log, and its last alarm.</summary>
/// <param name="Origin">The log's name on its checkpoints.</param>
/// <param name="Keys">Its note keys.</param>
/// <param name="Size">Entries verified.</param>
/// <param name="Root">Root of their tree.</param>
/// <param name="Note">The verified checkpoint as it was served; empty before the first.</param>
/// <param name="Alarm">Why people must look; null while there never was an alarm.</param>
/// <param name="AlarmAt">When that was found.</param>
internal sealed record UseWatch(string Origin, IReadOnlyList<string> Keys, long Size, byte[] Root, byte[] Note, string? Alarm, DateTimeOffset? AlarmAt);

/// <summary>Keeps it in the data directory of each node: every node watches for itself, and none believes another's memory.</summary>
internal sealed class UseWatchFile(IOptions<AppSettings> app)
{
    private readonly string path = Path.Combine(app.Value.DataDirectory, "use-watch.json");

    /// <summary>What was kept; null before the first look.</summary>
    public async Task<UseWatch?> ReadAsync(CancellationToken cancellationToken) =>
        File.Exists(path) ? JsonSerializer.Deserialize<UseWatch>(await File.ReadAllBytesAsync(path, cancellationToken), JsonSerializerOptions.Web) : null;

    /// <summary>Whole or not at all: flushed under another name first.</summary>
    public async Task WriteAsync(UseWatch watch, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await using (var file = new FileStream(path + ".new", FileMode.Create, FileAccess.Write))
        {
            await JsonSerializer.SerializeAsync(file, watch, JsonSerializerOptions.Web, cancellationToken);
            file.Flush(flushToDisk: true);
        }

        File.Move(path + ".new", path, overwrite: true);
    }
}
