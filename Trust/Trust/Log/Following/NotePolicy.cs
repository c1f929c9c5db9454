using System.Security.Cryptography;

namespace Yinxin.Trust.Log;

/// <summary>Whose signatures a checkpoint needs before its reader believes it.</summary>
/// <param name="LogKeys">At least one of them must have signed; none known means that nobody's signature is asked for.</param>
/// <param name="Witnesses">Keys of type <see cref="NoteAlgorithm.Cosignature"/>.</param>
/// <param name="Quorum">How many of the witnesses must have cosigned.</param>
public sealed record NotePolicy(IReadOnlyList<NoteVerifier> LogKeys, IReadOnlyList<NoteVerifier> Witnesses, int Quorum)
{
    /// <summary>Sorts keys by their kind; all witnesses must have cosigned unless a quorum is given.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The quorum is more than the witnesses, or negative.</exception>
    public static NotePolicy Of(IReadOnlyCollection<NoteVerifier> keys, int? quorum = null)
    {
        List<NoteVerifier> witnesses = [.. keys.Where(k => k.Algorithm == NoteAlgorithm.Cosignature).DistinctBy(k => (k.Name, k.KeyId))];
        return quorum is { } wanted && (wanted < 0 || wanted > witnesses.Count)
            ? throw new ArgumentOutOfRangeException(nameof(quorum), $"There are {witnesses.Count} witnesses.")
            : new NotePolicy([.. keys.Where(k => k.Algorithm != NoteAlgorithm.Cosignature)], witnesses, quorum ?? witnesses.Count);
    }

    /// <summary>Reads a checkpoint and demands its signatures.</summary>
    /// <param name="note">The served bytes.</param>
    /// <returns>The head, and the keys that signed it.</returns>
    /// <exception cref="LogFaultException">Malformed, unsigned, wrongly signed, or with too few cosignatures.</exception>
    public (Checkpoint Head, IReadOnlyList<NoteVerifier> SignedBy) Open(ReadOnlySpan<byte> note)
    {
        var (signed, head) = Parse(note);
        NoteVerifier[] known = [.. LogKeys, .. Witnesses];
        IReadOnlyList<NoteSignature> signatures;
        try
        {
            signatures = signed.Verify(known);
        }
        catch (CryptographicException e)
        {
            throw new LogFaultException(LogFault.Signature, e.Message, e);
        }

        List<NoteVerifier> signedBy = [.. known.Where(k => signatures.Any(k.Made))];
        if (LogKeys.Count > 0 && !signedBy.Intersect(LogKeys).Any())
        {
            throw new LogFaultException(LogFault.Signature, "None of the known keys signed the checkpoint.");
        }

        var cosigned = signedBy.Intersect(Witnesses).Count();
        return cosigned >= Quorum ? (head, signedBy) : throw new LogFaultException(LogFault.Cosignature, $"{cosigned} witnesses cosigned the checkpoint, {Quorum} are needed.");
    }

    private static (SignedNote Note, Checkpoint Head) Parse(ReadOnlySpan<byte> note)
    {
        try
        {
            var signed = SignedNote.Parse(note);
            return (signed, Checkpoint.Parse(signed.Text));
        }
        catch (CryptographicException e)
        {
            throw new LogFaultException(LogFault.Malformed, e.Message, e);
        }
    }
}
