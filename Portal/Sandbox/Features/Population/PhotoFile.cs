using System.Collections.Concurrent;
using Microsoft.Extensions.Options;

namespace Yinxin.Sandbox.Features.Population;

/// <summary>Photos given by testers, in memory only; and those of a configured folder.</summary>
internal sealed class PhotoFile(IOptions<SandboxSettings> settings)
{
    private const int Largest = 64 * 1024;
    private const int Most = 200;
    private readonly ConcurrentDictionary<string, byte[]> given = new(StringComparer.Ordinal);

    /// <param name="idNumber">Of somebody in the register, so that it is no path.</param>
    public byte[]? Find(string idNumber)
    {
        if (given.TryGetValue(idNumber, out var photo))
        {
            return photo;
        }

        var path = settings.Value.PhotoDirectory is { } directory ? Path.Combine(directory, idNumber + ".jpg") : null;
        return path is not null && new FileInfo(path) is { Exists: true, Length: <= Largest } ? File.ReadAllBytes(path) : null;
    }

    public bool TryKeep(string idNumber, byte[] photo)
    {
        if (photo is not [0xFF, 0xD8, ..] || photo.Length > Largest || given.Count >= Most)
        {
            return false;
        }

        given[idNumber] = photo;
        return true;
    }
}
