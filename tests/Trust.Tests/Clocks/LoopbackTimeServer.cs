using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Yinxin.Trust.Clocks.Sntp;

namespace Yinxin.Trust.Tests.Clocks;

/// <summary>An SNTP server on loopback that tells whatever a test wants.</summary>
internal sealed class LoopbackTimeServer : IDisposable
{
    private readonly Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly CancellationTokenSource stop = new();

    public LoopbackTimeServer()
    {
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        Answering = AnswerAsync();
    }

    public int Port => ((IPEndPoint)socket.LocalEndPoint!).Port;

    /// <summary>How far its clock is ahead.</summary>
    public TimeSpan Ahead { get; set; }

    /// <summary>Changes an answer before it is sent; null sends none.</summary>
    public Func<byte[], byte[]?> Change { get; set; } = answer => answer;

    private Task Answering { get; }

    public SntpSource Source(TimeProvider? time = null) => new("127.0.0.1", Port, TimeSpan.FromSeconds(5), time ?? TimeProvider.System);

    public void Dispose()
    {
        stop.Cancel();
        socket.Dispose();
        stop.Dispose();
    }

    private async Task AnswerAsync()
    {
        var buffer = new byte[512];
        while (!stop.IsCancellationRequested)
        {
            SocketReceiveFromResult received;
            try
            {
                received = await socket.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Loopback, 0), stop.Token);
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }

            var answer = new byte[SntpPacket.Length];
            answer[0] = 0x24;
            answer[1] = 2;
            buffer.AsSpan(40, 8).CopyTo(answer.AsSpan(24));
            var now = SntpPacket.Timestamp(DateTimeOffset.UtcNow + Ahead);
            BinaryPrimitives.WriteUInt64BigEndian(answer.AsSpan(32), now);
            BinaryPrimitives.WriteUInt64BigEndian(answer.AsSpan(40), now);
            if (Change(answer) is { } changed)
            {
                await socket.SendToAsync(changed, received.RemoteEndPoint, CancellationToken.None);
            }
        }
    }
}
