using Microsoft.AspNetCore.Identity;
using Yinxin.Identity.Server.Data;

namespace Yinxin.Identity.Server.Features.SignIn;

/// <summary>A hash that nobody knows the password of, made once with the real cost: what an unknown name is compared with.</summary>
internal sealed class DummyPassword
{
    public DummyPassword(IServiceScopeFactory scopes)
    {
        using var scope = scopes.CreateScope();
        Hash = scope.ServiceProvider.GetRequiredService<IPasswordHasher<Account>>().HashPassword(Account, Guid.NewGuid().ToString());
    }

    public Account Account { get; } = new();

    public string Hash { get; }
}
