using System.Security.Cryptography;

namespace Yinxin.Identity.Server.Features.DataKeys.Tables;

/// <summary>A row that opens under no key: somebody changed it. A change of keys stops at it and says where, for the former key must not be destroyed while anything may need it.</summary>
internal sealed class UnreadableRowException : Exception
{
    public UnreadableRowException()
    {
    }

    public UnreadableRowException(string place)
        : base(place)
    {
    }

    public UnreadableRowException(string place, Exception inner)
        : base(place, inner) => Place = place;

    /// <summary>Table and key of the row.</summary>
    public string Place { get; } = "";

    /// <summary>Runs what opens one row; says which row when it cannot be opened.</summary>
    public static async Task GuardAsync(string table, string key, Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (Exception e) when (e is CryptographicException or FormatException)
        {
            throw new UnreadableRowException($"{table}/{key}", e);
        }
    }
}
