using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.ServiceDefaults.Database;
using Yinxin.ServiceDefaults.Security;

namespace Yinxin.Identity.Server.Features.DataKeys;

/// <summary>The data keys in memory, and where a change of keys stands.</summary>
internal sealed class DataKeyRing(IServiceScopeFactory scopes, IDataCipher master, TimeProvider time)
{
    private const string Purpose = "data.key";
    private readonly Lock gate = new();
    private volatile State? state;

    /// <param name="Version">Of the newest data key.</param>
    /// <param name="Current">Everything is encrypted with it.</param>
    /// <param name="Former">The key that is being replaced; null at rest.</param>
    /// <param name="Phase">Null at rest.</param>
    /// <param name="EndedAt">When the last change of keys ended.</param>
    /// <param name="Codes">See <see cref="DataKey.Codes"/>.</param>
    /// <param name="All">Every key that is left, by what envelopes call it.</param>
    internal sealed record State(
        int Version, DataCipher Current, DataCipher? Former, KeyRotationPhase? Phase, DateTimeOffset? EndedAt, DataCipher Codes, IReadOnlyDictionary<uint, DataCipher> All);

    public State Now => state ?? Load();

    /// <summary>The key with that name. One that another node made a moment ago is read from the database.</summary>
    public DataCipher? Find(uint? keyId) => keyId is not { } id ? null : Now.All.GetValueOrDefault(id) ?? Load().All.GetValueOrDefault(id);

    /// <summary>Reads the keys anew if a change of keys went on since they were read. In the caller's transaction: what it says is true until that ends, if it is the audit's turn.</summary>
    public async Task<State> CatchUpAsync(IdentityContext database, CancellationToken cancellationToken)
    {
        var last = await database.KeyRotations.AsNoTracking().OrderByDescending(r => r.Version).Select(r => new { r.Version, r.Phase }).FirstOrDefaultAsync(cancellationToken);
        var known = Now;
        var phase = last is null || last.Phase == KeyRotationPhase.Done ? (KeyRotationPhase?)null : last.Phase;
        return (last is null || known.Version == last.Version) && known.Phase == phase ? known : Load(database);
    }

    /// <summary>What was read is not trusted any more; whoever needs it next reads it anew.</summary>
    public void Forget() => state = null;

    public State Load()
    {
        using var scope = scopes.CreateScope();
        return Load(scope.ServiceProvider.GetRequiredService<IdentityContext>());
    }

    /// <summary>A new key, wrapped.</summary>
    public DataKey New(int version) => Wrapped(version, RandomNumberGenerator.GetBytes(32));

    /// <summary>The beginning of every base64 envelope under a key: for its own envelopes, and for those of a person.</summary>
    public static (string Own, string Persons) Prefixes(DataCipher key)
    {
        return (Prefix(1), Prefix(2));

        string Prefix(byte version) => Convert.ToBase64String([version, (byte)(key.KeyId >> 24), (byte)(key.KeyId >> 16), (byte)(key.KeyId >> 8), (byte)key.KeyId])[..6];
    }

    private State Load(IdentityContext database)
    {
        lock (gate)
        {
            var rows = database.DataKeys.AsNoTracking().OrderBy(k => k.Version).ToList();
            if (rows.Count == 0)
            {
                rows = Found(database);
            }

            var keys = rows.Where(k => k.RetiredAt is null).ToDictionary(k => k.Version, k => Unwrap(database, k));
            var rotation = database.KeyRotations.AsNoTracking().OrderByDescending(r => r.Version).FirstOrDefault();
            var version = keys.Keys.Max();
            var runs = rotation is { Phase: not KeyRotationPhase.Done };
            var all = keys.Values.DistinctBy(k => k.KeyId).ToDictionary(k => k.KeyId);
            return state = new State(version, keys[version], runs ? keys[version - 1] : null, runs ? rotation!.Phase : null, rotation?.EndedAt, keys[DataKey.Codes], all);
        }
    }

    /// <summary>The first keys. What an earlier release encrypted directly under the master key stays readable: a copy of that key becomes the first data key.</summary>
    private List<DataKey> Found(IdentityContext database)
    {
        var used = database.ProtocolKeys.Any() || database.Persons.Any();
        var first = (DataCipher)master;
        DataKey[] keys = [used ? Wrapped(DataKey.Codes, first.ExportKey()) : New(DataKey.Codes), used ? Wrapped(1, first.ExportKey()) : New(1)];
        try
        {
            database.DataKeys.AddRange(keys);
            database.SaveChanges();
        }
        catch (DbUpdateException e) when (e.IsUniqueViolation())
        {
            // Another node founded them in this moment.
        }

        database.ChangeTracker.Clear();
        return [.. database.DataKeys.AsNoTracking().OrderBy(k => k.Version)];
    }

    /// <summary>Opens a key; one that is wrapped under a former master key is wrapped anew.</summary>
    private DataCipher Unwrap(IdentityContext database, DataKey row)
    {
        var envelope = Convert.FromBase64String(row.KeyCipher);
        var key = master.Decrypt(Purpose, envelope);
        if (DataCipher.KeyIdOf(envelope) != ((DataCipher)master).KeyId)
        {
            var (version, former, wrapped) = (row.Version, row.KeyCipher, Convert.ToBase64String(master.Encrypt(Purpose, key)));
            database.DataKeys.Where(k => k.Version == version && k.KeyCipher == former).ExecuteUpdate(set => set.SetProperty(k => k.KeyCipher, wrapped));
        }

        return new DataCipher(key);
    }

    private DataKey Wrapped(int version, byte[] key) => new() { Version = version, KeyCipher = Convert.ToBase64String(master.Encrypt(Purpose, key)), CreatedAt = time.GetUtcNow() };
}
