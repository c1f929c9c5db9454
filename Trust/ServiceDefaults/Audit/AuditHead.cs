using System.Text.Json;

namespace Yinxin.ServiceDefaults.Audit;

/// <summary>
/// Where the audit had come to a moment ago, kept in the app's directory and so outside the database: a chain whose newest records were cut off, or that was emptied, holds in itself.
/// </summary>
/// <param name="Database">The database's name, so that the head of another is not held against this one.</param>
/// <param name="Sequence">The chain has at least this record.</param>
/// <param name="Hash">And this is its hash.</param>
/// <param name="At">When it was noted.</param>
public sealed record AuditHead(string Database, long Sequence, string Hash, DateTimeOffset At)
{
    /// <summary>Name of the file in the app's directory.</summary>
    public const string FileName = "audit-head.json";

    /// <summary>Reads a head.</summary>
    /// <returns>Null when there is no file.</returns>
    /// <exception cref="InvalidDataException">The file holds something else.</exception>
    public static AuditHead? Read(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize<AuditHead>(File.ReadAllBytes(path), JsonSerializerOptions.Web) is { Database: not null, Hash: not null } head ? head
                : throw new InvalidDataException($"{path} is no head of an audit.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path} is no head of an audit.", e);
        }
    }

    /// <summary>Beside the former one and then in its place: a crash leaves one of the two, whole.</summary>
    public void Write(string path)
    {
        var beside = $"{path}.{Guid.NewGuid():N}";
        using (var file = new FileStream(beside, FileMode.CreateNew, FileAccess.Write))
        {
            file.Write(JsonSerializer.SerializeToUtf8Bytes(this, JsonSerializerOptions.Web));
            file.Flush(flushToDisk: true);
        }

        File.Move(beside, path, overwrite: true);
    }
}
