using System.Text.Encodings.Web;
using System.Text.Unicode;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.WebEncoders;
using Yinxin.ServiceDefaults.Language;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.ServiceDefaults.Security;
using Yinxin.ServiceDefaults.Settings;
using Yinxin.ServiceDefaults.Tokens;

namespace Yinxin.ServiceDefaults.Hosting;

/// <summary>
/// What every app of the platform has in common: limits, problem details, health, telemetry, languages,
/// security headers. An app calls <see cref="CreateBuilder"/>, adds its own, and ends with <see cref="UseYinxinDefaults"/>.
/// </summary>
public static class YinxinHost
{
    /// <summary>Largest request body unless an endpoint says otherwise, in bytes.</summary>
    public const long DefaultRequestBodyLimit = 1024 * 1024;

    /// <param name="assemblyName">The app's assembly: its Razor Pages are found through it, also when another program hosts the app.</param>
    /// <param name="args">Command line, bound into the configuration.</param>
    /// <param name="configure">What the hosting program adds: settings, a clock, a log.</param>
    public static WebApplicationBuilder CreateBuilder(string assemblyName, string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            ApplicationName = assemblyName,
            Args = args,
            ContentRootPath = AppContext.BaseDirectory,
        });
        builder.Logging.AddFilter("Microsoft.EntityFrameworkCore", LogLevel.Warning);
        // A connection that fails is thrown as well; logged here it would only alarm whoever starts on an empty server.
        builder.Logging.AddFilter("Microsoft.EntityFrameworkCore.Database.Connection", LogLevel.Critical);
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        builder.Logging.AddFilter("System.Net.Http", LogLevel.Warning);
        builder.Logging.AddFilter("Polly", LogLevel.Error);
        builder.Services.TryAddSingleton(TimeProvider.System);
        configure?.Invoke(builder);

        builder.Services.AddValidatedOptions<AppSettings>(AppSettings.Section);
        builder.Services.AddValidatedOptions<AddressSettings>(AddressSettings.Section);
        var app = builder.Configuration.GetSection(AppSettings.Section).Get<AppSettings>() ?? new AppSettings();
        LoopbackOrHttps.Check(app, SiteCertificates.SiteCertificates.AreOrdered(builder.Configuration));
        builder.WebHost.UseUrls(app.Address.ToString());
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = DefaultRequestBodyLimit;
            kestrel.Limits.MaxRequestHeadersTotalSize = 32 * 1024;
            kestrel.Limits.MaxRequestLineSize = 16 * 1024;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
            LoopbackOrHttps.UseCertificate(kestrel, app);
        });
        SiteCertificates.SiteCertificates.AddTo(builder);

        builder.Services.AddYinxinProblems();
        builder.Services.AddYinxinLanguages();
        builder.Services.AddYinxinTelemetry(assemblyName);
        builder.Services.AddHealthChecks().AddCheck("self", () => HealthCheckResult.Healthy(), tags: ["live"]);
        builder.Services.AddDataProtection()
            .SetApplicationName(assemblyName)
            .PersistKeysToFileSystem(Directory.CreateDirectory(Path.Combine(app.DataDirectory, "data-protection")));
        builder.Services.AddSingleton<IDataCipher>(provider => new DataCipher(provider.GetRequiredService<IOptions<AppSettings>>()));
        builder.Services.AddSingleton<IConfigureOptions<KeyManagementOptions>, EncryptedKeyRing>();
        builder.Services.AddMemoryCache();
        builder.Services.AddTrustedRoots(app);
        builder.Services.AddHttpContextAccessor();
        builder.Services.AddServiceTokens();
        // Chinese text stays text: the default encoder makes eight bytes of every character.
        builder.Services.Configure<WebEncoderOptions>(o => o.TextEncoderSettings = new TextEncoderSettings(UnicodeRanges.All));
        builder.Services.ConfigureHttpJsonOptions(o => o.SerializerOptions.Encoder = JavaScriptEncoder.Create(UnicodeRanges.All));
        TrustedProxies.AddTo(builder, app);
        return builder;
    }

    /// <summary>The part of the pipeline that stands before an app's own endpoints; call it first.</summary>
    public static WebApplication UseYinxinDefaults(this WebApplication app)
    {
        // First: limits, audit and history ask from where a request came.
        app.Services.GetRequiredService<TrustedProxies>().StandBefore(app);
        // Before the rest, so that an error too is told in the reader's language.
        app.UseRequestLocalization();
        app.UseYinxinProblems();
        app.UseSecurityHeaders();
        app.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = check => check.Tags.Contains("live") });
        app.MapHealthChecks("/health/ready", new HealthCheckOptions { Predicate = check => !check.Tags.Contains("live") || check.Name == "self" });
        return app;
    }
}
