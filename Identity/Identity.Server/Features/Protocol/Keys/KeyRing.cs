using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;
using Yinxin.Identity.Server.Data;

namespace Yinxin.Identity.Server.Features.Protocol.Keys;

/// <summary>
/// The keys of the protocol in memory. The engine asks here at each token, at each check and for the published set; what its options hold is of the start. Read anew every few seconds
/// (<see cref="KeyRingFollowing"/>), and at once where a key is named that is not known: another node may have made it a moment ago.
/// </summary>
internal sealed class KeyRing(IServiceScopeFactory scopes, PersonalData personal, IOptions<ProtocolKeySettings> settings, TimeProvider time)
{
    /// <summary>Between two readings for the sake of an unknown key: anybody may name one.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>How far the clocks of nodes, and their readings of the keys, may be apart.</summary>
    private static readonly TimeSpan Apart = TimeSpan.FromMinutes(5);

    private readonly Lock gate = new();
    private volatile List<Entry>? entries;
    private long readAt;

    private List<Entry> Entries => entries ?? Load();

    /// <summary>For the engine's options, which must not be without any.</summary>
    public IEnumerable<SigningCredentials> AllSigning() =>
        Trusted().Where(e => e.Row.Algorithm != KeyAlgorithms.Encryption).Select(e => new SigningCredentials(e.Key, e.Row.Algorithm));

    /// <summary>The same.</summary>
    public IEnumerable<EncryptingCredentials> AllEncryption() => Trusted().Where(e => e.Row.Algorithm == KeyAlgorithms.Encryption).Select(e => Encrypting(e.Key));

    /// <summary>The key that signs now.</summary>
    /// <param name="algorithm"><c>ES256</c> or <c>RS256</c>.</param>
    public SecurityKey Active(string algorithm) => InUse(algorithm).Key;

    /// <summary>What codes, refresh tokens and pushed requests are encrypted with now.</summary>
    public EncryptingCredentials Encryption() => Encrypting(InUse(KeyAlgorithms.Encryption).Key);

    /// <summary>The keys that a token's signature may be by.</summary>
    /// <param name="keyId">Which it names; null: none.</param>
    public IReadOnlyList<SecurityKey> Verifying(string? keyId) => Named(keyId, encryption: false);

    /// <summary>The keys that a code, refresh token or pushed request may be encrypted with.</summary>
    /// <param name="keyId">Which it names; null: none.</param>
    public IReadOnlyList<SecurityKey> Decrypting(string? keyId) => Named(keyId, encryption: true);

    /// <summary>Whether what that key signed is taken.</summary>
    public bool Trusts(string? keyId) => keyId is not null && Verifying(keyId).Count > 0;

    /// <summary>What relying parties are to know (RFC 7517): announced keys, those in use, and those whose tokens may still live.</summary>
    public IReadOnlyList<JsonWebKey> Published()
    {
        // Who asks met a key that he does not know; it may be another node's.
        CatchUp();
        return [.. Trusted().Select(e => e.Public).OfType<JsonWebKey>()];
    }

    /// <summary>A key that signs or once signed records of mandates, by its <c>kid</c>, however long ago; null when there is none.</summary>
    public SecurityKey? OfRecords(string keyId) => FindRecordKey(keyId)?.Key;

    /// <summary>
    /// Whether that key still signed at a time. A record is a proof for good, and so is one by a key that was withdrawn since; what says that it was made after the key's end was not made by us.
    /// An earlier time would not help whoever has the key: place, time and digest of each record stand in the audit too.
    /// </summary>
    public bool SignedAt(string keyId, DateTimeOffset at) => FindRecordKey(keyId) is { } entry && (entry.Row.RetiredAt is not { } end || at <= end + Apart);

    /// <summary>Every key that ever signed records, and when it ceased to.</summary>
    public IReadOnlyList<(JsonWebKey Key, DateTimeOffset? Until)> RecordKeys()
    {
        CatchUp();
        return [.. Entries.Where(e => e.Row.Algorithm == KeyAlgorithms.EcdsaSignature).OrderBy(e => e.Row.ActiveFrom).Select(e => (e.Public!, e.Row.RetiredAt))];
    }

    /// <summary>Reads the keys from the database. Those that were known stay the same objects: making a signer costs more than a signature.</summary>
    public void Reload() => Load();

