using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Yinxin.Trust.Log;

/// <summary>
/// One entry: what happened when, to which subject and object, both as digests. It discloses nothing personal; the salt stays with the object's owner,
/// who proves with it which entry is his.
/// </summary>
/// <param name="Kind">Dotted name, e.g. <c>seal.used</c>.</param>
/// <param name="Time">When it happened; whole seconds are logged.</param>
/// <param name="Subject">Salted SHA-256 of the subject's reference, 32 bytes.</param>
/// <param name="ObjectDigest">SHA-256 of the object, 32 bytes: the certificate, the licence's PDF, the record of the use.</param>
public sealed record LogEntry(string Kind, DateTimeOffset Time, ReadOnlyMemory<byte> Subject, ReadOnlyMemory<byte> ObjectDigest)
{
    /// <summary>Longest kind.</summary>
    public const int LongestKind = 60;

    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss'Z'";

    /// <summary>SHA-256 over salt and reference. A salt has at least 16 bytes, so that references cannot be tried out.</summary>
    /// <exception cref="ArgumentException">The salt is too short.</exception>
    public static byte[] SubjectDigest(ReadOnlySpan<byte> salt, string reference) => salt.Length < 16
        ? throw new ArgumentException("A salt has at least 16 bytes.", nameof(salt))
        : SHA256.HashData([.. salt, .. Encoding.UTF8.GetBytes(reference)]);

    /// <summary>Whether a kind has the form that is logged: lower-case words with dots between them.</summary>
    public static bool IsKind(string? kind) => kind is { Length: > 0 and <= LongestKind } && char.IsAsciiLetter(kind[0]) && kind[^1] != '.'
        && !kind.Contains("..", StringComparison.Ordinal) && kind.All(c => c is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or '.');

    /// <summary>The logged bytes: JSON in canonical form (RFC 8785: names in order, no blanks).</summary>
    public byte[] Encode() => Encoding.ASCII.GetBytes(
        $$"""{"kind":"{{Kind}}","object":"{{Convert.ToHexStringLower(ObjectDigest.Span)}}","subject":"{{Convert.ToHexStringLower(Subject.Span)}}","time":"{{Time.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture)}}"}""");

    /// <summary>Reads logged bytes; only the form that <see cref="Encode"/> writes is an entry of ours.</summary>
    /// <exception cref="CryptographicException">Anything else.</exception>
    public static LogEntry Decode(ReadOnlySpan<byte> bytes)
    {
        try
        {
            var parts = Encoding.ASCII.GetString(bytes).Split('"');
            var entry = new LogEntry(
                parts[3], DateTimeOffset.ParseExact(parts[15], TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal),
                Convert.FromHexString(parts[11]), Convert.FromHexString(parts[7]));
            if (IsKind(entry.Kind) && entry.Subject.Length == MerkleHash.Length && entry.ObjectDigest.Length == MerkleHash.Length && bytes.SequenceEqual(entry.Encode()))
            {
                return entry;
            }
        }
        catch (Exception e) when (e is FormatException or IndexOutOfRangeException)
        {
            throw new CryptographicException("Not an entry of this kind of log.", e);
        }

        throw new CryptographicException("Not an entry of this kind of log.");
    }
}
