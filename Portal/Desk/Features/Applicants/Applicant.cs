using System.Security.Claims;
using Yinxin.Identity.Client.SignIn;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Desk.Features.Applicants;

/// <summary>For whom a case runs, from verified claims only; never from what was typed.</summary>
/// <param name="Subject">Account of the acting person.</param>
/// <param name="PersonName">Real name of the acting person.</param>
/// <param name="IdNumber">ID number of the acting person.</param>
/// <param name="OrganisationUscc">The organisation acted for.</param>
/// <param name="OrganisationName">Its name.</param>
/// <param name="MandateId">The mandate under which an agent acts for it; with the person's name and number it is what GB/T 39046 table 5 asks of an agent.</param>
internal sealed record Applicant(string Subject, string PersonName, string IdNumber, string? OrganisationUscc, string? OrganisationName, Guid? MandateId = null)
{
    private static readonly Problem Unverified = new("applicant.unverified", 403, "账户缺少实名信息，不能申办。", "The account carries no verified name; it cannot apply.");

    public string Name => OrganisationName ?? PersonName;

    public string Masked => OrganisationName ?? Mask(PersonName);

    public static Applicant Of(ClaimsPrincipal principal)
    {
        var user = principal.RequireSignedInUser();
        var name = principal.FindFirstValue("real_name");
        var number = principal.FindFirstValue("id_number");
        return user.Kind == UserKind.Staff || string.IsNullOrEmpty(name) || string.IsNullOrEmpty(number)
            ? throw Unverified.Exception()
            : new Applicant(user.Subject, name, number, user.ActingFor?.Organisation.Uscc, user.ActingFor?.Organisation.Name, user.ActingFor?.Mandate?.Id);
    }

    /// <summary>The agent who acts, for the history of a case; null for a person themselves and for the legal representative.</summary>
    public static string? AgentMasked(ClaimsPrincipal principal) =>
        principal.RequireSignedInUser() is { ActingFor.IsAgent: true } user ? Mask(principal.FindFirstValue("real_name") ?? user.Name) : null;

    /// <summary>A client that asked for no name leaves none to show.</summary>
    private static string Mask(string name) => name.Length == 0 ? "*" : name.EnumerateRunes().First() + new string('*', name.EnumerateRunes().Count() - 1);
}
