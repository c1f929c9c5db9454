using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Yinxin.Trust.Clocks.Sntp;

/// <summary>A time server over UDP (RFC 4330; the checks of RFC 5905 appendix A.5.1.1 that a client can make). It is not authenticated: use several, of the own network, with a quorum.</summary>
/// <param name="host">Name or address.</param>
/// <param name="port">123 as a rule.</param>
/// <param name="timeout">How long an answer is waited for.</param>
/// <param name="time">The system's clock.</param>
public sealed class SntpSource(string host, int port, TimeSpan timeout, TimeProvider time) : IClockSource
{
    /// <inheritdoc/>
    public string Name => FormattableString.Invariant($"sntp {host}:{port}");

    /// <inheritdoc/>
    public async Task<ClockComparison> CompareAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(timeout);
        try
        {
            return await AskAsync(limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return ClockComparison.Failed(Name, "no answer in time");
        }
        catch (SocketException e)
        {
            return ClockComparison.Failed(Name, e.Message);
        }
    }

    private async Task<ClockComparison> AskAsync(CancellationToken cancellationToken)
    {
        var addresses = IPAddress.TryParse(host, out var literal) ? [literal] : await Dns.GetHostAddressesAsync(host, cancellationToken).ConfigureAwait(false);
        if (addresses is not [var address, ..])
        {
            return ClockComparison.Failed(Name, "the name has no address");
        }

        using var socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        // Connected, so that the system drops what others send.
        await socket.ConnectAsync(address, port, cancellationToken).ConfigureAwait(false);
        var random = BinaryPrimitives.ReadUInt64BigEndian(RandomNumberGenerator.GetBytes(8));
        var (sent, started) = (time.GetUtcNow(), time.GetTimestamp());
        await socket.SendAsync(SntpPacket.Request(random), cancellationToken).ConfigureAwait(false);
        var buffer = new byte[512];
        while (true)
        {
            var length = await socket.ReceiveAsync(buffer, cancellationToken).ConfigureAwait(false);
            var elapsed = time.GetElapsedTime(started);
            if (SntpPacket.Read(buffer.AsSpan(0, length)) is { } answer && answer.Originate == random)
            {
                return Judge(answer, sent, elapsed);
            }
        }
    }

    /// <summary>RFC 4330 §5: offset ((T2 − T1) + (T3 − T4)) / 2, delay (T4 − T1) − (T3 − T2).</summary>
    private ClockComparison Judge(SntpPacket answer, DateTimeOffset sent, TimeSpan elapsed)
    {
        if (answer.Mode != 4 || answer.Leap == 3 || answer.Stratum is 0 or > 15 || answer.Transmit == 0 || answer.Receive == 0)
        {
            return ClockComparison.Failed(Name, "the server says that it does not know the time");
        }

        var (received, transmitted) = (SntpPacket.Time(answer.Receive), SntpPacket.Time(answer.Transmit));
        var delay = elapsed - (transmitted - received);
        if (transmitted < received || delay < TimeSpan.Zero)
        {
            return ClockComparison.Failed(Name, "the server's times contradict each other");
        }

        var offset = ((received - sent) + (transmitted - (sent + elapsed))) / 2;
        return new ClockComparison(Name, offset, (delay / 2) + (answer.RootDelay / 2) + answer.RootDispersion);
    }
}
