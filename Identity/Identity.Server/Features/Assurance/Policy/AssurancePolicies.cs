using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;

namespace Yinxin.Identity.Server.Features.Assurance.Policy;

/// <summary>The policy in force, remembered for <see cref="Remembered"/>: a change reaches every node within that time. Tokens do not wait for it (<see cref="AskAsync"/>).</summary>
internal sealed class AssurancePolicies(TimeProvider time)
{
    /// <summary>How long a node goes on without asking the database whether another version is in force.</summary>
    public static readonly TimeSpan Remembered = TimeSpan.FromSeconds(2);

    private volatile Known? known;

    /// <summary>The policy that a new installation begins with.</summary>
    public static byte[] BuiltIn() => Resource("assurance-policy.json");

    /// <summary>JSON Schema of policies (draft 2020-12).</summary>
    public static byte[] Schema() => Resource("assurance-policy.schema.json");

    /// <exception cref="InvalidOperationException">No policy is in force: <see cref="PolicySeeding"/> has not run.</exception>
    public ValueTask<AssurancePolicy> InForceAsync(IdentityContext database, CancellationToken cancellationToken) =>
        known is { } last && time.GetElapsedTime(last.AskedAt) < Remembered ? new(last.Policy) : new(AskAsync(database, cancellationToken));

    /// <summary>
    /// The policy that is in force at this moment, as the database says: one small read. A token made by what a node remembers of before would be refused a moment later, and is too young to be
    /// renewed for that.
    /// </summary>
    /// <exception cref="InvalidOperationException">No policy is in force: <see cref="PolicySeeding"/> has not run.</exception>
    public async Task<AssurancePolicy> AskAsync(IdentityContext database, CancellationToken cancellationToken)
    {
        var now = time.GetTimestamp();
        var last = known;
        var version = await database.AssurancePolicyVersions.AsNoTracking().Where(p => p.ActivatedAt != null && p.RetiredAt == null)
            .OrderByDescending(p => p.Version).Select(p => (int?)p.Version).FirstOrDefaultAsync(cancellationToken)
            ?? throw new InvalidOperationException("No assurance policy is in force.");
        var policy = last?.Policy.Version == version ? last.Policy : await LoadAsync(database, version, cancellationToken);
        known = new Known(policy!, now);
        return policy!;
    }

    /// <summary>The policy that was in force at a past moment.</summary>
    /// <returns>Null before the first one.</returns>
    public static async Task<AssurancePolicy?> InForceAtAsync(IdentityContext database, DateTimeOffset at, CancellationToken cancellationToken)
    {
        var version = await database.AssurancePolicyVersions.AsNoTracking().Where(p => p.ActivatedAt != null && p.ActivatedAt <= at && (p.RetiredAt == null || p.RetiredAt > at))
            .OrderByDescending(p => p.Version).Select(p => (int?)p.Version).FirstOrDefaultAsync(cancellationToken);
        return version is null ? null : await LoadAsync(database, version.Value, cancellationToken);
    }

    /// <returns>Null when there is no such version.</returns>
    public static async Task<AssurancePolicy?> LoadAsync(IdentityContext database, int version, CancellationToken cancellationToken)
    {
        var document = await database.AssurancePolicyVersions.AsNoTracking().Where(p => p.Version == version).Select(p => p.Document).FirstOrDefaultAsync(cancellationToken);
        return document is null ? null : new AssurancePolicy(AssurancePolicyReading.Read(Encoding.UTF8.GetBytes(document)), version);
    }

    /// <summary>After a change on this node nobody need wait.</summary>
    public void Forget() => known = null;

    public static string DigestOf(string document) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(document)));

    private static byte[] Resource(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("assurance/" + name) ?? throw new InvalidOperationException($"{name} is not in the assembly.");
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }

    private sealed record Known(AssurancePolicy Policy, long AskedAt);
}
