using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using OpenIddict.Server;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Clients;
using Yinxin.Identity.Server.Features.Presence;
using Yinxin.Identity.Server.Features.Protocol.Authorize;
using Yinxin.Identity.Server.Features.Protocol.Keys;
using Yinxin.Identity.Server.Features.Protocol.Metadata;
using Yinxin.Identity.Server.Features.Protocol.Resource;
using Yinxin.Identity.Server.Features.Protocol.Token;
using Yinxin.Identity.Server.Features.VerifiedClaims;
using Yinxin.ServiceDefaults.Settings;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace Yinxin.Identity.Server.Features.Protocol;

internal static class ProtocolSetup
{
    /// <summary>The engine with our own storage-free tokens, and our handlers in the order in which they act.</summary>
    public static void AddProtocol(this WebApplicationBuilder builder)
    {
        var addresses = builder.Configuration.GetSection(AddressSettings.Section).Get<AddressSettings>() ?? new AddressSettings();
        var services = builder.Services;
        // The engine writes requests and answers into its information log; codes and tokens have no place there.
        builder.Logging.AddFilter("OpenIddict", LogLevel.Warning);
        services.AddSingleton<Issuer>();
        services.AddSingleton<KeyRing>();
        services.AddValidatedOptions<ProtocolKeySettings>(ProtocolKeySettings.Section);
        services.AddScoped<KeySuccession>();
        services.AddScoped<KeyWithdrawal>();
        services.AddHostedService<KeyRingFollowing>();
        services.AddSingleton<AuthorizationTransactions>();
        services.AddSingleton<CompletedRequests>();
        services.AddSingleton<SpellIssuer>();
        services.AddSingleton<CheckRequest>();
        services.AddSingleton<ServiceTokenWriter>();
        services.AddScoped<SessionLevels>();
        services.AddScoped<GrantStore>();
        services.AddSingleton<SubjectIdentifiers>();
        services.AddScoped<TokenSubject>();

        services.AddOpenIddict()
            .AddCore(core => core
                .SetDefaultApplicationEntity<Client>()
                .ReplaceApplicationStore<Client, ClientStore>()
                .ReplaceApplicationManager<Client, ClientManager>()
                .DisableEntityCaching()
                .DisableAdditionalFiltering())
            .AddServer(server =>
            {
                Endpoints(server, addresses);
                Lifetimes(server);
                Handlers(server);
                var engine = server.UseAspNetCore()
                    .EnableAuthorizationEndpointPassthrough()
                    .EnableEndSessionEndpointPassthrough()
                    .EnableErrorPassthrough();
                if (addresses.Identity.Scheme == Uri.UriSchemeHttp)
                {
                    engine.DisableTransportSecurityRequirement();
                }
            });
        services.AddOptions<OpenIddictServerOptions>().Configure<KeyRing>((options, ring) =>
        {
            options.SigningCredentials.AddRange(ring.AllSigning());
            options.EncryptionCredentials.AddRange(ring.AllEncryption());
        });
        CheckOwnApis(services);
    }

    /// <summary>
    /// Tokens at this server's own APIs are checked by its own keys: it need not ask itself for them, and hears at once of one that was withdrawn, also where a token was verified a moment ago.
    /// After the APIs' own setup, whose events it goes on with.
    /// </summary>
    private static void CheckOwnApis(IServiceCollection services)
    {
        services.AddOptions<JwtBearerOptions>(JwtBearerDefaults.AuthenticationScheme).Configure<KeyRing, Issuer>((options, ring, issuer) =>
        {
            options.Configuration = new OpenIdConnectConfiguration { Issuer = issuer.Text };
            options.TokenValidationParameters.IssuerSigningKeyResolver = (_, _, keyId, _) => ring.Verifying(keyId);
            var judge = options.Events.OnTokenValidated;
            options.Events.OnTokenValidated = async context =>
            {
                await judge(context);
                if (context.Result is null && !ring.Trusts((context.SecurityToken as JsonWebToken)?.Kid))
                {
                    context.Fail("The key of the token is out of use.");
                }
            };
        });
    }

