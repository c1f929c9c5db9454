using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;

namespace Yinxin.Identity.Server.Features.Authorities;

/// <summary>The pinned keys of each authority, read once.</summary>
internal sealed class AuthorityKeys(IConfiguration configuration, ILogger<AuthorityKeys> log)
{
    private readonly ConcurrentDictionary<string, IReadOnlyList<SecurityKey>> keys = new(StringComparer.Ordinal);

    public IReadOnlyList<SecurityKey> Of(Authority authority) => keys.GetOrAdd(authority.Section, Read);

    /// <summary>Whether the operator has connected it.</summary>
    public bool Knows(Authority authority) => Of(authority).Count > 0;

    private IReadOnlyList<SecurityKey> Read(string section)
    {
        var settings = configuration.GetSection($"{AuthoritySettings.Section}:{section}").Get<AuthoritySettings>() ?? new AuthoritySettings();
        var read = new List<SecurityKey>();
        foreach (var text in settings.Keys)
        {
            var key = ECDsa.Create();
            try
            {
                key.ImportSubjectPublicKeyInfo(Convert.FromBase64String(text), out _);
                read.Add(new ECDsaSecurityKey(key));
            }
            catch (Exception e) when (e is CryptographicException or FormatException)
            {
                key.Dispose();
                log.LogError("A key of authority {Authority} in the configuration is not a P-256 SubjectPublicKeyInfo in base64", section);
            }
        }

        return read;
    }
}
