using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Yinxin.Trust.Log;

/// <summary>A text with signature lines under it (C2SP signed-note).</summary>
/// <param name="Text">The signed text with its last newline.</param>
/// <param name="Signatures">The lines, in order.</param>
public sealed record SignedNote(string Text, IReadOnlyList<NoteSignature> Signatures)
{
    /// <summary>Bytes of the largest note that is read.</summary>
    public const int Largest = 256 * 1024;

    /// <summary>Most signature lines that are read (the specification demands at least 16).</summary>
    public const int MostSignatures = 100;

    private const string LineStart = "— ";
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Signs a text.</summary>
    public static SignedNote Sign(string text, IEnumerable<INoteSigner> signers) => new(text, [.. signers.Select(s => s.Sign(text))]);

    /// <summary>Reads a note; verifies nothing.</summary>
    /// <exception cref="CryptographicException">Not a note, or larger than is read.</exception>
    public static SignedNote Parse(ReadOnlySpan<byte> note)
    {
        var all = note.Length <= Largest ? Decode(note) : throw new CryptographicException("The note is too large.");
        var split = all.LastIndexOf("\n\n", StringComparison.Ordinal);
        if (split < 0 || !all.EndsWith('\n') || all.Any(c => c < ' ' && c != '\n'))
        {
            throw new CryptographicException("A note is a text, an empty line and signature lines.");
        }

        return new SignedNote(all[..(split + 1)], ParseLines(all[(split + 2)..]));
    }

    /// <summary>Reads signature lines without their text, as a witness answers them.</summary>
    /// <exception cref="CryptographicException">A line of another form, none, or too many.</exception>
    public static IReadOnlyList<NoteSignature> ParseLines(string lines)
    {
        var split = lines.Split('\n');
        if (split.Length - 1 is < 1 or > MostSignatures || split[^1].Length > 0)
        {
            throw new CryptographicException($"A note has 1 to {MostSignatures} signature lines.");
        }

        return [.. split[..^1].Select(ParseLine)];
    }

    /// <summary>The signatures that known keys made. A known key's signature that is wrong makes the note void; unknown keys are ignored.</summary>
    /// <exception cref="CryptographicException">A signature that names a known key does not verify.</exception>
    public IReadOnlyList<NoteSignature> Verify(IReadOnlyCollection<NoteVerifier> known)
    {
        var verified = new List<NoteSignature>();
        foreach (var signature in Signatures)
        {
            if (known.FirstOrDefault(k => k.Made(signature)) is not { } key)
            {
                continue;
            }

            verified.Add(key.Verify(Text, signature.Signature.Span)
                ? signature
                : throw new CryptographicException($"The signature of {signature.Name} does not verify."));
        }

        return verified;
    }

    /// <summary>The note as bytes.</summary>
    public byte[] Encode() => Encoding.UTF8.GetBytes($"{Text}\n{string.Concat(Signatures.Select(s => s.Line))}");

    private static string Decode(ReadOnlySpan<byte> note)
    {
        try
        {
            return Strict.GetString(note);
        }
        catch (ArgumentException e)
        {
            throw new CryptographicException("The note is not UTF-8.", e);
        }
    }

    private static NoteSignature ParseLine(string line)
    {
        var parts = line.StartsWith(LineStart, StringComparison.Ordinal) ? line[LineStart.Length..].Split(' ') : [];
        if (parts.Length != 2 || !NoteKeyName.IsValid(parts[0]) || !StrictBase64.TryDecode(parts[1], out var bytes) || bytes.Length < 5)
        {
            throw new CryptographicException("Not a signature line of a note.");
        }

        return new NoteSignature(parts[0], BinaryPrimitives.ReadUInt32BigEndian(bytes), bytes.AsMemory(4));
    }
}

/// <summary>One signature line.</summary>
/// <param name="Name">Name of the key.</param>
/// <param name="KeyId">Together with the name it says which key and algorithm.</param>
/// <param name="Signature">What the algorithm made.</param>
public sealed record NoteSignature(string Name, uint KeyId, ReadOnlyMemory<byte> Signature)
{
    /// <summary>The line with its newline.</summary>
    public string Line
    {
        get
        {
            var bytes = new byte[4 + Signature.Length];
            BinaryPrimitives.WriteUInt32BigEndian(bytes, KeyId);
            Signature.CopyTo(bytes.AsMemory(4));
            return $"— {Name} {Convert.ToBase64String(bytes)}\n";
        }
    }
}

/// <summary>The rule for names of note keys.</summary>
internal static class NoteKeyName
{
    public static bool IsValid(string name) => name.Length is > 0 and <= 255 && !name.Any(c => c == '+' || c < ' ' || char.IsWhiteSpace(c));
}
