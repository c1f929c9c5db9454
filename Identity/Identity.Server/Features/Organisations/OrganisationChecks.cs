using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Authorities;
using Yinxin.Identity.Server.Features.Raising;
using Yinxin.Identity.Server.Features.SourceChanges;
using Yinxin.ServiceDefaults.Identifiers;

namespace Yinxin.Identity.Server.Features.Organisations;

/// <summary>
/// What primary of an organisation rests on (domain/identity §3): its register for name, numbers and legal representative, the register of organisation codes, and the
/// population library for the representative's name, ID number and ethnicity. One that disagrees is enough for no.
/// </summary>
internal sealed class OrganisationChecks(PersonalData personal, OrganisationRegisters registers, CodeRegister codes, PopulationRegister population)
{
    private const int CodeStart = 8;
    private const int CodeEnd = 17;

    public async Task<OrganisationAnswers> AskAsync(
        Authority register, Person representative, UnifiedSocialCreditCode code, string name, string? registrationNumber, CancellationToken cancellationToken)
    {
        var idNumber = personal.Unprotect(Purposes.IdNumber, representative.IdNumberCipher);
        var claim = new OrganisationClaim(code.Value, name, registrationNumber, representative.Name, idNumber);
        var registered = registers.CheckAsync(register, claim, cancellationToken);
        var coded = CodeAsync(code.Value, name, cancellationToken);
        var known = population.CheckAsync(idNumber, representative.Name, representative.Sex, representative.Ethnicity, cancellationToken);
        await Task.WhenAll(registered, coded, known);
        return new OrganisationAnswers(register, await registered, await coded, await known);
    }

    public Task<AuthorityAnswer> CodeAsync(string uscc, string name, CancellationToken cancellationToken) => codes.CheckAsync(uscc, uscc[CodeStart..CodeEnd], name, cancellationToken);
}

/// <summary>What the three said.</summary>
internal sealed record OrganisationAnswers(Authority Register, AuthorityAnswer Registered, AuthorityAnswer Coded, AuthorityAnswer Representative)
{
    /// <summary>Method of the representative's match at a registration: the register named him, and the population library, whose receipt the record bears, knows him.</summary>
    public const string RepresentativeMethod = "name-id-number-ethnicity";

    public static readonly SourceEvidence.Facts CodeFacts = new(EvidenceKinds.OrganisationCodeMatch, CodeRegister.Self.Issuer, "code-and-name", ["organisationCode", "name"]);

    public bool Agree => Registered.Agrees && Coded.Agrees && Representative.Agrees;

    public IReadOnlyList<string> Receipts => [Registered.Receipt, Coded.Receipt, Representative.Receipt];

    /// <summary>What a withdrawal of one of them is about.</summary>
    public IEnumerable<string> News =>
        [SourceNews.OfAnswer(Register.Issuer, Registered.Receipt), SourceNews.OfAnswer(CodeRegister.Self.Issuer, Coded.Receipt), SourceNews.OfAnswer(PopulationRegister.Self.Issuer, Representative.Receipt)];

    /// <summary>Each answer with what it is evidence of.</summary>
    public IEnumerable<(SourceEvidence.Facts Facts, AuthorityAnswer Answer)> Evidence =>
    [
        (new(RegistryKind(Register), Register.Issuer, "code-and-name", ["uscc", "name"]), Registered),
        (CodeFacts, Coded),
        (new(EvidenceKinds.LegalRepresentativeMatch, Register.Issuer, RepresentativeMethod, ["name", "idNumber", "ethnicity"]), Representative),
    ];

    /// <summary>The kind of evidence that a register gives.</summary>
    public static string RegistryKind(Authority register) =>
        register == OrganisationRegisters.Staffing ? EvidenceKinds.StaffingRegistryMatch
        : register == OrganisationRegisters.CivilAffairs ? EvidenceKinds.CivilAffairsRegistryMatch : EvidenceKinds.MarketRegistryMatch;
}
