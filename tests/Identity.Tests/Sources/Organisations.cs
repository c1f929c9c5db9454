using System.Net;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Xunit;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Hosting;

namespace Yinxin.Identity.Tests.Sources;

/// <summary>Organisations and their representatives at the pages, and what befalls them at the registers and underneath.</summary>
internal static partial class Organisations
{
    /// <summary>One at level primary, with its representative signed in.</summary>
    public static async Task<(Applicant Representative, SyntheticOrganisation Organisation, Guid Id)> RegisteredAsync(IdentityFixture identity)
    {
        var organisation = await identity.Sandbox.NextOrganisationAsync();
        var representative = await Applicant.RegisteredAsync(identity, organisation.LegalRepresentative);
        Assert.Equal(HttpStatusCode.Found, (await RegisterAsync(representative, organisation.Uscc, organisation.Name)).StatusCode);
        var id = StepUpLink().Match(await representative.ReadAsync("/account/organisations")).Groups["id"].Value;
        return (representative, organisation, Guid.Parse(id));
    }

    /// <summary>The form by which a representative registers it.</summary>
    public static Task<HttpResponseMessage> RegisterAsync(Applicant applicant, string uscc, string name, string number = "") =>
        applicant.FillAsync("/account/organisations/new", ("Uscc", uscc), ("Name", name), ("RegistrationNumber", number));

    /// <summary>Lets the register give it a new name; pushed, or left to the feed.</summary>
    public static async Task RenameAsync(IdentityFixture identity, SyntheticOrganisation organisation, string name, bool push) =>
        (await identity.Sandbox.Http.PostAsJsonAsync("/changes/v1/samples", new { kind = "name-changed", uscc = organisation.Uscc, name, push })).EnsureSuccessStatusCode();

    /// <summary>Makes its evidence of one kind end, as time would.</summary>
    public static Task ExpireAsync(IdentityFixture identity, Guid organisation, string kind) => identity.ExecuteAsync(
        $"UPDATE \"Evidence\" SET \"ValidUntil\" = '2026-01-01 00:00:00' WHERE \"Kind\" = '{kind}' AND LOWER(CAST(\"SubjectId\" AS TEXT)) = '{organisation}'");

    [GeneratedRegex("step-up\\?Organisation=(?<id>[0-9a-f-]{36})", RegexOptions.None, 1000)]
    private static partial Regex StepUpLink();
}
