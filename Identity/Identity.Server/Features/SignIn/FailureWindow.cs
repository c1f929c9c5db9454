using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;
using Yinxin.Identity.Server.Data;

namespace Yinxin.Identity.Server.Features.SignIn;

/// <summary>
/// Counts wrong passwords by address and in all, for all nodes in the database (<see cref="FailureCount"/>): it brakes floods, the per-name count guards accounts. Only a wrong one costs a
/// statement. What that answered is kept in this node's memory, and whether somebody has to wait is looked up there: a node learns what the others have counted by its own next wrong password, so each
/// node bears one more than the limit at most. A browser that the account knows is counted too, and not refused (<see cref="AttemptBrake"/>).
/// </summary>
internal sealed class FailureWindow(PersonalData personal, IOptions<SignInSettings> settings, TimeProvider time)
{
    private const int MostAddresses = 50_000;
    private static readonly TimeSpan AddressWindow = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan GlobalWindow = TimeSpan.FromMinutes(1);
    private readonly ConcurrentDictionary<string, (DateTimeOffset Start, int Count)> counts = new(StringComparer.Ordinal);

    public bool MustWait(IPAddress? address) =>
        Count(FailureCount.Everybody, GlobalWindow) >= settings.Value.WrongPasswordsPerMinute ||
        Count(Range(address), AddressWindow) >= settings.Value.WrongPasswordsPerAddress;

    /// <summary>A statement of its own, in no transaction: else the row of all would be held until its end.</summary>
    public async Task AddAsync(IdentityContext database, IPAddress? address, CancellationToken cancellationToken)
    {
        if (counts.Count > MostAddresses)
        {
            var full = time.GetUtcNow();
            foreach (var (known, value) in counts.Where(c => !IsOpen(c.Value.Start, AddressWindow, full)).ToList())
            {
                counts.TryRemove(new(known, value));
            }
        }

        // Here at once: the next guess does not wait for the database's answer, and what it fails to count was a guess all the same.
        var range = Range(address);
        Increment(FailureCount.Everybody, GlobalWindow);
        Increment(range, AddressWindow);
        var key = personal.Index(Purposes.Address, "wrong-guess:" + range);
        foreach (var counted in await FailureCount.AddAsync(database, key, AddressWindow, GlobalWindow, time.GetUtcNow(), cancellationToken))
        {
            if (counted.Key == key)
            {
                Remember(range, counted, AddressWindow);
            }
            else
            {
                Remember(FailureCount.Everybody, counted, GlobalWindow);
            }
        }
    }

    private int Count(string key, TimeSpan window) =>
        counts.TryGetValue(key, out var entry) && IsOpen(entry.Start, window, time.GetUtcNow()) ? entry.Count : 0;

    private void Increment(string key, TimeSpan window)
    {
        var now = time.GetUtcNow();
        counts.AddOrUpdate(key, (now, 1), (_, entry) => IsOpen(entry.Start, window, now) ? (entry.Start, entry.Count + 1) : (now, 1));
    }

    /// <summary>
    /// Answers may come in another order than the database has counted, and nodes whose clocks differ by more than the window begin the row anew in turn: the greater count of a window that is open
    /// here stays, so that each node has at least its own.
    /// </summary>
    private void Remember(string key, FailureCount counted, TimeSpan window)
    {
        var now = time.GetUtcNow();
        counts.AddOrUpdate(key, (counted.Start, counted.Count), (_, entry) =>
            !IsOpen(counted.Start, window, now) || (IsOpen(entry.Start, window, now) && entry.Count >= counted.Count) ? entry : (counted.Start, counted.Count));
    }

    /// <summary>In both directions, as the database judges: another node's clock may be ahead by some seconds, and what a wrong clock began in days to come is no window.</summary>
    private static bool IsOpen(DateTimeOffset start, TimeSpan window, DateTimeOffset now) => (now - start).Duration() <= window;

    /// <summary>One household or office is one IPv4 address or one IPv6 /64.</summary>
    public static string Range(IPAddress? address) => address switch
    {
        null => "unknown",
        { AddressFamily: AddressFamily.InterNetworkV6, IsIPv4MappedToIPv6: false } => Convert.ToHexString(address.GetAddressBytes().AsSpan(0, 8)),
        _ => address.MapToIPv4().ToString(),
    };

    /// <summary>Where one asker is to have little and may have many networks: one IPv4 address or one IPv6 /48, which is what a provider gives to one customer.</summary>
    public static string WideRange(IPAddress? address) => address is { AddressFamily: AddressFamily.InterNetworkV6, IsIPv4MappedToIPv6: false }
        ? Convert.ToHexString(address.GetAddressBytes().AsSpan(0, 6)) + "/48" : Range(address);
}
