using System.Globalization;
using Yinxin.Identity.Server.Data;

namespace Yinxin.Identity.Server.Features.VerifiedClaims;

/// <summary>One claim that can be given as verified.</summary>
/// <param name="Name">As in a request and in an answer. A masked value has a name of its own, so that nobody takes it for the whole one.</param>
/// <param name="Chinese">For the person.</param>
/// <param name="English">For the person.</param>
/// <param name="Attribute">What must have been compared; evidence that does not name it says nothing of the claim, whatever its kind.</param>
/// <param name="CarriedBy">The kinds of evidence that bear it; without one of them in force it is not given.</param>
/// <param name="Value">From the record of the person; null when there is none.</param>
internal sealed record VerifiedClaim(string Name, string Chinese, string English, string Attribute, IReadOnlyList<string> CarriedBy, Func<Person, PersonalData, string?> Value)
{
    /// <param name="evidence">A record in force.</param>
    /// <param name="renamedAt">When the person's name was last changed; what was compared before was compared with another name.</param>
    public bool IsBorneBy(Evidence evidence, DateTimeOffset? renamedAt) =>
        CarriedBy.Contains(evidence.Kind, StringComparer.Ordinal) && evidence.MatchedAttributes.Contains(Attribute, StringComparer.Ordinal) &&
        (Attribute != VerifiedClaimCatalogue.NameAttribute || renamedAt is null || evidence.VerifiedAt >= renamedAt);
}

/// <summary>Every claim that is offered in <c>verified_claims</c>.</summary>
internal static class VerifiedClaimCatalogue
{
    public const string NameAttribute = "name";
    private const string IdNumberAttribute = "idNumber";
    private const string PhoneAttribute = "phone";

    private static readonly string[] OfIdentity =
        [EvidenceKinds.PopulationMatch, EvidenceKinds.Counter, EvidenceKinds.RealPerson, EvidenceKinds.BankCard, EvidenceKinds.AlipayAccount, EvidenceKinds.HousingFundAccount];

    private static readonly string[] OfRegister = [EvidenceKinds.PopulationMatch, EvidenceKinds.Counter];
    private static readonly string[] OfPopulation = [EvidenceKinds.PopulationMatch];
    private static readonly string[] OfPhone = [EvidenceKinds.PhoneCode];

    public static readonly IReadOnlyList<VerifiedClaim> All =
    [
        new("name", "姓名", "Name", NameAttribute, OfIdentity, (person, _) => person.Name),
        new("name_masked", "姓名（部分隐藏）", "Name (partly hidden)", NameAttribute, OfIdentity, (person, _) => MaskedName(person.Name)),
        new("birthdate", "出生日期", "Date of birth", IdNumberAttribute, OfRegister, (person, personal) => Birthdate(IdNumber(person, personal))),
        new("gender", "性别", "Sex", "sex", OfPopulation, (person, _) => person.Sex == "1" ? "male" : "female"),
        new("ethnicity", "民族", "Ethnicity", "ethnicity", OfPopulation, (person, _) => person.Ethnicity),
        new("id_number", "身份证号码", "ID number", IdNumberAttribute, OfIdentity, IdNumber),
        new("id_number_masked", "身份证号码（部分隐藏）", "ID number (partly hidden)", IdNumberAttribute, OfIdentity, (person, _) => person.IdNumberMasked),
        new("phone_number", "手机号", "Mobile number", PhoneAttribute, OfPhone, (person, personal) => person.HasPhone ? personal.Unprotect(Purposes.Phone, person.PhoneCipher) : null),
        new("phone_number_masked", "手机号（部分隐藏）", "Mobile number (partly hidden)", PhoneAttribute, OfPhone, (person, _) => person.HasPhone ? person.PhoneMasked : null),
    ];

    public static readonly IReadOnlyList<string> Names = [.. All.Select(c => c.Name)];

    public static VerifiedClaim? Find(string name) => All.FirstOrDefault(c => c.Name == name);

    private static string IdNumber(Person person, PersonalData personal) => personal.Unprotect(Purposes.IdNumber, person.IdNumberCipher);

    /// <summary>GB 11643: digits 7 to 14. OIDC Core §5.1 wants ISO 8601.</summary>
    private static string? Birthdate(string number) =>
        number.Length == 18 && DateOnly.TryParseExact(number[6..14], "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) : null;

    private static string MaskedName(string name)
    {
        var letters = name.EnumerateRunes().ToList();
        return letters.Count == 0 ? "" : letters[0] + new string('*', Math.Max(1, letters.Count - 1));
    }
}
