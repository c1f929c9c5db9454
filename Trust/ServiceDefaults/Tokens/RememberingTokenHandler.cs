using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Yinxin.ServiceDefaults.Tokens;

/// <summary>
/// Access tokens that were valid a moment ago are not verified anew: a server that calls a hundred times a second shows the same token each time.
/// Remembered is the digest of the whole token, so another signature is another token; never what was refused; for <see cref="Kept"/> at most, so that
/// a key that is published no more ends its tokens within that time (one that the feed of endings tells, at once); and the token's own life is looked at each time.
/// </summary>
internal sealed class RememberingTokenHandler(TimeProvider time) : JsonWebTokenHandler, IDisposable
{
    /// <summary>How long a verification holds.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromMinutes(1);

    private const int Most = 10_000;
    private const int MaximumLength = 16 * 1024;
    private readonly MemoryCache cache = new(new MemoryCacheOptions { SizeLimit = Most, ExpirationScanFrequency = Kept });

    public void Dispose() => cache.Dispose();

    public override async Task<TokenValidationResult> ValidateTokenAsync(string token, TokenValidationParameters validationParameters)
    {
        if (token is not { Length: > 0 and <= MaximumLength })
        {
            return await base.ValidateTokenAsync(token, validationParameters);
        }

        var key = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
        var now = time.GetUtcNow();
        if (cache.TryGetValue(key, out Remembered? remembered) && now - remembered!.At < Kept && now >= remembered.At
            && now.UtcDateTime < remembered.Result.SecurityToken.ValidTo + validationParameters.ClockSkew)
        {
            return Copy(remembered.Result);
        }

        var result = await base.ValidateTokenAsync(token, validationParameters);
        if (result.IsValid)
        {
            cache.Set(key, new Remembered(Copy(result), now), new MemoryCacheEntryOptions { Size = 1, AbsoluteExpirationRelativeToNow = Kept });
        }

        return result;
    }

    /// <summary>Whoever gets an identity may add to it: nobody shares one.</summary>
    private static TokenValidationResult Copy(TokenValidationResult result) => new()
    {
        IsValid = true,
        Issuer = result.Issuer,
        TokenType = result.TokenType,
        SecurityToken = result.SecurityToken,
        ClaimsIdentity = result.ClaimsIdentity.Clone(),
    };

    private sealed record Remembered(TokenValidationResult Result, DateTimeOffset At);
}
