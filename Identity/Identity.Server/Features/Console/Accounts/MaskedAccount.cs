using Yinxin.Identity.Server.Data;

namespace Yinxin.Identity.Server.Features.Console.Accounts;

/// <summary>An account as officials see it before they give a reason: enough to tell whether it is the one they look for.</summary>
internal sealed record MaskedAccount(Guid Id, AccountKind Kind, string Name, string? UserName, string? IdNumber, string? Phone, DateTimeOffset CreatedAt, DateTimeOffset? FrozenAt, string? FrozenReason, DateTimeOffset? ClosedAt)
{
    public static MaskedAccount Of(Account account) => new(
        account.Id,
        account.Kind,
        // An official's name stands on every decision; a person's is masked.
        account.Person is null ? account.DisplayName : MaskName(account.DisplayName),
        account.Person is null ? account.UserName : null,
        account.Person?.IdNumberMasked,
        account.Person is { HasPhone: true } person ? person.PhoneMasked : null,
        account.CreatedAt,
        account.FrozenAt,
        account.FrozenReason,
        account.ClosedAt);

    /// <summary>The family name's first character.</summary>
    public static string MaskName(string name)
    {
        var characters = new System.Globalization.StringInfo(name);
        return characters.LengthInTextElements < 2 ? "*" : characters.SubstringByTextElements(0, 1) + new string('*', Math.Min(characters.LengthInTextElements - 1, 6));
    }
}
