using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Microsoft.IdentityModel.Tokens;
using Yinxin.Identity.Server.Data;

namespace Yinxin.Identity.Server.Features.Protocol.Keys;

/// <summary>The keys of the protocol in memory. All are published; of each algorithm the youngest that is already active signs.</summary>
internal sealed class KeyRing(TimeProvider time)
{
    private IReadOnlyList<(ProtocolKey Row, SecurityKey Key)> keys = [];

    public void Load(IEnumerable<ProtocolKey> rows, PersonalData personal)
    {
        // Signers are kept for the life of the process: making one costs more than a signature.
        keys = rows
            .OrderByDescending(r => r.ActiveFrom)
            .Select(r => (r, Import(r, personal.UnprotectBytes(Purposes.ProtocolKey, r.PrivateKeyCipher))))
            .ToList();
    }

    public IEnumerable<SigningCredentials> AllSigning() =>
        keys.Where(k => k.Row.Algorithm != KeyAlgorithms.Encryption).Select(k => new SigningCredentials(k.Key, k.Row.Algorithm));

    public IEnumerable<EncryptingCredentials> AllEncryption() =>
        keys.Where(k => k.Row.Algorithm == KeyAlgorithms.Encryption)
            .Select(k => new EncryptingCredentials(k.Key, SecurityAlgorithms.Aes256KW, SecurityAlgorithms.Aes256CbcHmacSha512));

    /// <summary>The key that signs now.</summary>
    /// <param name="algorithm"><c>ES256</c> or <c>RS256</c>.</param>
    public SecurityKey Active(string algorithm)
    {
        var now = time.GetUtcNow();
        return keys.First(k => k.Row.Algorithm == algorithm && k.Row.ActiveFrom <= now && k.Row.RetiredAt is null).Key;
    }

    /// <summary>A key that signs or once signed with ES256, by its <c>kid</c>; null when there is none.</summary>
    public SecurityKey? PublishedEcdsa(string keyId) =>
        keys.Where(k => k.Row.Algorithm == KeyAlgorithms.EcdsaSignature && k.Row.KeyId == keyId).Select(k => k.Key).FirstOrDefault();

    private static SecurityKey Import(ProtocolKey row, byte[] secret)
    {
        switch (row.Algorithm)
        {
            case KeyAlgorithms.EcdsaSignature:
                var ecdsa = ECDsa.Create();
                ecdsa.ImportPkcs8PrivateKey(secret, out _);
                return new ECDsaSecurityKey(ecdsa) { KeyId = row.KeyId };
            case KeyAlgorithms.RsaSignature:
                var rsa = RSA.Create();
                rsa.ImportPkcs8PrivateKey(secret, out _);
                return new RsaSecurityKey(rsa) { KeyId = row.KeyId };
            default:
                return new SymmetricSecurityKey(secret) { KeyId = row.KeyId };
        }
    }
}

/// <summary>Algorithms as the key rows spell them.</summary>
internal static class KeyAlgorithms
{
    public const string EcdsaSignature = SecurityAlgorithms.EcdsaSha256;
    public const string RsaSignature = SecurityAlgorithms.RsaSha256;
    public const string Encryption = SecurityAlgorithms.Aes256KW;
}

/// <summary>Makes the keys at first run and loads them at every start, before the first request.</summary>
internal sealed class KeyRingStart(IServiceScopeFactory scopes, KeyRing ring, PersonalData personal, TimeProvider time) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<IdentityContext>();
        var rows = await database.ProtocolKeys.AsNoTracking().ToListAsync(cancellationToken);
        string[] needed = [KeyAlgorithms.EcdsaSignature, KeyAlgorithms.RsaSignature, KeyAlgorithms.Encryption];
        foreach (var algorithm in needed.Where(a => !rows.Exists(r => r.Algorithm == a && r.RetiredAt is null)))
        {
            var row = KeyMaking.New(algorithm, personal, time.GetUtcNow());
            database.ProtocolKeys.Add(row);
            rows.Add(row);
        }

        await database.SaveChangesAsync(cancellationToken);
        ring.Load(rows, personal);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
