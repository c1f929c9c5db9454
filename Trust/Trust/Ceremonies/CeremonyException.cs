using System.Security.Cryptography;

namespace Yinxin.Trust.Ceremonies;

/// <summary>A step of the ceremony is refused; nothing was changed. The code is stable; no message holds a key or a share.</summary>
public sealed class CeremonyException : CryptographicException
{
    /// <summary>Fewer shares than the threshold.</summary>
    public const string FewShares = "ceremony.shares.few";

    /// <summary>A share is malformed, changed, or does not open the key.</summary>
    public const string ChangedShare = "ceremony.shares.changed";

    /// <summary>A share belongs to another splitting of a key.</summary>
    public const string ForeignShare = "ceremony.shares.foreign";

    /// <summary>The number of custodians and the threshold do not fit.</summary>
    public const string Threshold = "ceremony.threshold";

    /// <summary>A custodian's certificate cannot receive a share.</summary>
    public const string Custodian = "ceremony.custodian";

    /// <summary>Something is there already, and would be overwritten.</summary>
    public const string Exists = "ceremony.exists";

    /// <summary>A file of the directory is missing, malformed, or not as the journal says.</summary>
    public const string Directory = "ceremony.directory";

    /// <summary>The journal is broken: a line was changed, removed or put in.</summary>
    public const string Journal = "ceremony.journal";

    /// <summary>A certificate request of a CA is refused.</summary>
    public const string Request = "ceremony.request";

    /// <summary>A backup is malformed or changed.</summary>
    public const string Backup = "ceremony.backup";

    /// <summary>A failure with its code and a sentence in each language.</summary>
    public CeremonyException(string code, string english, string chinese, Exception? inner = null)
        : base(english, inner)
    {
        Code = code;
        Chinese = chinese;
    }

    /// <summary>One of the constants of this class.</summary>
    public string Code { get; }

    /// <summary>The message in Chinese.</summary>
    public string Chinese { get; }
}
