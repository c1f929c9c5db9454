using System.Net;
using System.Net.Sockets;

namespace Yinxin.Testing;

/// <summary>
/// Ports that nobody listens on. They lie below the range from which the system takes the ports of outgoing connections (32768 on Linux):
/// a port of that range may be taken between the question and its use.
/// </summary>
public static class FreePort
{
    private const int First = 10_000;
    private const int End = 32_000;

    // Test projects may run side by side: each begins elsewhere.
    private static int next = First + (Environment.ProcessId * 211 % (End - First));

    /// <summary>One port.</summary>
    public static int Next() => Range(1);

    /// <summary>The first of several consecutive ports.</summary>
    public static int Range(int count)
    {
        while (true)
        {
            var candidate = Interlocked.Add(ref next, count) - count;
            if (candidate + count > End)
            {
                Interlocked.Exchange(ref next, First);
                continue;
            }

            if (Enumerable.Range(candidate, count).All(IsFree))
            {
                return candidate;
            }
        }
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
