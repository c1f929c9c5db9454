namespace Yinxin.Trust.Log;

/// <summary>How a note key signs.</summary>
public enum NoteAlgorithm
{
    /// <summary>Ed25519 over the text, type 0x01 (C2SP signed-note).</summary>
    Ed25519,

    /// <summary>ECDSA with SHA-256 over the text, on P-256, P-384 or P-521, type 0x02 (C2SP signed-note); of foreign logs only.</summary>
    Ecdsa,

    /// <summary>A witness's timestamped Ed25519 signature, type 0x04 (C2SP tlog-cosignature).</summary>
    Cosignature,

    /// <summary>SM2 with SM3 over the text, our own: type 0xff, which the specification leaves for such, and a long identifier.</summary>
    Sm2,
}
