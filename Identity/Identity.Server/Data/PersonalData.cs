using System.Security.Cryptography;
using System.Text;
using Yinxin.Identity.Server.Features.DataKeys;
using Yinxin.ServiceDefaults.Security;

namespace Yinxin.Identity.Server.Data;

/// <summary>
/// Encrypts personal columns and private keys, and makes the keyed hashes by which encrypted values are found. What belongs to one person is encrypted with that
/// person's secret as well and lost with it. An envelope says itself which key and whose secret it needs.
/// </summary>
internal sealed class PersonalData(DataKeyRing ring, PersonSecrets secrets)
{
    public string Protect(string purpose, byte[] value) => Convert.ToBase64String(ring.Now.Current.Encrypt(purpose, value));

    public string Protect(string purpose, string value) => Protect(purpose, Encoding.UTF8.GetBytes(value));

    /// <summary>For one person; for whoever has no secret (an organisation, an official) like <see cref="Protect(string, string)"/>.</summary>
    public string ProtectFor(Guid owner, string purpose, string value) => secrets.Find(owner) is { } secret
        ? ProtectWith(new PersonSecret { PersonId = owner, Secret = secret }, purpose, value)
        : Protect(purpose, value);

    /// <summary>For the person whose secret it is.</summary>
    public string ProtectWith(PersonSecret secret, string purpose, string value) =>
        Convert.ToBase64String(ring.Now.Current.EncryptFor(secret.PersonId, secret.Secret, purpose, Encoding.UTF8.GetBytes(value)));

    /// <summary>Asks of nobody what is asked of a person whose data are opened, so that neither questions nor time tell who has an account.</summary>
    public void AskInVain(Guid nobody) => secrets.Find(nobody);

    /// <summary>
    /// The secret of a new person, to be stored with them. Until it is, nobody else knows of it: whatever is encrypted for them before is encrypted with <see cref="ProtectWith"/>. Of two that are
    /// made for one person at once one is stored, and what was encrypted with the other could never be read.
    /// </summary>
    public static PersonSecret NewSecret(Guid person) => new() { PersonId = person, Secret = RandomNumberGenerator.GetBytes(32) };

    /// <exception cref="CryptographicException">Changed, of another purpose, or its key or its person's secret is destroyed.</exception>
    public byte[] UnprotectBytes(string purpose, string envelope)
    {
        var bytes = Convert.FromBase64String(envelope);
        var key = ring.Find(DataCipher.KeyIdOf(bytes)) ?? throw new CryptographicException("The key of this value is not there any more.");
        if (DataCipher.OwnerOf(bytes) is not { } owner)
        {
            return key.Decrypt(purpose, bytes);
        }

        var secret = secrets.Find(owner) ?? secrets.FindAnew(owner) ?? throw new CryptographicException("The person's data were erased.");
        try
        {
            return key.DecryptFor(secret, purpose, bytes);
        }
        catch (CryptographicException) when (secrets.FindAnew(owner) is { } stored && !stored.AsSpan().SequenceEqual(secret))
        {
            // Two forms made the same new person at once, and the other's secret was stored.
            return key.DecryptFor(stored, purpose, bytes);
        }
    }

    /// <summary>For a person who is not stored yet, or whose secret is at hand.</summary>
    /// <exception cref="CryptographicException">As of <see cref="UnprotectBytes"/>.</exception>
    public string UnprotectWith(PersonSecret secret, string purpose, string envelope)
    {
        var bytes = Convert.FromBase64String(envelope);
        var key = ring.Find(DataCipher.KeyIdOf(bytes)) ?? throw new CryptographicException("The key of this value is not there any more.");
        return Encoding.UTF8.GetString(DataCipher.OwnerOf(bytes) is null ? key.Decrypt(purpose, bytes) : key.DecryptFor(secret.Secret, purpose, bytes));
    }

    public string Unprotect(string purpose, string envelope) => Encoding.UTF8.GetString(UnprotectBytes(purpose, envelope));

    /// <summary>The hash that is stored. Equal values are found, nothing else is learnt. For finding stored rows see <see cref="Indexes"/>.</summary>
    public string Index(string purpose, string value) => KeyFor(purpose).BlindIndex(purpose, value);

    /// <summary>Every hash under which a value may be stored: two while the key is changed.</summary>
    public string[] Indexes(string purpose, string value)
    {
        var state = ring.Now;
        return !Purposes.Changing.Contains(purpose) ? [state.Codes.BlindIndex(purpose, value)]
            : state.Former is { } former ? [state.Current.BlindIndex(purpose, value), former.BlindIndex(purpose, value)]
            : [state.Current.BlindIndex(purpose, value)];
    }

    /// <summary>The hash under the newest key, whatever phase a change of keys is in.</summary>
    public string NewestIndex(string purpose, string value) => ring.Now.Current.BlindIndex(purpose, value);

    /// <summary>The version of the key that <see cref="NewestIndex"/> is under.</summary>
    public int NewestVersion => ring.Now.Version;

    /// <summary>By the key that no change of keys replaces: for what names nobody and is never stored with a person (brakes, budgets), and for what others keep and must find again.</summary>
    public string PassingIndex(string purpose, string value) => ring.Now.Codes.BlindIndex(purpose, value);

    private DataCipher KeyFor(string purpose)
    {
        var state = ring.Now;
        return !Purposes.Changing.Contains(purpose) ? state.Codes : state.Phase == KeyRotationPhase.Filling ? state.Former! : state.Current;
    }
}
