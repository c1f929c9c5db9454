using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Authorities;

/// <summary>The three registers of organisations, chosen by the first character of the credit code (GB 32100).</summary>
internal sealed class OrganisationRegisters(IHttpClientFactory clients, SignedQuestions questions)
{
    public static readonly Problem Unavailable = new(
        "identity.market.unavailable", 503,
        "登记机关暂时无法连接。您填写的内容没有丢失，请稍后再次提交。",
        "The register cannot be reached at the moment. Nothing you typed is lost; please submit it again in a while.");

    public static readonly Authority Market = new("Market", "market", Unavailable);
    public static readonly Authority Staffing = new("Staffing", "staffing", Unavailable);
    public static readonly Authority CivilAffairs = new("CivilAffairs", "civil-affairs", Unavailable);

    /// <returns>Null for a code that none of the three gives out.</returns>
    public static Authority? Of(char registrationAuthority) => registrationAuthority switch
    {
        '1' => Staffing,
        '5' => CivilAffairs,
        '9' => Market,
        _ => null,
    };

    /// <summary>Does the organisation exist under this name, and is this person its legal representative?</summary>
    public Task<AuthorityAnswer> CheckAsync(Authority register, OrganisationClaim claim, CancellationToken cancellationToken) => AuthorityAnswer.AskAsync(
        questions, register, clients.CreateClient(AuthoritySetup.ClientOf(register)), $"{register.Issuer}/v1/checks",
        new { uscc = claim.Uscc, name = claim.Name, registrationNumber = claim.RegistrationNumber, legalRepresentative = new { name = claim.RepresentativeName, idNumber = claim.RepresentativeIdNumber } },
        cancellationToken);
}

/// <summary>What a person says of an organisation and of themselves.</summary>
/// <param name="Uscc">Unified social credit code.</param>
/// <param name="Name">Name of the organisation.</param>
/// <param name="RegistrationNumber">15 digits on licences from before 2015; null when there is none.</param>
/// <param name="RepresentativeName">The person's name.</param>
/// <param name="RepresentativeIdNumber">The person's ID number.</param>
internal sealed record OrganisationClaim(string Uscc, string Name, string? RegistrationNumber, string RepresentativeName, string RepresentativeIdNumber);

/// <summary>The register of organisation codes (quality supervision).</summary>
internal sealed class CodeRegister(HttpClient client, SignedQuestions questions)
{
    public static readonly Problem Unavailable = new(
        "identity.quality.unavailable", 503,
        "组织机构代码库暂时无法连接。您填写的内容没有丢失，请稍后再次提交。",
        "The register of organisation codes cannot be reached at the moment. Nothing you typed is lost; please submit it again in a while.");

    public static readonly Authority Self = new("Quality", "quality", Unavailable);

    public Task<AuthorityAnswer> CheckAsync(string uscc, string organisationCode, string name, CancellationToken cancellationToken) =>
        AuthorityAnswer.AskAsync(questions, Self, client, "quality/v1/checks", new { uscc, organisationCode, name }, cancellationToken);
}

/// <summary>The tax authority: does the filing account belong to the taxpayer?</summary>
internal sealed class TaxAuthority(HttpClient client, SignedQuestions questions)
{
    public static readonly Problem Unavailable = new(
        "identity.tax.unavailable", 503,
        "税务账户核验暂时无法进行。组织的等级没有变化，请稍后再试，或换一种方式。",
        "Tax accounts cannot be checked at the moment. The organisation's level is unchanged; please try again in a while, or choose another way.");

    public static readonly Authority Self = new("Tax", "tax", Unavailable);

    public Task<AuthorityAnswer> CheckAsync(string uscc, string name, string account, string representativeIdNumber, CancellationToken cancellationToken) =>
        AuthorityAnswer.AskAsync(questions, Self, client, "tax/v1/checks", new { uscc, name, account, representativeIdNumber }, cancellationToken);
}
