using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.DataProtection;
using Yinxin.Identity.Server.Data;
using Yinxin.ServiceDefaults.Settings;

namespace Yinxin.Identity.Server.Features.Recovery;

/// <summary>What a person who cannot sign in has shown so far.</summary>
/// <param name="FormId">Binds codes to this browser.</param>
/// <param name="AccountId">The account of the ID number; for a number without one a key that belongs to nobody but is always the same.</param>
/// <param name="IdNumber">As typed; a password must not contain it.</param>
/// <param name="Name">As typed.</param>
/// <param name="Receipt">Of the population library, or none with a ticket.</param>
/// <param name="TicketId">The request behind a counter's ticket.</param>
/// <param name="NewPhone">The number to prove in place of a lost one; null: the account's own.</param>
/// <param name="PhoneLost">Whether the account's own phone is lost.</param>
/// <param name="PhoneProven">Whether the code was typed.</param>
/// <param name="SecurityStamp">Of the account when this began: one that was handed over or secured anew meanwhile makes it worthless. For nobody something of the same length.</param>
/// <param name="Known">1 when it was begun in a browser that the account knows, else 0: a digit, for the words true and false would tell them apart by the cookie's length.</param>
/// <param name="Ethnicity">As typed, for an account that knows none; none with a ticket.</param>
internal sealed record RecoveryDraft(
    Guid FormId, Guid AccountId, string IdNumber, string Name, string? Receipt, Guid? TicketId, string? NewPhone, bool PhoneLost, bool PhoneProven, string? SecurityStamp, int Known = 0,
    string? Ethnicity = null)
{
    /// <summary>
    /// What its messages are counted against: the ticket that its holder alone has, else this very recovery. Never the account, for whoever knows a person's particulars could use up
    /// what belongs to its owner, and would see by it whether there is one.
    /// </summary>
    [JsonIgnore]
    public string Budget => TicketId is { } ticket ? "ticket:" + ticket : BudgetOf(FormId);

    public static string BudgetOf(Guid formId) => "recovery:" + formId;

    /// <summary>The key of nobody: from the ID number's keyed hash, so that brakes work for it as for an account.</summary>
    public static Guid NobodyFor(PersonalData personal, string idNumber) =>
        new(SHA256.HashData(Encoding.UTF8.GetBytes("nobody:" + personal.PassingIndex(Purposes.IdNumber, idNumber))).AsSpan(0, 16));
}

/// <summary>Keeps it in the browser, encrypted, for half an hour. Its length tells nothing: an account and nobody look the same.</summary>
internal sealed class RecoveryDrafts(IDataProtectionProvider protection, SecureCookies secure)
{
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(30);
    private readonly ITimeLimitedDataProtector protector = protection.CreateProtector("recovery-draft").ToTimeLimitedDataProtector();

    private string Cookie => secure.Name("yinxin.identity.recovery");

    public RecoveryDraft? Read(HttpContext context)
    {
        try
        {
            return context.Request.Cookies[Cookie] is { } text ? JsonSerializer.Deserialize<RecoveryDraft>(protector.Unprotect(text)) : null;
        }
        catch (Exception e) when (e is CryptographicException or FormatException or JsonException)
        {
            return null;
        }
    }

    public void Write(HttpContext context, RecoveryDraft draft) =>
        context.Response.Cookies.Append(Cookie, protector.Protect(JsonSerializer.Serialize(draft), Life), Options());

    public void Clear(HttpContext context) => context.Response.Cookies.Delete(Cookie, Options());

    private CookieOptions Options() => new() { HttpOnly = true, Secure = secure.Wanted, SameSite = SameSiteMode.Lax, IsEssential = true, Path = "/" };
}
