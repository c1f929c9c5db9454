using System.Security.Cryptography;
using System.Text;
using Yinxin.ServiceDefaults.Outbox;
using Yinxin.ServiceDefaults.Security;

namespace Yinxin.ServiceDefaults.Transparency;

/// <summary>Something that the transparency log must hold, on its way there. It discloses nothing personal: both references are digests.</summary>
/// <param name="Kind">Dotted name, e.g. <c>seal.used</c>.</param>
/// <param name="Time">When it happened.</param>
/// <param name="Subject">SHA-256 over salt and reference of whom it concerns, hex.</param>
/// <param name="ObjectDigest">SHA-256 of the object, hex.</param>
public sealed record LoggedEvent(string Kind, DateTimeOffset Time, string Subject, string ObjectDigest)
{
    /// <summary>Kind of the outbox messages.</summary>
    public const string MessageKind = "transparency.log";

    /// <summary>A message for the outbox, to be stored in the transaction that made the event true.</summary>
    /// <param name="what">Kind and time; the digests are computed here.</param>
    /// <param name="subject">Reference of whom it concerns, e.g. a seal's number.</param>
    /// <param name="logged">What is proved to have existed.</param>
    /// <param name="id">Names the event among all of this server's: under it the log knows it again.</param>
    /// <param name="cipher">Keeps the salt: it is derived from the server's master key, so the owner always has it.</param>
    public static OutboxMessage Message((string Kind, DateTimeOffset At) what, string subject, ReadOnlySpan<byte> logged, string id, IDataCipher cipher)
    {
        var (made, key) = Of(what, subject, logged, id, cipher);
        return OutboxMessage.Create(MessageKind, made, key, what.At);
    }

    /// <summary>The event and the key under which the log knows it, for whoever sends many in one message.</summary>
    /// <param name="what">Kind and time; the digests are computed here.</param>
    /// <param name="subject">Reference of whom it concerns.</param>
    /// <param name="logged">What is proved to have existed.</param>
    /// <param name="id">Names the event among all of this server's.</param>
    /// <param name="cipher">Keeps the salt.</param>
    public static (LoggedEvent Event, string Key) Of((string Kind, DateTimeOffset At) what, string subject, ReadOnlySpan<byte> logged, string id, IDataCipher cipher)
    {
        var salt = Salt(cipher, what.Kind, id);
        var digest = SHA256.HashData([.. salt, .. Encoding.UTF8.GetBytes(subject)]);
        return (new LoggedEvent(what.Kind, what.At, Convert.ToHexStringLower(digest), Convert.ToHexStringLower(SHA256.HashData(logged))), $"{what.Kind}/{id}");
    }

    /// <summary>The salt of an event's subject, 32 bytes. Whoever is given it can prove that the entry is his; of other entries it says nothing.</summary>
    public static byte[] Salt(IDataCipher cipher, string kind, string id) => Convert.FromHexString(cipher.BlindIndex("transparency-salt", $"{kind}/{id}"));
}
