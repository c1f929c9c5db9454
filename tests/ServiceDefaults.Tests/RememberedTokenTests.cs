using System.Security.Claims;
using System.Security.Cryptography;
using Microsoft.Extensions.Time.Testing;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Xunit;
using Yinxin.ServiceDefaults.Tokens;

namespace Yinxin.ServiceDefaults.Tests;

/// <summary>Tokens that were verified a moment ago, and what must not profit from it.</summary>
public sealed class RememberedTokenTests : IDisposable
{
    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly FakeTimeProvider time = new(DateTimeOffset.UtcNow);
    private readonly RememberingTokenHandler handler;
    private int verified;

    public RememberedTokenTests() => handler = new RememberingTokenHandler(time);

    public void Dispose()
    {
        handler.Dispose();
        key.Dispose();
    }

    [Fact]
    public async Task The_same_token_is_verified_once_a_minute()
    {
        var token = Token(TimeSpan.FromHours(1));
        for (var i = 0; i < 5; i++)
        {
            Assert.True((await ValidateAsync(token)).IsValid);
        }

        Assert.Equal(1, verified);
        time.Advance(RememberingTokenHandler.Kept);
        Assert.True((await ValidateAsync(token)).IsValid);
        Assert.Equal(2, verified);
    }

    [Fact]
    public async Task A_changed_token_is_not_the_one_that_was_good()
    {
        var token = Token(TimeSpan.FromHours(1));
        Assert.True((await ValidateAsync(token)).IsValid);

        // The last characters hold unused bits of base64url; take one in the middle of each part.
        foreach (var place in new[] { token.IndexOf('.') / 2, (token.IndexOf('.') + token.LastIndexOf('.')) / 2, (token.LastIndexOf('.') + token.Length) / 2 })
        {
            var changed = string.Concat(token.AsSpan(0, place), token[place] == 'A' ? "B" : "A", token.AsSpan(place + 1));
            Assert.False((await ValidateAsync(changed)).IsValid);
            Assert.False((await ValidateAsync(changed)).IsValid);
        }
    }

    [Fact]
    public async Task A_token_that_ended_meanwhile_is_looked_at_anew()
    {
        var token = Token(TimeSpan.FromSeconds(20));
        Assert.True((await ValidateAsync(token)).IsValid);
        time.Advance(TimeSpan.FromSeconds(31));
        await ValidateAsync(token);
        Assert.Equal(2, verified);
    }

    [Fact]
    public async Task What_one_request_adds_to_its_identity_no_other_has()
    {
        var token = Token(TimeSpan.FromHours(1));
        await ValidateAsync(token);
        var first = await ValidateAsync(token);
        first.ClaimsIdentity.AddClaim(new Claim("scope", "trust.certify"));
        Assert.DoesNotContain((await ValidateAsync(token)).ClaimsIdentity.Claims, c => c.Value == "trust.certify");
    }

    private Task<TokenValidationResult> ValidateAsync(string token) => handler.ValidateTokenAsync(token, new TokenValidationParameters
    {
        ValidIssuer = "https://issuer.example",
        ValidAudience = "tests",
        ClockSkew = TimeSpan.FromSeconds(10),
        IssuerSigningKeyResolver = (_, _, _, _) =>
        {
            verified++;
            return [new ECDsaSecurityKey(key)];
        },
    });

    private string Token(TimeSpan life) => new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
    {
        Issuer = "https://issuer.example",
        Audience = "tests",
        Expires = DateTime.UtcNow + life,
        Claims = new Dictionary<string, object>(StringComparer.Ordinal) { ["scope"] = "trust.read" },
        SigningCredentials = new SigningCredentials(new ECDsaSecurityKey(key), SecurityAlgorithms.EcdsaSha256),
    });
}
