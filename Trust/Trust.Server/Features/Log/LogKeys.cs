using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Database;
using Yinxin.ServiceDefaults.Security;
using Yinxin.ServiceDefaults.Settings;
using Yinxin.Trust.Log;
using Yinxin.Trust.Server.Data;
using Yinxin.Trust.Suites;

namespace Yinxin.Trust.Server.Features.Log;

/// <summary>The log's two note keys and the witness's, made at first run; encrypted in the database.</summary>
internal sealed class LogKeys(IServiceProvider services, IDataCipher cipher, IOptions<LogSettings> settings, IOptions<AddressSettings> addresses) : IHostedService
{
    private const string KeyPurpose = "trust-log-key";
    private const string Ed25519 = "log-ed25519";
    private const string Sm2 = "log-sm2";
    private const string Witness = "witness-ed25519";

    /// <summary>The log's name, and its keys' (C2SP tlog-checkpoint recommends one name for both).</summary>
    public string Origin { get; } = settings.Value.Origin ?? WithoutScheme(addresses.Value.Trust) + "/log";

    /// <summary>Both suites: each signs every checkpoint.</summary>
    public IReadOnlyList<INoteSigner> Signers { get; private set; } = [];

    /// <summary>The witness's private key, for <c>Witnessing</c> alone.</summary>
    public byte[] WitnessSeed { get; private set; } = [];

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await using var scope = services.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<TrustContext>();
        if (!await database.Set<LogHead>().AnyAsync(cancellationToken))
        {
            await CreateAsync(database, scope.ServiceProvider.GetRequiredService<IAuditTrail>(), cancellationToken);
        }

        var keys = await database.Set<LogKey>().AsNoTracking().ToDictionaryAsync(k => k.Name, k => cipher.Decrypt(KeyPurpose, k.EncryptedKey), cancellationToken);
        Signers = [Ed25519NoteSigner.ForLog(Origin, keys[Ed25519]), new Sm2NoteSigner(Origin, SoftwareSigner.FromPkcs8(keys[Sm2]))];
        WitnessSeed = keys[Witness];
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public static string WithoutScheme(Uri address) => AddressSettings.Text(address)[(address.Scheme.Length + "://".Length)..];

    private async Task CreateAsync(TrustContext database, IAuditTrail audit, CancellationToken cancellationToken)
    {
        using var sm2 = SoftwareSigner.Generate(SignatureSuite.Sm);
        database.Add(new LogHead { Root = MerkleHash.Empty() });
        Add(database, Ed25519, RandomNumberGenerator.GetBytes(Ed25519NoteSigner.SeedLength));
        Add(database, Sm2, sm2.ExportPkcs8());
        Add(database, Witness, RandomNumberGenerator.GetBytes(Ed25519NoteSigner.SeedLength));
        audit.Add(new AuditEntry("trust.log.created", Origin, "trust"));
        try
        {
            await database.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException e) when (e.IsUniqueViolation())
        {
            // Another node started in the same moment; its keys are the log's.
            database.ChangeTracker.Clear();
        }
    }

    private void Add(TrustContext database, string name, byte[] key)
    {
        database.Add(new LogKey { Name = name, EncryptedKey = cipher.Encrypt(KeyPurpose, key) });
        CryptographicOperations.ZeroMemory(key);
    }
}
