using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Yinxin.Identity.Client.Assurance;
using Yinxin.Identity.Client.Forms;
using Yinxin.Identity.Client.Tokens;
using Yinxin.ServiceDefaults.Endings;
using Yinxin.ServiceDefaults.Security;
using Yinxin.ServiceDefaults.Settings;
using Yinxin.ServiceDefaults.Tokens;

namespace Yinxin.Identity.Client.SignIn;

/// <summary>Sign-in through Identity: a cookie towards the browser, tokens on the server only.</summary>
public static class YinxinSignIn
{
    /// <summary>Scheme of the app's own cookie.</summary>
    public const string CookieScheme = "yinxin";

    /// <summary>Scheme that sends a person to Identity.</summary>
    public const string ChallengeScheme = "yinxin-oidc";

    /// <summary>
    /// Adds sign-in by code flow with PKCE, pushed requests and refresh. The redirect URI is <c>/signin-oidc</c>, the one after
    /// sign-out <c>/signout-callback-oidc</c>. Call <see cref="SignInEndpoints.MapYinxinSignIn"/> for the addresses that pages link to.
    /// </summary>
    /// <param name="builder">The app.</param>
    /// <param name="configure">Client, scopes.</param>
    public static WebApplicationBuilder AddYinxinSignIn(this WebApplicationBuilder builder, Action<YinxinSignInOptions>? configure = null)
    {
        var tokens = builder.Configuration.GetSection(TokenSettings.Section).Get<TokenSettings>() ?? new TokenSettings();
        var addresses = builder.Configuration.GetSection(AddressSettings.Section).Get<AddressSettings>() ?? new AddressSettings();
        var settings = builder.Configuration.GetSection(AppSettings.Section).Get<AppSettings>() ?? new AppSettings();
        var options = new YinxinSignInOptions { ClientId = tokens.ClientId, ClientSecret = tokens.ClientSecret };
        configure?.Invoke(options);
        options.App ??= options.ClientId;
        var secure = new SecureCookies(settings, options.Address?.Invoke(addresses));

        var services = builder.Services;
        AllowFormsToEndAt(services, addresses.Identity);
        services.AddAssurance();
        services.AddEndings();
        services.TryAddSingleton<TicketStore>();
        services.TryAddSingleton<RefreshTurns>();
        services.AddHttpClient(TokenRefresh.HttpClientName);
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<TokenRefresh>(provider, options));
        services.Configure<MvcOptions>(mvc =>
        {
            mvc.Filters.Add<KeptFormFilter>();
            mvc.Filters.Add<StepUpFilter>();
        });
        services.AddTransient<UserTokenHandler>();
        services.AddAuthorization();
        services.AddAuthentication()
            .AddCookie(CookieScheme, cookie => Cookie(cookie, options, secure))
            .AddOpenIdConnect(ChallengeScheme, oidc => Oidc(oidc, options, addresses, settings, secure));

        // Whatever else the app accepts (bearer tokens at its API), pages mean the cookie.
        services.PostConfigure<AuthenticationOptions>(authentication =>
        {
            authentication.DefaultScheme = CookieScheme;
            authentication.DefaultAuthenticateScheme = CookieScheme;
            authentication.DefaultChallengeScheme = ChallengeScheme;
            authentication.DefaultSignInScheme = CookieScheme;
            authentication.DefaultSignOutScheme = CookieScheme;
        });
        // After the handler's own, which makes the addresses and the client that are used.
        services.AddOptions<OpenIdConnectOptions>(ChallengeScheme).PostConfigure<TimeProvider, EndedTokens>((oidc, time, ended) =>
        {
            oidc.ConfigurationManager = new IssuerKeys(oidc.MetadataAddress!, oidc.Backchannel, oidc.RequireHttpsMetadata, time, ended);
            oidc.TokenValidationParameters.IssuerSigningKeyValidator = (key, _, _) => !ended.IsWithdrawn(key.KeyId);
        });
        services.AddOptions<CookieAuthenticationOptions>(CookieScheme).Configure<TicketStore>((cookie, store) => cookie.SessionStore = store);
        return builder;
    }

    /// <summary>Signing out, and posting a form that needs a sign-in first, lead a form's redirects to Identity; the page policy must allow that.</summary>
    private static void AllowFormsToEndAt(IServiceCollection services, Uri identity)
    {
        if (services.LastOrDefault(s => s.ServiceType == typeof(FormTargets))?.ImplementationInstance is not FormTargets targets)
        {
            targets = new FormTargets();
            services.AddSingleton(targets);
        }

        targets.Origins.Add(identity.GetLeftPart(UriPartial.Authority));
    }

    private static void Cookie(CookieAuthenticationOptions cookie, YinxinSignInOptions options, SecureCookies secure)
    {
        Shape(cookie.Cookie, "session", options, secure);
        cookie.ExpireTimeSpan = TimeSpan.FromHours(12);
        cookie.SlidingExpiration = false;
        // The default leads to a page that no app has.
        cookie.Events.OnRedirectToAccessDenied = context =>
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return Task.CompletedTask;
        };
        cookie.Events.OnValidatePrincipal = context => context.HttpContext.RequestServices.GetRequiredService<TokenRefresh>().ValidateAsync(context);
    }

    private static void Oidc(OpenIdConnectOptions oidc, YinxinSignInOptions options, AddressSettings addresses, AppSettings app, SecureCookies secure)
    {
        oidc.Authority = addresses.Issuer;
        oidc.RequireHttpsMetadata = !addresses.Identity.IsLoopback;
        oidc.BackchannelHttpHandler = TrustedRoots.Handler(app);
        oidc.ClientId = options.ClientId;
        oidc.ClientSecret = options.ClientSecret;
        oidc.SignInScheme = CookieScheme;
        oidc.ResponseType = OpenIdConnectResponseType.Code;
        oidc.ResponseMode = OpenIdConnectResponseMode.Query;
        oidc.UsePkce = true;
        oidc.PushedAuthorizationBehavior = PushedAuthorizationBehavior.Require;
        oidc.SaveTokens = true;
        oidc.MapInboundClaims = false;
        oidc.GetClaimsFromUserInfoEndpoint = false;
        oidc.DisableTelemetry = true;
        oidc.Scope.Clear();
        foreach (var scope in new[] { "openid", "profile", "offline_access" }.Concat(options.Scopes).Distinct(StringComparer.Ordinal))
        {
            oidc.Scope.Add(scope);
        }

        // The handler drops the level by default; here it is what matters most.
        oidc.ClaimActions.Remove("acr");
        oidc.TokenValidationParameters.ValidIssuer = addresses.Issuer;
        oidc.TokenValidationParameters.NameClaimType = "name";
        oidc.TokenValidationParameters.RoleClaimType = "role";
        Shape(oidc.CorrelationCookie, "correlation.", options, secure);
        Shape(oidc.NonceCookie, "nonce.", options, secure);
        oidc.Events = new SignInEvents(addresses.Issuer);
    }

    /// <summary>Lax: the answer comes by GET from another origin.</summary>
    private static void Shape(CookieBuilder cookie, string purpose, YinxinSignInOptions options, SecureCookies secure)
    {
        cookie.Name = secure.Name($"yinxin.{options.App}.{purpose}");
        cookie.Path = "/";
        cookie.HttpOnly = true;
        cookie.SameSite = SameSiteMode.Lax;
        cookie.SecurePolicy = secure.Policy;
    }
}
