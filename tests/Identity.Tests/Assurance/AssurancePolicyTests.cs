using Xunit;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance;
using Yinxin.Identity.Server.Features.Assurance.Policy;

namespace Yinxin.Identity.Tests.Assurance;

/// <summary>The table of Identity/README.md, line by line.</summary>
public sealed class AssurancePolicyTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly AssurancePolicy Policy = new(AssurancePolicyReading.Read(AssurancePolicies.BuiltIn()));
    private static readonly string[] Registered = [EvidenceKinds.PopulationMatch, EvidenceKinds.PhoneCode, EvidenceKinds.Password];

    [Theory]
    [InlineData(EvidenceKinds.PopulationMatch)]
    [InlineData(EvidenceKinds.PhoneCode)]
    [InlineData(EvidenceKinds.Password)]
    public void Without_one_of_the_three_there_is_no_level(string missing) =>
        Assert.Equal("None", Policy.OfPerson(Of([.. Registered.Where(k => k != missing), EvidenceKinds.Counter]), Now).ToString());

    [Fact]
    public void A_passkey_replaces_the_password() => Assert.Equal(
        "Primary", Policy.OfPerson(Of(EvidenceKinds.PopulationMatch, EvidenceKinds.PhoneCode, EvidenceKinds.Passkey), Now).ToString());

    [Theory]
    [InlineData(EvidenceKinds.Counter)]
    [InlineData(EvidenceKinds.BankCard)]
    [InlineData(EvidenceKinds.AlipayAccount)]
    [InlineData(EvidenceKinds.HousingFundAccount)]
    [InlineData(EvidenceKinds.RealPerson)]
    public void Any_one_further_proof_raises_a_person(string kind) =>
        Assert.Equal("Intermediate", Policy.OfPerson(Of([.. Registered, kind]), Now).ToString());

    [Fact]
    public void Of_two_proofs_one_may_be_revoked_and_the_level_stays_until_the_other_goes()
    {
        var evidence = Of([.. Registered, EvidenceKinds.Counter, EvidenceKinds.BankCard]).ToList();
        evidence.Add(Revocation(evidence.First(e => e.Kind == EvidenceKinds.Counter)));
        Assert.Equal("Intermediate", Policy.OfPerson(evidence, Now).ToString());
        evidence.Add(Revocation(evidence.First(e => e.Kind == EvidenceKinds.BankCard)));
        Assert.Equal("Primary", Policy.OfPerson(evidence, Now).ToString());
    }

    [Fact]
    public void A_proof_that_has_run_out_raises_nobody()
    {
        var evidence = Of([.. Registered, EvidenceKinds.Counter]).ToList();
        evidence[^1].ValidUntil = Now;
        Assert.Equal("Primary", Policy.OfPerson(evidence, Now).ToString());
        Assert.Equal("Intermediate", Policy.OfPerson(evidence, Now.AddSeconds(-1)).ToString());
    }

    [Fact]
    public void Acting_for_an_organisation_nobody_exceeds_its_level()
    {
        var organisation = Policy.OfOrganisation(Of(EvidenceKinds.MarketRegistryMatch, EvidenceKinds.OrganisationCodeMatch, EvidenceKinds.LegalRepresentativeMatch), Now);
        Assert.Equal("Primary", Policy.OfSession(AssuranceLevel.Intermediate, ["pwd", "mfa"], organisation).ToString());
        Assert.Equal("Intermediate", Policy.OfSession(AssuranceLevel.Intermediate, ["pwd", "mfa"], null).ToString());
        Assert.Equal("None", Policy.OfSession(AssuranceLevel.Intermediate, [], null).ToString());
    }

    [Fact]
    public void No_place_is_vouched_for_at_or_behind_a_record_that_a_clock_ahead_has_made()
    {
        var evidence = Of([.. Registered, EvidenceKinds.Counter]).ToList();
        var withdrawal = Revocation(evidence[^1]);
        withdrawal.VerifiedAt = Now.AddSeconds(3);
        evidence.Add(withdrawal);
        evidence.AddRange(Of(EvidenceKinds.Passkey));
        for (var i = 0; i < evidence.Count; i++)
        {
            evidence[i].Place = i + 1;
        }

        // The withdrawal stands at 5 and is not looked at yet, although the record behind it is.
        var grade = Policy.GradeOf(SubjectKind.Person, evidence, Now);
        Assert.Equal((AssuranceLevel.Intermediate, 4), (grade.Level, grade.Place));
        grade = Policy.GradeOf(SubjectKind.Person, evidence, Now.AddSeconds(3));
        Assert.Equal((AssuranceLevel.Primary, 6), (grade.Level, grade.Place));
    }

    private static IEnumerable<Evidence> Of(params string[] kinds) => kinds.Select(kind => new Evidence
    {
        Id = Guid.NewGuid(),
        Kind = kind,
        Source = "test",
        Method = "test",
        AssuredBy = "test",
        VerifiedAt = Now.AddDays(-1),
        State = EvidenceState.Active,
    });

    private static Evidence Revocation(Evidence of) => new()
    {
        Id = Guid.NewGuid(),
        Kind = of.Kind,
        Source = of.Source,
        Method = "revocation",
        AssuredBy = "test",
        VerifiedAt = Now,
        State = EvidenceState.Revoked,
        Supersedes = of.Id,
    };
}
