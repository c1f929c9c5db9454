using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Yinxin.ServiceDefaults.Security;
using Yinxin.ServiceDefaults.Settings;

namespace Yinxin.ServiceDefaults.SiteCertificates;

/// <summary>
/// Gets the server's certificate before it listens, and renews it without a restart at a moment by chance within the window that the CA suggests (RFC 9773),
/// or after two thirds of its life where it suggests none. While a renewal fails the old certificate stays.
/// </summary>
internal sealed class SiteCertificateRenewal(
    CurrentSiteCertificate current, IHttpClientFactory clients, IDataCipher cipher, IOptions<AcmeSiteSettings> settings, IOptions<AppSettings> app, TimeProvider time,
    ILogger<SiteCertificateRenewal> log) : BackgroundService
{
    private static readonly TimeSpan AskAgain = TimeSpan.FromHours(6);
    private readonly SiteCertificateFiles files = new(Path.Combine(app.Value.DataDirectory, "site-certificate"), cipher);
    private DateTimeOffset renewAt;
    private DateTimeOffset askAt;
    private DateTimeOffset notBefore;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        if (files.Load() is { } stored && stored.Leaf.MatchesHostname(settings.Value.Host) && Utc(stored.Leaf.NotAfter) > time.GetUtcNow())
        {
            current.Set(stored.Leaf, stored.Issuers);
        }

        await TryAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(settings.Value.Interval, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await TryAsync(stoppingToken);
        }
    }

    /// <summary>The identifier of a certificate in RFC 9773 §4.1; null when it does not name its issuer's key.</summary>
    internal static string? Identifier(X509Certificate2 certificate) =>
        certificate.Extensions.OfType<X509AuthorityKeyIdentifierExtension>().FirstOrDefault()?.KeyIdentifier is { } issuer
            ? $"{Base64Url.EncodeToString(issuer.Span)}.{Base64Url.EncodeToString(certificate.SerialNumberBytes.Span)}" : null;

    private async Task TryAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (time.GetUtcNow() >= notBefore && await IsDueAsync(cancellationToken))
            {
                await RenewAsync(cancellationToken);
            }
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            notBefore = time.GetUtcNow() + settings.Value.Pause;
            log.LogWarning(e, "No certificate for {Host} could be had from {Directory}; it is tried again in {Pause}", settings.Value.Host, settings.Value.Directory, settings.Value.Pause);
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
        }
    }

    private async Task<bool> IsDueAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (current.Certificate is not { } certificate)
        {
            return true;
        }

        if (now >= askAt)
        {
            askAt = now + AskAgain;
            renewAt = await ChooseAsync(certificate, cancellationToken);
        }

        return now >= renewAt;
    }

    private async Task<DateTimeOffset> ChooseAsync(X509Certificate2 certificate, CancellationToken cancellationToken)
    {
        var (start, end) = (Utc(certificate.NotBefore), Utc(certificate.NotAfter));
        var (from, to) = (start + ((end - start) * 2 / 3), start + ((end - start) * 0.7));
        try
        {
            if (Identifier(certificate) is { } identifier && await FindRenewalAsync(identifier, cancellationToken) is { } info && info.TryGetProperty("suggestedWindow", out var window)
                && window.GetProperty("start").GetDateTimeOffset() is var suggested && window.GetProperty("end").GetDateTimeOffset() is var until && suggested < until)
            {
                (from, to) = (suggested, until < end ? until : end);
            }
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            log.LogInformation(e, "No renewal information; two thirds of the certificate's life count");
        }

        return from + ((to - from) * (RandomNumberGenerator.GetInt32(1000) / 1000.0));
    }

    private async Task<JsonElement?> FindRenewalAsync(string identifier, CancellationToken cancellationToken)
    {
        using var client = clients.CreateClient(SiteCertificates.ClientName);
        using var key = files.AccountKey();
        return await (await AcmeConversation.OpenAsync(client, settings.Value.Directory!, key, cancellationToken)).FindRenewalAsync(identifier, cancellationToken);
    }

    private async Task RenewAsync(CancellationToken cancellationToken)
    {
        using var client = clients.CreateClient(SiteCertificates.ClientName);
        using var account = files.AccountKey();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var conversation = await AcmeConversation.OpenAsync(client, settings.Value.Directory!, account, cancellationToken);
        await conversation.RegisterAsync(settings.Value, cancellationToken);
        var order = new SiteCertificateOrder(conversation, settings.Value);
        var replaces = current.Certificate is { } old ? Identifier(old) : null;
        string pem;
        try
        {
            pem = await order.RunAsync(key, replaces, cancellationToken);
        }
        catch (AcmeClientException) when (replaces is not null)
        {
            // Another CA's certificate, or one that an order that came to nothing replaces already: a new one is had all the same.
            pem = await order.RunAsync(key, replaces: null, cancellationToken);
        }

        var (leaf, issuers) = files.Store(pem, key);
        current.Set(leaf, issuers);
        askAt = default;
        log.LogInformation("{Host} has a certificate until {End}", settings.Value.Host, leaf.NotAfter);
    }

    private static DateTimeOffset Utc(DateTime local) => new(local.ToUniversalTime(), TimeSpan.Zero);
}