    private static void Endpoints(OpenIddictServerBuilder server, AddressSettings addresses)
    {
        server.SetIssuer(addresses.Identity)
            .SetAuthorizationEndpointUris(ProtocolPaths.Authorize)
            .SetPushedAuthorizationEndpointUris(ProtocolPaths.PushedRequests)
            .SetTokenEndpointUris(ProtocolPaths.Token)
            .SetUserInfoEndpointUris(ProtocolPaths.UserInfo)
            .SetIntrospectionEndpointUris(ProtocolPaths.Introspection)
            .SetRevocationEndpointUris(ProtocolPaths.Revocation)
            .SetEndSessionEndpointUris(ProtocolPaths.EndSession)
            .SetJsonWebKeySetEndpointUris(ProtocolPaths.Keys)
            .AllowAuthorizationCodeFlow()
            .AllowRefreshTokenFlow()
            .AllowClientCredentialsFlow()
            .RequireProofKeyForCodeExchange()
            .RegisterScopes([.. ScopeCatalogue.All])
            .DisableScopeValidation() // every scope is a permission of the client, checked as such
            .DisableAccessTokenEncryption()
            .DisableTokenStorage()
            .DisableAuthorizationStorage();
        server.Configure(options =>
        {
            options.RequestTokenLifetime = TimeSpan.FromSeconds(60);
            options.CodeChallengeMethods.Clear();
            options.CodeChallengeMethods.Add(CodeChallengeMethods.Sha256);
            options.PromptValues.Remove(PromptValues.Consent);
            options.ResponseModes.Remove(ResponseModes.Fragment);
            options.ClientAuthenticationMethods.Clear();
            options.ClientAuthenticationMethods.UnionWith([ClientAuthenticationMethods.ClientSecretBasic, ClientAuthenticationMethods.ClientSecretPost, ClientAuthenticationMethods.None]);
            options.ClientAssertionTypes.Clear();
            options.Claims.Clear();
            options.Claims.UnionWith(
            [
                Claims.Subject, Claims.Name, Claims.AuthenticationContextReference, Claims.AuthenticationMethodReference, Claims.AuthenticationTime,
                ProtocolClaims.SessionId, ProtocolClaims.Kind, ProtocolClaims.ActingFor, ProtocolClaims.Actor, ProtocolClaims.Department, ProtocolClaims.Role,
                ProtocolClaims.VerifiedClaims, ProtocolClaims.SessionLevel,
            ]);
        });
    }

    private static void Lifetimes(OpenIddictServerBuilder server) => server
        .SetAuthorizationCodeLifetime(TimeSpan.FromSeconds(60))
        .SetAccessTokenLifetime(TimeSpan.FromMinutes(5))
        .SetIdentityTokenLifetime(TimeSpan.FromMinutes(5))
        .SetRefreshTokenLifetime(TimeSpan.FromHours(12))
        .SetRefreshTokenReuseLeeway(TimeSpan.Zero);

    private static void Handlers(OpenIddictServerBuilder server)
    {
        server.RemoveEventHandler(OpenIddictServerHandlers.Introspection.ValidateAuthorizedParty.Descriptor);
        server.RemoveEventHandler(OpenIddictServerHandlers.Revocation.ValidateAuthorizedParty.Descriptor);
        server.RemoveEventHandler(OpenIddictServerHandlers.Revocation.RevokeToken.Descriptor);
        server.AddEventHandler(ResumeRequest.Descriptor);
        server.AddEventHandler(CheckRequest.Front);
        server.AddEventHandler(CheckRequest.Pushed);
        server.AddEventHandler(CheckPresenceRequest.Front);
        server.AddEventHandler(CheckPresenceRequest.Pushed);
        server.AddEventHandler(CheckClaimsRequest.Front);
        server.AddEventHandler(CheckClaimsRequest.Pushed);
        server.AddEventHandler(FormPostPolicy.Descriptor);
        server.AddEventHandler(CheckedByRing.Descriptor);
        server.AddEventHandler(CheckGrant.Descriptor);
        server.AddEventHandler(HandleToken.Descriptor);
        server.AddEventHandler(ShapeToken.Descriptor);
        server.AddEventHandler(AnswerUserInfo.Descriptor);
        server.AddEventHandler(AnswerIntrospection.Descriptor);
        server.AddEventHandler(OwnTokensOnly.Introspection);
        server.AddEventHandler(OwnTokensOnly.Revocation);
        server.AddEventHandler(RevokeGrant.Descriptor);
        server.AddEventHandler(DescribeProvider.Descriptor);
        server.AddEventHandler(PublishKeys.Descriptor);
        foreach (var descriptor in SpellIssuer.Descriptors.Concat(DropErrorLinks.Descriptors))
        {
            server.AddEventHandler(descriptor);
        }
    }
}
