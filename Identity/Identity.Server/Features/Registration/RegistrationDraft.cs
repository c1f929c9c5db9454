using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.DataProtection;
using Yinxin.ServiceDefaults.Settings;

namespace Yinxin.Identity.Server.Features.Registration;

/// <summary>What a person has told so far on the way to an account.</summary>
/// <param name="Id">Becomes the key of the account.</param>
internal sealed record RegistrationDraft(Guid Id, string IdNumber, string Name, string Sex, string Ethnicity, string? ReturnUrl)
{
    /// <summary>Receipt of the population library; null until it agreed, or did not and that is not told (<see cref="Untold"/>).</summary>
    public string? PopulationReceipt { get; init; }

    /// <summary>The library did not agree, and too much was guessed at this number to say so: goes on as one that it agreed with, and becomes no account.</summary>
    [JsonIgnore]
    public bool Untold { get; init; }

    /// <summary><see cref="Untold"/> as it is stored: as long when it is true as when it is not.</summary>
    [JsonPropertyName("Mark")]
    public int UntoldMark
    {
        get => Untold ? 1 : 0;
        init => Untold = value != 0;
    }

    /// <summary>The library's answer as it signed it.</summary>
    public string? PopulationAnswer { get; init; }

    public DateTimeOffset? PopulationCheckedAt { get; init; }

    /// <summary>How many changes about this person had been reported when the library was asked; see <see cref="SourceChanges.SourceNews"/>.</summary>
    public int KnownNews { get; init; }

    public string? Phone { get; init; }

    /// <summary>The carrier's answer that the phone is this person's, as it signed it; null where none is asked.</summary>
    public string? PhoneOwnerAnswer { get; init; }

    /// <summary>Number of the slip for a counter, once the registration met an account.</summary>
    public string? Slip { get; init; }

    /// <summary>Null until the code was typed.</summary>
    public DateTimeOffset? PhoneProvenAt { get; init; }
}

/// <summary>
/// Keeps the draft in the browser, encrypted and authenticated, for an hour: nothing of a person who does not finish is stored
/// here, and nothing is lost when a register is down or the page is left. Its length tells nothing: whoever sees the cookie cannot read it, but count its characters, and a library that
/// did not agree answers in another number of them than one that did (<see cref="RegistrationDraft.Untold"/>).
/// </summary>
internal sealed class RegistrationDrafts(IDataProtectionProvider protection, SecureCookies secure)
{
    public static readonly TimeSpan Life = TimeSpan.FromHours(1);

    private const char Filler = ' ';

    /// <summary>The authorities' signed answers do not fit into the 4096 bytes of which browsers drop every further one.</summary>
    private static readonly ChunkingCookieManager Cookies = new();

    /// <summary>Apart from the rest of the draft, whose length is in the hands of whoever fills the form: by it nobody brings the answer to the edge of a step.</summary>
    private const int AnswerStep = 2048;
    private const int Step = 2048;

    /// <summary>The number tells the former release's drafts, which knew nothing of <see cref="RegistrationDraft.Untold"/>: a node of it reads none of ours as one that agreed.</summary>
    private readonly ITimeLimitedDataProtector protector = protection.CreateProtector("registration-draft.2").ToTimeLimitedDataProtector();

    private string Cookie => secure.Name("yinxin.identity.registration");

    public RegistrationDraft? Read(HttpContext context)
    {
        try
        {
            return Cookies.GetRequestCookie(context, Cookie) is { } text && JsonSerializer.Deserialize<RegistrationDraft>(protector.Unprotect(text)) is { } draft
                ? draft with { PopulationAnswer = draft.PopulationAnswer?.TrimEnd(Filler) }
                : null;
        }
        catch (Exception e) when (e is CryptographicException or FormatException or JsonException)
        {
            return null;
        }
    }

    public void Write(HttpContext context, RegistrationDraft draft)
    {
        var text = JsonSerializer.Serialize(draft with { PopulationAnswer = draft.PopulationAnswer is { } answer ? Filled(answer, AnswerStep) : null });
        Cookies.AppendResponseCookie(context, Cookie, protector.Protect(Filled(text, Step), Life), Options());
    }

    public void Clear(HttpContext context) => Cookies.DeleteCookie(context, Cookie, Options());

    /// <summary>Spaces stand in no signed answer, and say nothing at the end of JSON.</summary>
    private static string Filled(string text, int step) => text.PadRight((text.Length + step - 1) / step * step, Filler);

    private CookieOptions Options() => new() { HttpOnly = true, Secure = secure.Wanted, SameSite = SameSiteMode.Lax, IsEssential = true, Path = "/" };
}