    private List<Entry> Load()
    {
        using var scope = scopes.CreateScope();
        lock (gate)
        {
            Interlocked.Exchange(ref readAt, time.GetUtcNow().UtcTicks);
            var known = (entries ?? []).ToDictionary(e => e.Row.KeyId, StringComparer.Ordinal);
            var rows = scope.ServiceProvider.GetRequiredService<IdentityContext>().ProtocolKeys.AsNoTracking().ToList();
            var read = rows.ConvertAll(row => known.TryGetValue(row.KeyId, out var former) ? former with { Row = row } : Import(row));
            entries = read;
            return read;
        }
    }

    /// <returns>Whether the keys were read anew.</returns>
    private bool CatchUp()
    {
        var now = time.GetUtcNow().UtcTicks;
        var last = Interlocked.Read(ref readAt);
        if (Math.Abs(now - last) < Pause.Ticks || Interlocked.CompareExchange(ref readAt, now, last) != last)
        {
            return false;
        }

        Load();
        return true;
    }

    private Entry InUse(string algorithm)
    {
        var known = Entries;
        var row = KeyLife.InUse(known.Select(e => e.Row), algorithm, time.GetUtcNow()) ?? throw new InvalidOperationException($"There is no key for {algorithm}.");
        return known.First(e => e.Row.Id == row.Id);
    }

    private IEnumerable<Entry> Trusted()
    {
        var now = time.GetUtcNow();
        return Entries.Where(e => KeyLife.IsTrusted(e.Row, settings.Value.Kept, now));
    }

    private List<SecurityKey> Named(string? keyId, bool encryption)
    {
        if (keyId is not null && !Entries.Exists(e => e.Row.KeyId == keyId))
        {
            CatchUp();
        }

        return [.. Trusted().Where(e => (e.Row.Algorithm == KeyAlgorithms.Encryption) == encryption && (keyId is null || e.Row.KeyId == keyId)).Select(e => e.Key)];
    }

    private Entry? FindRecordKey(string keyId)
    {
        if (Find() is { } known)
        {
            return known;
        }

        // Another node may have made it this moment. The name comes from the house's own records: nobody outside makes this read.
        Load();
        return Find();

        Entry? Find() => Entries.Find(e => e.Row.Algorithm == KeyAlgorithms.EcdsaSignature && e.Row.KeyId == keyId);
    }

    private static EncryptingCredentials Encrypting(SecurityKey key) => new(key, SecurityAlgorithms.Aes256KW, SecurityAlgorithms.Aes256CbcHmacSha512);

    private Entry Import(ProtocolKey row)
    {
        var secret = personal.UnprotectBytes(Purposes.ProtocolKey, row.PrivateKeyCipher);
        switch (row.Algorithm)
        {
            case KeyAlgorithms.EcdsaSignature:
                var ecdsa = ECDsa.Create();
                ecdsa.ImportPkcs8PrivateKey(secret, out _);
                var point = ecdsa.ExportParameters(includePrivateParameters: false).Q;
                return new Entry(row, new ECDsaSecurityKey(ecdsa) { KeyId = row.KeyId }, new JsonWebKey
                {
                    Kty = "EC",
                    Use = "sig",
                    Kid = row.KeyId,
                    Alg = row.Algorithm,
                    Crv = "P-256",
                    X = Base64UrlEncoder.Encode(point.X!),
                    Y = Base64UrlEncoder.Encode(point.Y!),
                });
            case KeyAlgorithms.RsaSignature:
                var rsa = RSA.Create();
                rsa.ImportPkcs8PrivateKey(secret, out _);
                var numbers = rsa.ExportParameters(includePrivateParameters: false);
                return new Entry(row, new RsaSecurityKey(rsa) { KeyId = row.KeyId }, new JsonWebKey
                {
                    Kty = "RSA",
                    Use = "sig",
                    Kid = row.KeyId,
                    Alg = row.Algorithm,
                    N = Base64UrlEncoder.Encode(numbers.Modulus!),
                    E = Base64UrlEncoder.Encode(numbers.Exponent!),
                });
            default:
                return new Entry(row, new SymmetricSecurityKey(secret) { KeyId = row.KeyId }, null);
        }
    }

    /// <param name="Row">As it was read last.</param>
    /// <param name="Key">With its private half.</param>
    /// <param name="Public">Its public half; null where there is none.</param>
    private sealed record Entry(ProtocolKey Row, SecurityKey Key, JsonWebKey? Public);
}
