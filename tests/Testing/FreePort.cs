using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Yinxin.Testing;

/// <summary>
/// Ports that nobody listens on. They lie below the range from which the system takes the ports of outgoing connections (32768 on Linux):
/// a port of that range may be taken between the question and its use.
/// </summary>
public static class FreePort
{
    /// <summary>Test projects run side by side, and a port may be asked for long before anybody listens there: <c>tests/run</c> gives each a part of its own, as <c>first-end</c>.</summary>
    private const string Part = "YINXIN_TEST_PORTS";

    private static readonly (int First, int End) Ports = OfThisProcess();

    // Those that were given no part begin elsewhere each.
    private static int next = Ports.First + (Environment.ProcessId * 211 % ((Ports.End - Ports.First) / 2));

    /// <summary>One port.</summary>
    public static int Next() => Range(1);

    /// <summary>The first of several consecutive ports.</summary>
    public static int Range(int count)
    {
        while (true)
        {
            var candidate = Interlocked.Add(ref next, count) - count;
            if (candidate + count > Ports.End)
            {
                Interlocked.Exchange(ref next, Ports.First);
                continue;
            }

            if (Enumerable.Range(candidate, count).All(IsFree))
            {
                return candidate;
            }
        }
    }

    private static (int First, int End) OfThisProcess()
    {
        var given = Environment.GetEnvironmentVariable(Part)?.Split('-');
        return given is [var first, var end] ? (int.Parse(first, CultureInfo.InvariantCulture), int.Parse(end, CultureInfo.InvariantCulture)) : (10_000, 32_000);
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var probe = new TcpListener(IPAddress.Loopback, port);
            probe.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
