using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using OpenIddict.Abstractions;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Clients;
using Yinxin.Identity.Server.Features.Terms;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Database;

namespace Yinxin.Identity.Server.Features.VerifiedClaims;

/// <summary>What one request asks a person to give.</summary>
/// <param name="Client">Who asks.</param>
/// <param name="Claims">The claims that are asked for and that the client's registration allows.</param>
/// <param name="Chinese">The purpose of the registration, with the request's own words where it has some; whole, so that two that differ late are two.</param>
/// <param name="English">The same.</param>
internal sealed record ClaimQuestion(Client Client, IReadOnlyList<VerifiedClaim> Claims, string Chinese, string English)
{
    public string PurposeKey => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Chinese + "\n" + English)));
}

/// <summary>Consents to the release of verified claims: asked for, given, remembered for one purpose of one application, taken back.</summary>
internal sealed class ClaimConsents(IdentityContext database, ClientCatalogue clients, PersonalData personal, IAuditTrail audit, TimeProvider time) : IHousekeepingTask
{
    private const int Batch = 500;
    private const int LongestPurpose = 300;

    /// <summary>What a request asks for, as far as the client may; null when that is nothing.</summary>
    public ClaimQuestion? Question(OpenIddictRequest request)
    {
        if (clients.Find(request.ClientId) is not { VerifiedClaims.Count: > 0 } client || VerifiedClaimsRequest.Of(request) is not { } asked)
        {
            return null;
        }

        var claims = asked.Names.Where(n => client.VerifiedClaims.Contains(n, StringComparer.Ordinal)).Select(VerifiedClaimCatalogue.Find).OfType<VerifiedClaim>().ToList();
        var purposes = asked.Purposes.Select(p => (Claim: claims.Find(c => c.Name == p.Claim), Purpose: p)).Where(p => p.Claim is not null || p.Purpose.Claim is null).ToList();
        var chinese = purposes.Select(p => p.Claim is null ? p.Purpose.Words : $"{p.Claim.Chinese}：{p.Purpose.Words}");
        var english = purposes.Select(p => p.Claim is null ? p.Purpose.Words : $"{p.Claim.English}: {p.Purpose.Words}");
        return claims.Count == 0 ? null : new ClaimQuestion(
            client, claims, string.Join(" · ", chinese.Prepend(client.PurposeChinese)), string.Join(" · ", english.Prepend(client.PurposeEnglish)));
    }

    /// <summary>Whether the person must be asked: nothing was agreed for this purpose, or more is asked for now.</summary>
    public async Task<bool> IsMissingAsync(OpenIddictRequest request, Session session, CancellationToken cancellationToken) =>
        session.Account!.Kind == AccountKind.Person && Question(request) is { } question &&
        (await FindAsync(session.AccountId, question, cancellationToken) is not { } consent || question.Claims.Any(c => !consent.Asked.Contains(c.Name)));

    /// <summary>Keeps what a request asked for beside the tokens that it yields; only under a consent that gives something.</summary>
    public async Task KeepAsync(OpenIddictRequest request, Session session, Guid grant, CancellationToken cancellationToken)
    {
        if (session.Account!.Kind != AccountKind.Person || Question(request) is not { } question || await FindAsync(session.AccountId, question, cancellationToken) is not { Given.Count: > 0 } consent)
        {
            return;
        }

        var (cipher, now) = (personal.Protect(Purposes.ClaimRequest, VerifiedClaimsRequest.Of(request)!.Text), time.GetUtcNow().UtcDateTime);
        await database.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO "ClaimRequests" ("Id", "ConsentId", "RequestCipher", "CreatedAt")
            VALUES ({grant}, {consent.Id}, {cipher}, {now})
            ON CONFLICT ("Id") DO NOTHING
            """,
            cancellationToken);
    }

    /// <summary>
    /// Notes what the person gives. A wider question replaces the consent before; what was given then and is not asked for now stays given. The same form sent twice, or once more from the history,
    /// is one consent: a second one would live on when the first is taken back.
    /// </summary>
    public async Task GiveAsync(Guid account, ClaimQuestion question, IReadOnlySet<string> given, CancellationToken cancellationToken)
    {
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        await AuditChain.TakeTurnAsync(database, cancellationToken);
        var now = time.GetUtcNow();
        var former = await database.ClaimConsents.FirstOrDefaultAsync(
            c => c.AccountId == account && c.ClientId == question.Client.ClientId && c.PurposeKey == question.PurposeKey && c.EndedAt == null, cancellationToken);
        var asked = question.Claims.Select(c => c.Name).ToList();
        if (former is not null && asked.All(former.Asked.Contains) && asked.All(c => former.Given.Contains(c) == given.Contains(c)))
        {
            return;
        }

        var kept = former?.Given.Where(c => !asked.Contains(c)).ToList() ?? [];
        if (former is not null)
        {
            former.EndedAt = now;
        }

        var consent = new ClaimConsent
        {
            Id = Guid.CreateVersion7(now),
            AccountId = account,
            ClientId = question.Client.ClientId,
            PurposeKey = question.PurposeKey,
            PurposeChinese = Cut(question.Chinese),
            PurposeEnglish = Cut(question.English),
            Asked = [.. asked.Union(former?.Asked ?? [], StringComparer.Ordinal).Order(StringComparer.Ordinal)],
            Given = [.. asked.Where(given.Contains).Union(kept, StringComparer.Ordinal).Order(StringComparer.Ordinal)],
            GivenAt = now,
        };
        database.ClaimConsents.Add(consent);
        Note("claims.consent", consent, new { consent.ClientId, consent.Asked, consent.Given, consent.PurposeChinese, privacy = EditionsInForce.At(now).Privacy });
        await database.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(CancellationToken.None);
    }

    /// <summary>Takes one consent back; nothing is given from then on, also under tokens that live.</summary>
    public async Task EndAsync(Guid account, Guid id, CancellationToken cancellationToken)
    {
        if (await database.ClaimConsents.FirstOrDefaultAsync(c => c.Id == id && c.AccountId == account && c.EndedAt == null, cancellationToken) is { } consent)
        {
            consent.EndedAt = time.GetUtcNow();
            Note("claims.revoke", consent, new { consent.ClientId, consent.Given });
            await database.SaveChangesAsync(cancellationToken);
        }
    }

    /// <summary>What a person gives to whom, the newest first.</summary>
    public Task<List<ClaimConsent>> OfAsync(Guid account, CancellationToken cancellationToken) =>
        database.ClaimConsents.AsNoTracking().Where(c => c.AccountId == account && c.EndedAt == null).OrderByDescending(c => c.Id).Take(Batch).ToListAsync(cancellationToken);

    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        // Longer than a session and its tokens can live.
        var old = time.GetUtcNow().AddDays(-1);
        await database.ClaimRequests.Where(r => r.CreatedAt < old).OrderBy(r => r.CreatedAt).Take(Batch).ExecuteDeleteAsync(cancellationToken);
    }

    private Task<ClaimConsent?> FindAsync(Guid account, ClaimQuestion question, CancellationToken cancellationToken) =>
        database.ClaimConsents.AsNoTracking().FirstOrDefaultAsync(
            c => c.AccountId == account && c.ClientId == question.Client.ClientId && c.PurposeKey == question.PurposeKey && c.EndedAt == null, cancellationToken);

    private void Note(string action, ClaimConsent consent, object details) =>
        audit.Add(new AuditEntry(action, consent.AccountId.ToString(), consent.AccountId.ToString(), Details: details));

    private static string Cut(string purpose) => purpose.Length <= LongestPurpose ? purpose : purpose[..LongestPurpose];
}
