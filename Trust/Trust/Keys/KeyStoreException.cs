using System.Security.Cryptography;

namespace Yinxin.Trust.Keys;

/// <summary>A key cannot be used. The code is stable; no message holds a PIN, a passphrase or a key.</summary>
public sealed class KeyStoreException : CryptographicException
{
    /// <summary>The token or its library does not answer, also after signing in anew.</summary>
    public const string Unavailable = "keys.token.unavailable";

    /// <summary>Every session was in use for longer than the wait that settings allow.</summary>
    public const string Busy = "keys.token.busy";

    /// <summary>The token refused the PIN. It is not tried again in this process, since tokens lock after a few wrong ones.</summary>
    public const string PinRefused = "keys.token.pin";

    /// <summary>The store lacks a mechanism or algorithm; the message names it.</summary>
    public const string NotSupported = "keys.mechanism";

    /// <summary>A certificate and a key do not belong together.</summary>
    public const string Mismatch = "keys.mismatch";

    /// <summary>The key could leave the token.</summary>
    public const string Extractable = "keys.token.extractable";

    /// <summary>The key lies elsewhere, on a machine without a network.</summary>
    public const string Offline = "keys.offline";

    /// <summary>A key file is changed, or encrypted under something else.</summary>
    public const string Unreadable = "keys.unreadable";

    /// <summary>A failure with its code and a sentence in each language.</summary>
    public KeyStoreException(string code, string english, string chinese, Exception? inner = null)
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
