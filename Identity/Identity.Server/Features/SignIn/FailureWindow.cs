using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;

namespace Yinxin.Identity.Server.Features.SignIn;

/// <summary>
/// Counts wrong passwords of this node by address and in all. In memory: it brakes floods, the per-name count in the database guards accounts. A browser that the account knows is
/// counted too, and not refused (<see cref="AttemptBrake"/>).
/// </summary>
internal sealed class FailureWindow(IOptions<SignInSettings> settings, TimeProvider time)
{
    private const int MostAddresses = 50_000;
    private const string Everybody = "*";
    private static readonly TimeSpan AddressWindow = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan GlobalWindow = TimeSpan.FromMinutes(1);
    private readonly ConcurrentDictionary<string, (DateTimeOffset Start, int Count)> counts = new(StringComparer.Ordinal);

    public bool MustWait(IPAddress? address) =>
        Count(Everybody, GlobalWindow) >= settings.Value.WrongPasswordsPerMinute ||
        Count(Range(address), AddressWindow) >= settings.Value.WrongPasswordsPerAddress;

    public void Add(IPAddress? address)
    {
        if (counts.Count > MostAddresses)
        {
            var now = time.GetUtcNow();
            foreach (var (key, value) in counts.Where(c => now - c.Value.Start > AddressWindow).ToList())
            {
                counts.TryRemove(new(key, value));
            }
        }

        Increment(Everybody, GlobalWindow);
        Increment(Range(address), AddressWindow);
    }

    private int Count(string key, TimeSpan window) =>
        counts.TryGetValue(key, out var entry) && time.GetUtcNow() - entry.Start <= window ? entry.Count : 0;

    private void Increment(string key, TimeSpan window)
    {
        var now = time.GetUtcNow();
        counts.AddOrUpdate(key, (now, 1), (_, entry) => now - entry.Start > window ? (now, 1) : (entry.Start, entry.Count + 1));
    }

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
