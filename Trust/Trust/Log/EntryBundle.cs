using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Yinxin.Trust.Log;

/// <summary>Up to 256 entries, each behind its length in two bytes, big-endian (C2SP tlog-tiles, «Log entries»).</summary>
public static class EntryBundle
{
    /// <summary>Bytes of the longest entry.</summary>
    public const int LongestEntry = ushort.MaxValue;

    /// <summary>Bytes of the largest bundle.</summary>
    public const int Largest = TileAddress.FullWidth * (2 + LongestEntry);

    /// <summary>Puts entries together.</summary>
    /// <exception cref="ArgumentException">An entry is too long.</exception>
    public static byte[] Encode(IReadOnlyCollection<ReadOnlyMemory<byte>> entries)
    {
        var bundle = new byte[entries.Sum(e => 2 + e.Length)];
        var position = 0;
        foreach (var entry in entries)
        {
            if (entry.Length > LongestEntry)
            {
                throw new ArgumentException("An entry has at most 65535 bytes.", nameof(entries));
            }

            BinaryPrimitives.WriteUInt16BigEndian(bundle.AsSpan(position), (ushort)entry.Length);
            entry.Span.CopyTo(bundle.AsSpan(position + 2));
            position += 2 + entry.Length;
        }

        return bundle;
    }

    /// <summary>Reads a bundle; of one that has been filled since, the full one serves as well.</summary>
    /// <exception cref="CryptographicException">It is not there or does not hold as many entries as it should.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static IReadOnlyList<ReadOnlyMemory<byte>> Read(ITileSource source, TileAddress address)
    {
        if (source.Read(address.Path, Largest) is { } content)
        {
            return Decode(content, address.Width);
        }

        var full = address with { Width = TileAddress.FullWidth };
        return address.IsFull || source.Read(full.Path, Largest) is not { } filled
            ? throw new CryptographicException($"{address.Path} is missing.")
            : [.. Decode(filled, full.Width).Take(address.Width)];
    }

    /// <summary>Bytes that the first entries of a well-formed bundle take.</summary>
    internal static int LengthOf(ReadOnlyMemory<byte> bundle, int count)
    {
        var position = 0;
        for (var i = 0; i < count; i++)
        {
            position += 2 + BinaryPrimitives.ReadUInt16BigEndian(bundle.Span[position..]);
        }

        return position;
    }

    /// <summary>Takes a bundle apart.</summary>
    /// <param name="bundle">All of it.</param>
    /// <param name="count">How many entries it must hold.</param>
    /// <exception cref="CryptographicException">More or fewer entries, or one that is cut off.</exception>
    public static IReadOnlyList<ReadOnlyMemory<byte>> Decode(ReadOnlyMemory<byte> bundle, int count)
    {
        var entries = new List<ReadOnlyMemory<byte>>(Math.Clamp(count, 0, TileAddress.FullWidth));
        var position = 0;
        while (position < bundle.Length && entries.Count < count)
        {
            var length = position + 2 <= bundle.Length ? BinaryPrimitives.ReadUInt16BigEndian(bundle.Span[position..]) : int.MaxValue;
            if (length > bundle.Length - position - 2)
            {
                throw new CryptographicException("An entry of the bundle is cut off.");
            }

            entries.Add(bundle.Slice(position + 2, length));
            position += 2 + length;
        }

        return position == bundle.Length && entries.Count == count
            ? entries
            : throw new CryptographicException($"The bundle does not hold exactly {count} entries.");
    }
}
