using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.History;
using Yinxin.Identity.Server.Features.Sessions;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Settings;

namespace Yinxin.Identity.Server.Features.QrSignIn;

/// <summary>Sign-in on a computer by the phone that is signed in. Each step is one conditional update: a code is confirmed once and used once, by the browser that shows it.</summary>
internal sealed class QrSignIns(IdentityContext database, IDataProtectionProvider protection, IAuditTrail audit, SecureCookies secure, TimeProvider time)
{
    private const int Choices = 3;

    /// <summary>How long a code can be confirmed; a browser whose person presses a button has as long again.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromSeconds(60);

    private readonly IDataProtector protector = protection.CreateProtector("qr-sign-in");

    private string Cookie => secure.Name("yinxin.identity.qr");

    /// <param name="context">The computer's request.</param>
    /// <param name="clientId">The service that asked.</param>
    /// <param name="proofSince">How fresh the phone's proof has to be for it; null: the phone's own rule is enough.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The row, and what the QR code holds, for the only time.</returns>
    public async Task<(Data.QrSignIn Row, string Code)> ShowAsync(HttpContext context, string? clientId, DateTimeOffset? proofSince, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var (code, secret) = (Random(), Random());
        List<int> offered = [];
        while (offered.Count < Choices)
        {
            var number = RandomNumberGenerator.GetInt32(10, 100);
            if (!offered.Contains(number))
            {
                offered.Add(number);
            }
        }

        var row = new Data.QrSignIn
        {
            Id = Guid.CreateVersion7(now),
            CodeHash = Hash(code),
            BrowserHash = Hash(secret),
            Number = offered[RandomNumberGenerator.GetInt32(Choices)],
            Offered = offered,
            ClientId = clientId,
            ProofSince = proofSince,
            Device = DeviceName.From(context.Request.Headers.UserAgent.ToString()),
            AddressMasked = AddressMasking.Mask(context.Connection.RemoteIpAddress),
            CreatedAt = now,
            ExpiresAt = now + Life,
        };
        database.QrSignIns.Add(row);
        await database.SaveChangesAsync(cancellationToken);
        context.Response.Cookies.Append(Cookie, protector.Protect($"{row.Id}:{secret}"), Options());
        return (row, code);
    }

    /// <summary>The code that this browser shows; null when it shows none.</summary>
    public async Task<Data.QrSignIn?> OfBrowserAsync(HttpContext context, CancellationToken cancellationToken)
    {
        try
        {
            if (context.Request.Cookies[Cookie] is not { } text || protector.Unprotect(text).Split(':') is not [var id, var secret] || !Guid.TryParse(id, out var key))
            {
                return null;
            }

            var hash = Hash(secret);
            return await database.QrSignIns.AsNoTracking().FirstOrDefaultAsync(q => q.Id == key && q.BrowserHash == hash, cancellationToken);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>What a phone has scanned, while it may still be confirmed.</summary>
    public async Task<Data.QrSignIn?> ScannedAsync(string? code, CancellationToken cancellationToken)
    {
        if (code is not { Length: > 0 and <= 100 })
        {
            return null;
        }

        var (hash, now) = (Hash(code), time.GetUtcNow());
        return await database.QrSignIns.AsNoTracking().FirstOrDefaultAsync(q => q.CodeHash == hash && q.State == QrSignInState.Waiting && q.ExpiresAt > now, cancellationToken);
    }

    /// <summary>The phone's answer. A wrong number, or none, refuses for good: there is no second guess among three.</summary>
    /// <returns>Whether the browser may go on.</returns>
    public async Task<bool> AnswerAsync(Data.QrSignIn row, Session phone, int? number, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var right = number == row.Number;
        List<string> methods = right ? [.. phone.Methods.Union(["qr"], StringComparer.Ordinal)] : [];
        Guid? account = right ? phone.AccountId : null;
        DateTimeOffset? proved = right ? phone.AuthenticatedAt : null;
        Guid? session = right ? phone.Id : null;
        var state = right ? QrSignInState.Confirmed : QrSignInState.Refused;
        var answered = await database.QrSignIns.Where(q => q.Id == row.Id && q.State == QrSignInState.Waiting && q.ExpiresAt > now)
            .ExecuteUpdateAsync(
                set => set.SetProperty(q => q.State, state).SetProperty(q => q.AccountId, account).SetProperty(q => q.Methods, methods).SetProperty(q => q.ProvedAt, proved)
                    .SetProperty(q => q.PhoneSessionId, session), cancellationToken);
        audit.Add(new AuditEntry("qrSignIn.answer", phone.AccountId.ToString(), phone.AccountId.ToString(), Details: new { row.Id, session = phone.Id, row.ClientId }, Result: right ? "ok" : "identity.qr.refused"));
        await database.SaveChangesAsync(cancellationToken);
        return right && answered == 1;
    }

    /// <summary>Spends a confirmed code for the browser that shows it.</summary>
    public async Task<bool> UseAsync(HttpContext context, Data.QrSignIn row, CancellationToken cancellationToken)
    {
        // As long again as the code lived, for a browser without script whose person presses a button.
        var latest = time.GetUtcNow() - Life;
        if (await database.QrSignIns.Where(q => q.Id == row.Id && q.State == QrSignInState.Confirmed && q.ExpiresAt > latest)
            .ExecuteUpdateAsync(set => set.SetProperty(q => q.State, QrSignInState.Used), cancellationToken) != 1)
        {
            return false;
        }

        context.Response.Cookies.Delete(Cookie, Options());
        return true;
    }

    private static string Random() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(24));

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private CookieOptions Options() => new() { HttpOnly = true, Secure = secure.Wanted, SameSite = SameSiteMode.Strict, IsEssential = true, Path = "/" };
}
