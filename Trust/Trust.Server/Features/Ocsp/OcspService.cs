using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Threading.RateLimiting;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Yinxin.Trust.Ocsp;
using Yinxin.Trust.Server.Data;
using Yinxin.Trust.Server.Features.Authorities;

namespace Yinxin.Trust.Server.Features.Ocsp;

/// <summary>What goes back: kept answers may be copied, the others not.</summary>
internal sealed record OcspReply(byte[] Der, KeptAnswer? Kept = null)
{
    public static readonly OcspReply Malformed = new(OcspResponder.Error(OcspResponseStatus.MalformedRequest));
    public static readonly OcspReply TryLater = new(OcspResponder.Error(OcspResponseStatus.TryLater));
    public static readonly OcspReply Unauthorized = new(OcspResponder.Error(OcspResponseStatus.Unauthorized));
}

/// <summary>
/// Answers OCSP requests (RFC 6960, RFC 5019). About one certificate without a nonce: the answer that was signed before, if there is one.
/// Everything else is signed at once, so many times a minute for each address.
/// </summary>
internal sealed class OcspService : IDisposable
{
    private readonly ConcurrentDictionary<string, OcspAuthority> authorities = new(StringComparer.Ordinal);
    private readonly PartitionedRateLimiter<string> limiter;
    private readonly AuthorityStore store;
    private readonly OcspResponders responders;
    private readonly IServiceScopeFactory scopes;
    private readonly OcspSettings settings;
    private readonly TimeProvider time;
    private readonly ILogger<OcspService> log;

    public OcspService(
        AuthorityStore store, OcspResponders responders, IServiceScopeFactory scopes, IOptions<OcspSettings> settings, TimeProvider time, ILogger<OcspService> log)
    {
        (this.store, this.responders, this.scopes, this.settings, this.time, this.log) = (store, responders, scopes, settings.Value, time, log);
        limiter = PartitionedRateLimiter.Create<string, string>(address => RateLimitPartition.GetFixedWindowLimiter(
            address, _ => new FixedWindowRateLimiterOptions { PermitLimit = this.settings.SignedPerMinute, Window = TimeSpan.FromMinutes(1) }));
    }

    /// <summary>The part of a CA; null when there is no such CA.</summary>
    public OcspAuthority? Find(string name) => authorities.TryGetValue(name, out var known) ? known
        : store.Find(name) is { IsIssuer: true } authority ? authorities.GetOrAdd(name, _ => new OcspAuthority(authority, settings.Kept)) : null;

    /// <param name="authority">Whose certificates are asked about.</param>
    /// <param name="der">The request.</param>
    /// <param name="address">Who asks, for the limit.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public ValueTask<OcspReply> AnswerAsync(OcspAuthority authority, ReadOnlyMemory<byte> der, string address, CancellationToken cancellationToken)
    {
        OcspRequest request;
        try
        {
            request = OcspRequest.Read(der);
        }
        catch (CryptographicException)
        {
            return ValueTask.FromResult(OcspReply.Malformed);
        }

        if (request.Certificates.Count > settings.MostCertificates)
        {
            return ValueTask.FromResult(OcspReply.Malformed);
        }

        if (!request.Certificates.Any(authority.IsIssuerOf))
        {
            return ValueTask.FromResult(OcspReply.Unauthorized);
        }

        return request is { Nonce: null, Certificates: [var only] }
            && authority.Find(Serial(only))?.Kept(only.Algorithm.Span, time.GetUtcNow()) is { } kept
                ? ValueTask.FromResult(new OcspReply(kept.Der, kept))
                : new ValueTask<OcspReply>(SignAsync(authority, request, address, cancellationToken));
    }

    /// <summary>Statuses changed; <paramref name="serials"/> names them, or is null when that is not known.</summary>
    public void Forget(string name, IReadOnlyCollection<string>? serials)
    {
        if (authorities.TryGetValue(name, out var authority))
        {
            // What a responder signed whose own certificate is revoked now is worth nothing.
            authority.Forget(serials is not null && responders.Dismiss(name, serials) ? null : serials);
        }
    }

