using Microsoft.AspNetCore.Identity;
using Yinxin.Identity.Server.Data;

namespace Yinxin.Identity.Server.Features.SignIn;

/// <summary>A hash that nobody knows the password of, made with the real cost: what an unknown name is compared with.</summary>
internal sealed class DummyPassword(IPasswordHasher<Account> hasher)
{
    private readonly Lock gate = new();
    private volatile string? hash;

    public Account Account { get; } = new();

    /// <summary>Made when it is first asked for.</summary>
    public string Hash
    {
        get
        {
            if (hash is { } made)
            {
                return made;
            }

            lock (gate)
            {
                return hash ??= New();
            }
        }
    }

    /// <summary>Makes it anew with the cost of now, if there is one.</summary>
    public void Renew()
    {
        lock (gate)
        {
            hash = hash is null ? null : New();
        }
    }

    private string New() => hasher.HashPassword(Account, Guid.NewGuid().ToString());
}
