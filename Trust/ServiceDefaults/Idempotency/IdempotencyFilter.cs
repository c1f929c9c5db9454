using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Yinxin.ServiceDefaults.Database;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.ServiceDefaults.Idempotency;

/// <summary>A request under the same key is answered once and then from memory: a caller that lost the answer may simply ask again.</summary>
public static class IdempotencyFilter
{
    public const string Header = "Idempotency-Key";
    private const int MaximumBody = 1024 * 1024;

    /// <summary>After this the work of a first request that never ended (a crash) may be taken up again.</summary>
    private static readonly TimeSpan Abandoned = TimeSpan.FromMinutes(2);

    private static readonly Problem Missing = new("idempotency.missing", 400, "请求缺少 Idempotency-Key。", "The request needs an Idempotency-Key header of 1 to 200 characters.");
    private static readonly Problem Mismatch = new("idempotency.mismatch", 422, "该 Idempotency-Key 已用于另一请求。", "This Idempotency-Key was used with another request.");
    private static readonly Problem InProgress = new("idempotency.inProgress", 409, "相同请求正在处理，请稍后再试。", "The same request is being worked on; ask again shortly.");

    /// <summary>Demands the header and remembers the answer (2xx and 4xx but 401, which is about the caller and not the request, 408, 409, 429). An answer is remembered for a week.</summary>
    public static RouteHandlerBuilder RequireIdempotencyKey<TContext>(this RouteHandlerBuilder endpoint)
        where TContext : DbContext
    {
        endpoint.Add(builder =>
        {
            builder.Metadata.Add(IdempotentEndpoint.Mark);
            var next = builder.RequestDelegate ?? throw new InvalidOperationException("The endpoint has no delegate.");
            builder.RequestDelegate = context => RunAsync<TContext>(context, next);
        });
        return endpoint;
    }

    private static async Task RunAsync<TContext>(HttpContext http, RequestDelegate next)
        where TContext : DbContext
    {
        var key = http.Request.Headers[Header].ToString();
        if (key.Length is 0 or > 200)
        {
            throw Missing.Exception();
        }

        var fingerprint = await FingerprintAsync(http.Request);
        var caller = http.User.FindFirst("client_id")?.Value ?? http.User.FindFirst("sub")?.Value ?? "anonymous";
        if (http.User.FindFirst("sub")?.Value is { } subject && subject != caller)
        {
            caller = $"{caller}/{subject}";
        }

        await using var scope = http.RequestServices.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<TContext>();
        var time = scope.ServiceProvider.GetRequiredService<TimeProvider>();
        if (!await ReserveAsync(database, caller, key, fingerprint, time.GetUtcNow(), http.RequestAborted))
        {
            await AnswerFromMemoryAsync(database, http, caller, key, fingerprint, time.GetUtcNow(), next);
            return;
        }

        await AnswerAsync(database, http, caller, key, next);
    }

    private static async Task<bool> ReserveAsync(DbContext database, string caller, string key, string fingerprint, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (await database.Set<IdempotencyRecord>().AsNoTracking().AnyAsync(r => r.Caller == caller && r.Key == key, cancellationToken))
        {
            return false;
        }

        database.Add(new IdempotencyRecord { Caller = caller, Key = key, Fingerprint = fingerprint, CreatedAt = now });
        try
        {
            await database.SaveChangesAsync(cancellationToken);
            return true;
        }
        catch (DbUpdateException e) when (e.IsUniqueViolation())
        {
            return false;
        }
        finally
        {
            database.ChangeTracker.Clear();
        }
    }

    private static async Task AnswerFromMemoryAsync(DbContext database, HttpContext http, string caller, string key, string fingerprint, DateTimeOffset now, RequestDelegate next)
    {
        var known = await database.Set<IdempotencyRecord>().AsNoTracking().SingleAsync(r => r.Caller == caller && r.Key == key, http.RequestAborted);
        if (known.Fingerprint != fingerprint)
        {
            throw Mismatch.Exception();
        }

        if (known.Status is { } status)
        {
            http.Response.StatusCode = status;
            http.Response.ContentType = known.ContentType;
            http.Response.Headers["Idempotent-Replay"] = "true";
            if (known.Location is not null)
            {
                http.Response.Headers.Location = known.Location;
            }

            await http.Response.WriteAsync(known.Body ?? "", http.RequestAborted);
            return;
        }

        var abandonedBefore = now - Abandoned;
        var takenOver = await database.Set<IdempotencyRecord>()
            .Where(r => r.Caller == caller && r.Key == key && r.Status == null && r.CreatedAt < abandonedBefore)
            .ExecuteUpdateAsync(set => set.SetProperty(r => r.CreatedAt, now), http.RequestAborted);
        if (takenOver == 0)
        {
            throw InProgress.Exception(retryAfter: TimeSpan.FromSeconds(1));
        }

        await AnswerAsync(database, http, caller, key, next);
    }

    private static async Task AnswerAsync(DbContext database, HttpContext http, string caller, string key, RequestDelegate next)
    {
        var original = http.Response.Body;
        using var buffer = new MemoryStream();
        http.Response.Body = buffer;
        var records = database.Set<IdempotencyRecord>().Where(r => r.Caller == caller && r.Key == key);
        try
        {
            await next(http);
        }
        catch
        {
            // Not answered: the caller may try again under the same key.
            http.Response.Body = original;
            await records.ExecuteDeleteAsync(CancellationToken.None);
            throw;
        }

        http.Response.Body = original;
        var status = http.Response.StatusCode;
        if (status is 401 or 408 or 409 or 429 or >= 500)
        {
            await records.ExecuteDeleteAsync(CancellationToken.None);
        }
        else
        {
            var body = Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
            var contentType = http.Response.ContentType;
            var location = http.Response.Headers.Location.ToString() is { Length: > 0 } l ? l : null;
            await records.ExecuteUpdateAsync(
                set => set.SetProperty(r => r.Status, status).SetProperty(r => r.ContentType, contentType).SetProperty(r => r.Location, location).SetProperty(r => r.Body, body),
                CancellationToken.None);
        }

        buffer.Position = 0;
        await buffer.CopyToAsync(original, http.RequestAborted);
    }

    private static async Task<string> FingerprintAsync(HttpRequest request)
    {
        request.EnableBuffering(bufferThreshold: 64 * 1024, bufferLimit: MaximumBody);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{request.Method} {request.Path}{request.QueryString}\n"));
        var chunk = new byte[16 * 1024];
        int read;
        while ((read = await request.Body.ReadAsync(chunk, request.HttpContext.RequestAborted)) > 0)
        {
            hash.AppendData(chunk, 0, read);
        }

        request.Body.Position = 0;
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