    /// <summary>Has every responder ready before someone asks.</summary>
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        foreach (var authority in store.All.Where(a => a is { IsIssuer: true, IsOffline: false }))
        {
            await responders.FindAsync(authority, cancellationToken);
        }
    }

    public void Dispose() => limiter.Dispose();

    private static string Serial(CertificateId id) => id.SerialNumber.Span is [> 0 and < 16, ..] or [0]
        ? id.Serial.ToString(16) : Convert.ToHexStringLower(id.SerialNumber.Span is [0, ..] ? id.SerialNumber.Span[1..] : id.SerialNumber.Span).TrimStart('0');

    private async Task<OcspReply> SignAsync(OcspAuthority authority, OcspRequest request, string address, CancellationToken cancellationToken)
    {
        using var lease = await limiter.AcquireAsync(address, permitCount: 1, cancellationToken);
        if (!lease.IsAcquired)
        {
            return OcspReply.TryLater;
        }

        try
        {
            return await responders.FindAsync(authority.Authority, cancellationToken) is { } responder
                ? await SignAsync(authority, request, responder, cancellationToken) : OcspReply.TryLater;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            log.LogError(e, "No OCSP answer for {Authority}", authority.Authority.Name);
            return OcspReply.TryLater;
        }
    }

    private async Task<OcspReply> SignAsync(OcspAuthority authority, OcspRequest request, OcspResponder responder, CancellationToken cancellationToken)
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(time.GetUtcNow().ToUnixTimeSeconds());
        var next = now + settings.Life;
        var archive = new DateTimeOffset(authority.Authority.Certificate.NotBefore, TimeSpan.Zero);
        var answers = new List<OcspAnswer>(request.Certificates.Count);
        CertificateState? known = null;
        foreach (var id in request.Certificates)
        {
            known = authority.IsIssuerOf(id) ? await StateAsync(authority, id, cancellationToken) : null;
            answers.Add(known?.Answer(id, now, next, archive) ?? (authority.IsIssuerOf(id)
                ? OcspAnswer.NeverIssued(id, now, next) : new OcspAnswer(id, OcspCertificateStatus.Unknown, now, next)));
        }

        var der = responder.Sign(answers, now, request.Nonce);
        if (known is null || request is not { Nonce: null, Certificates: [var only] })
        {
            return new OcspReply(der);
        }

        var headers = new AnswerHeaders(
            $"\"{Convert.ToHexStringLower(SHA256.HashData(der).AsSpan(0, 16))}\"", now.ToString("R", CultureInfo.InvariantCulture), next.ToString("R", CultureInfo.InvariantCulture));
        var kept = new KeptAnswer(only.Algorithm.ToArray(), der, now, next, now + (settings.Life / 2), headers);
        known.Keep(kept);
        return new OcspReply(der, kept);
    }

    private async Task<CertificateState?> StateAsync(OcspAuthority authority, CertificateId id, CancellationToken cancellationToken)
    {
        var serial = Serial(id);
        if (authority.Find(serial) is { } known)
        {
            return known;
        }

        var generation = authority.Generation;
        await using var scope = scopes.CreateAsyncScope();
        var name = authority.Authority.Name;
        var row = await scope.ServiceProvider.GetRequiredService<TrustContext>().Certificates.AsNoTracking().Where(c => c.Authority == name && c.Serial == serial)
            .Select(c => new { c.Status, c.RevokedAt, c.RevocationReason, c.NotAfter }).SingleOrDefaultAsync(cancellationToken);
        if (row is null)
        {
            // Not kept: there is no end of serials that were never issued.
            return null;
        }

        var state = new CertificateState(row.Status, row.RevokedAt, row.RevocationReason, row.NotAfter);
        authority.Keep(serial, state, generation);
        return state;
    }
}
