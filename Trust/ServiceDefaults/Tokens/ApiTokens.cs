using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Yinxin.ServiceDefaults.Endings;
using Yinxin.ServiceDefaults.Security;
using Yinxin.ServiceDefaults.Settings;

namespace Yinxin.ServiceDefaults.Tokens;

/// <summary>Access tokens at an API: signature, issuer, audience, type and life are checked; scopes become policies.</summary>
public static class ApiTokens
{
    /// <summary>Prefix of the authorization policies that demand a scope, e.g. <c>scope:seal.apply</c>.</summary>
    public const string ScopePolicyPrefix = "scope:";

    /// <summary>Accepts bearer tokens for one audience (RFC 9068: <c>typ</c> must be <c>at+jwt</c>; a token in the query string is not looked at).</summary>
    public static IServiceCollection AddApiTokens(this IServiceCollection services, IConfiguration configuration, string audience)
    {
        var addresses = configuration.GetSection(AddressSettings.Section).Get<AddressSettings>() ?? new AddressSettings();
        var app = configuration.GetSection(AppSettings.Section).Get<AppSettings>() ?? new AppSettings();
        services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer(options =>
        {
            options.Authority = addresses.Issuer;
            options.RequireHttpsMetadata = !addresses.Identity.IsLoopback;
            options.BackchannelHttpHandler = TrustedRoots.Handler(app);
            options.MapInboundClaims = false;
            options.TokenValidationParameters = new TokenValidationParameters
            {
                ValidIssuer = addresses.Issuer,
                ValidAudience = audience,
                ValidTypes = ["at+jwt"],
                ValidAlgorithms = [SecurityAlgorithms.EcdsaSha256],
                NameClaimType = "name",
                RoleClaimType = "role",
                ClockSkew = TimeSpan.FromSeconds(10),
            };
        });
        services.AddEndings();
        services.AddOptions<JwtBearerOptions>(JwtBearerDefaults.AuthenticationScheme).Configure<TimeProvider, EndedTokens>((options, time, ended) =>
        {
            options.TokenValidationParameters.LifetimeValidator = (from, until, _, parameters) => IsAlive(from, until, time.GetUtcNow().UtcDateTime, parameters.ClockSkew);
            options.TokenHandlers.Clear();
            options.TokenHandlers.Add(new RememberingTokenHandler(time) { MapInboundClaims = false });
            // After the signature, remembered or not: what has ended since is refused although its token lives, and so is what is no longer true.
            options.Events = new JwtBearerEvents
            {
                OnTokenValidated = context =>
                {
                    if (context.SecurityToken is JsonWebToken token && (ended.IsWithdrawn(token.SigningKey?.KeyId) || ended.IsWithdrawn(token.Kid)))
                    {
                        context.Fail("The key of the token is out of use.");
                    }
                    else if (context.Principal is { } principal && ended.Contains(principal.Claims))
                    {
                        context.Fail("What the token was made for has ended.");
                    }
                    else if (context.Principal is { } other && ended.IsOutdated(other.Claims, EndedTokens.AppsFirst))
                    {
                        context.Fail("The token says what is no longer true; a new one does not.");
                    }

                    return Task.CompletedTask;
                },
            };
        });
        // After the handler's own, which makes the addresses and the client that are used. Who is given the keys, as Identity itself is, asks nobody for them.
        services.AddOptions<JwtBearerOptions>(JwtBearerDefaults.AuthenticationScheme).PostConfigure<TimeProvider, EndedTokens>((options, time, ended) =>
        {
            if (options.Configuration is null)
            {
                options.ConfigurationManager = new IssuerKeys(options.MetadataAddress, options.Backchannel, options.RequireHttpsMetadata, time, ended);
            }
        });
        services.AddAuthorizationBuilder();
        services.AddSingleton<IAuthorizationPolicyProvider, ScopePolicyProvider>();
        return services;
    }

    /// <summary>By the clock of the app, as everything else.</summary>
    private static bool IsAlive(DateTime? from, DateTime? until, DateTime now, TimeSpan skew) => until is { } end && now < end + skew ? from is null || from <= now + skew
        : throw new SecurityTokenExpiredException("The token has no end, or it has come.") { Expires = until ?? default };

    /// <summary>The name of the policy that demands <paramref name="scope"/>.</summary>
    public static string Scope(string scope) => ScopePolicyPrefix + scope;
}
