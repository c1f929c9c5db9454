using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.ServiceDefaults.Security;
using Yinxin.ServiceDefaults.Tokens;
using Yinxin.Trust.Server.Data;
using Yinxin.Trust.Server.Features.Issuing;

namespace Yinxin.Trust.Server.Features.Acme.Accounts;

/// <summary>/api/acme/external-keys (scope <c>trust.acme</c>): gives out keys that bind new accounts, lists them, and takes one back together with its account.</summary>
internal sealed class ManageExternalKeys(TrustContext database, IAuditTrail audit, IDataCipher cipher, TimeProvider time)
{
    private const int LongestName = 200;
    private const int MostDays = 365;
    private const int Page = 200;
    private static readonly Problem BadRequest = new(
        "trust.acme.externalKey", 422, "须填写用途名称（最多 200 字），有效天数为 1 至 365。", "A name of at most 200 characters is needed, and 1 to 365 days.");

    private static readonly Problem Unknown = new("trust.acme.externalKey.unknown", 404, "没有该外部账户密钥。", "There is no such external account key.");

    public static void Map(WebApplication app)
    {
        var group = app.MapGroup("/api/acme/external-keys").RequireAuthorization(ApiTokens.Scope("trust.acme"));
        group.MapPost("", (Request request, HttpContext http, ManageExternalKeys handler, CancellationToken cancellation) => handler.CreateAsync(request, Caller.Of(http), cancellation));
        group.MapGet("", (string? after, ManageExternalKeys handler, CancellationToken cancellation) => handler.ListAsync(after, cancellation));
        group.MapDelete("/{id}", (string id, HttpContext http, ManageExternalKeys handler, CancellationToken cancellation) => handler.RevokeAsync(id, Caller.Of(http), cancellation));
    }

    private async Task<IResult> CreateAsync(Request request, string actor, CancellationToken cancellationToken)
    {
        if (request.Name is not { Length: > 0 and <= LongestName } name || request.Days is < 1 or > MostDays)
        {
            throw BadRequest.Exception();
        }

        var secret = RandomNumberGenerator.GetBytes(32);
        var key = new AcmeExternalKey
        {
            Id = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16)),
            Name = name,
            EncryptedKey = cipher.Encrypt(ExternalBinding.Purpose, secret),
            CreatedBy = actor,
            CreatedAt = time.GetUtcNow(),
            ExpiresAt = time.GetUtcNow().AddDays(request.Days ?? 30),
        };
        database.Add(key);
        audit.Add(new AuditEntry("trust.acme.externalKey.created", key.Id, actor, Details: new { key.Name, key.ExpiresAt }));
        await database.SaveChangesAsync(cancellationToken);
        return Results.Created($"/api/acme/external-keys/{key.Id}", new Created(key.Id, Base64Url.EncodeToString(secret), key.ExpiresAt));
    }

    private async Task<Answer> ListAsync(string? after, CancellationToken cancellationToken)
    {
        var keys = await database.Set<AcmeExternalKey>().AsNoTracking().Where(k => after == null || k.Id.CompareTo(after) > 0).OrderBy(k => k.Id).Take(Page + 1).ToListAsync(cancellationToken);
        return new Answer([.. keys.Take(Page).Select(View.Of)], keys.Count > Page ? keys[Page - 1].Id : null);
    }

    private async Task<IResult> RevokeAsync(string id, string actor, CancellationToken cancellationToken)
    {
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        var keys = database.Set<AcmeExternalKey>().Where(k => k.Id == id);
        var now = time.GetUtcNow();
        if (await keys.Where(k => k.RevokedAt == null).ExecuteUpdateAsync(set => set.SetProperty(k => k.RevokedAt, now), cancellationToken) == 1)
        {
            var account = await keys.Select(k => k.AccountId).SingleAsync(cancellationToken);
            await database.Set<AcmeAccount>().Where(a => a.Id == account && a.Status == AcmeAccountStatus.Valid)
                .ExecuteUpdateAsync(set => set.SetProperty(a => a.Status, AcmeAccountStatus.Revoked), cancellationToken);
            audit.Add(new AuditEntry("trust.acme.externalKey.revoked", id, actor, Details: new { account }));
            await database.SaveChangesAsync(cancellationToken);
            await transaction.CommitAsync(CancellationToken.None);
        }
        else if (!await keys.AnyAsync(cancellationToken))
        {
            throw Unknown.Exception();
        }

        return Results.NoContent();
    }

    /// <param name="Name">For whom it is.</param>
    /// <param name="Days">Until when an account can be bound; 30 by default.</param>
    internal sealed record Request(string? Name, int? Days);

    /// <param name="KeyId">What clients call kid.</param>
    /// <param name="HmacKey">32 bytes, base64url; told this once.</param>
    /// <param name="ExpiresAt">Until when an account can be bound.</param>
    internal sealed record Created(string KeyId, string HmacKey, DateTimeOffset ExpiresAt);

    /// <param name="Keys">By their ids.</param>
    /// <param name="Next">The next page's <c>after</c>, or null.</param>
    internal sealed record Answer(IReadOnlyList<View> Keys, string? Next);

    internal sealed record View(string KeyId, string Name, string CreatedBy, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt, string? Account, DateTimeOffset? RevokedAt)
    {
        public static View Of(AcmeExternalKey key) => new(key.Id, key.Name, key.CreatedBy, key.CreatedAt, key.ExpiresAt, key.AccountId?.ToString("N"), key.RevokedAt);
    }
}
