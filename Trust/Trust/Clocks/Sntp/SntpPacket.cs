using System.Buffers.Binary;

namespace Yinxin.Trust.Clocks.Sntp;

/// <summary>The 48 bytes of an SNTP message (RFC 4330 §4), read from a server.</summary>
/// <param name="Leap">3 says that the server is not synchronised.</param>
/// <param name="Mode">4 is a server's.</param>
/// <param name="Stratum">1 to 15; 0 is a kiss of death (§8).</param>
/// <param name="RootDelay">Round trip to the primary source.</param>
/// <param name="RootDispersion">Largest error towards it.</param>
/// <param name="Originate">The client's own bytes, sent back.</param>
/// <param name="Receive">When the request came, by the server's clock.</param>
/// <param name="Transmit">When the answer left.</param>
internal sealed record SntpPacket(int Leap, int Mode, int Stratum, TimeSpan RootDelay, TimeSpan RootDispersion, ulong Originate, ulong Receive, ulong Transmit)
{
    public const int Length = 48;

    private const int ClientVersion4 = 0x23;
    private const double Fraction = 4294967296.0;
    private static readonly DateTimeOffset Epoch1900 = new(1900, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Epoch2036 = new(2036, 2, 7, 6, 28, 16, TimeSpan.Zero);

    /// <summary>A request; the transmit timestamp is random, so that only who saw the request can answer it (as NTP data minimization has it).</summary>
    public static byte[] Request(ulong random)
    {
        var packet = new byte[Length];
        packet[0] = ClientVersion4;
        BinaryPrimitives.WriteUInt64BigEndian(packet.AsSpan(40), random);
        return packet;
    }

    /// <summary>Reads an answer; what follows the 48 bytes (extension fields, a MAC) is not looked at. Null when it is shorter.</summary>
    public static SntpPacket? Read(ReadOnlySpan<byte> packet) => packet.Length < Length ? null : new SntpPacket(
        packet[0] >> 6, packet[0] & 7, packet[1],
        Short(packet[4..]), Short(packet[8..]),
        BinaryPrimitives.ReadUInt64BigEndian(packet[24..]), BinaryPrimitives.ReadUInt64BigEndian(packet[32..]), BinaryPrimitives.ReadUInt64BigEndian(packet[40..]));

    /// <summary>Seconds since 1900 when the highest bit is set, since 2036 when it is not (RFC 4330 §3).</summary>
    public static DateTimeOffset Time(ulong timestamp) =>
        (timestamp >> 63 == 1 ? Epoch1900 : Epoch2036) + TimeSpan.FromSeconds(timestamp / Fraction);

    /// <summary>The inverse of <see cref="Time"/>.</summary>
    public static ulong Timestamp(DateTimeOffset time) =>
        (ulong)((time - (time < Epoch2036 ? Epoch1900 : Epoch2036)).Ticks * (Int128)(1L << 32) / TimeSpan.TicksPerSecond);

    private static TimeSpan Short(ReadOnlySpan<byte> fixedPoint) => TimeSpan.FromSeconds(BinaryPrimitives.ReadUInt32BigEndian(fixedPoint) / 65536.0);
}
