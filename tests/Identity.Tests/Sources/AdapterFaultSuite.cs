using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Xunit;
using Yinxin.Identity.Server.Features.Authorities;
using Yinxin.Identity.Server.Features.Raising.RealPersons;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Hosting;
using Yinxin.Identity.Tests.Mandates;

namespace Yinxin.Identity.Tests.Sources;

/// <summary>Each adapter under each fault, over the wire: its own code and words, the form as it was typed, nothing proved, and afterwards it works as ever.</summary>
public abstract class AdapterFaultSuite(IdentityFixture identity)
{
    /// <summary>Both databases draw from it, each from a sandbox of its own with sixty.</summary>
    private static int institutions = -1;

    /// <param name="Authority">Who is asked.</param>
    /// <param name="Code">What callers rely on.</param>
    /// <param name="Path">Where the fault is set.</param>
    /// <param name="Kept">What the person typed and finds again; null where nothing was.</param>
    /// <param name="AskAsync">Sends the form, or comes back from the provider.</param>
    private sealed record Adapter(Authority Authority, string Code, string Path, string? Kept, Func<Task<HttpResponseMessage>> AskAsync);

    [Theory]
    [InlineData("delay=10s")]
    [InlineData("status=500")]
    [InlineData("drop")]
    [InlineData("malformed")]
    [InlineData("contradicting")]
    [InlineData("unsigned")]
    [InlineData("forged")]
    public async Task An_adapter_that_fails_says_so_in_its_own_words_keeps_the_form_and_proves_nothing(string fault)
    {
        // New people for each fault: nobody's tries of an hour are used up by another's.
        using var company = await Company.NewAsync(identity, proven: false);
        using var newcomer = await Applicant.NewAsync(identity);
        using var caller = await Applicant.NewAsync(identity);
        var place = 2 * Interlocked.Increment(ref institutions);
        var (staffed, society) = (await identity.Sandbox.InstitutionAsync(place), await identity.Sandbox.InstitutionAsync(place + 1));
        using var head = await Applicant.RegisteredAsync(identity, staffed.LegalRepresentative);
        using var chair = await Applicant.RegisteredAsync(identity, society.LegalRepresentative);
        var (person, who) = (company.Representative, company.Representative.Person);
        await caller.TellAsync();
        await caller.AskCodeAsync();
        var code = await identity.Sandbox.CodeAsync(caller.Person.Phone);
        var consent = await ProviderPages.ConsentAsync(identity, person, who.Phone, "/account");
        var capture = await ProviderPages.CaptureAsync(identity, person, "/account/raise/real-person?ReturnUrl=/account", "right");
        Task<HttpResponseMessage> CardAsync() => person.FillAsync("/account/raise/bank-card", ("CardNumber", who.BankCard));
        Task<HttpResponseMessage> TaxAsync() => person.FillAsync($"/account/organisations/tax-account?Organisation={company.Id}", ("Account", company.Organisation.TaxAccount));
        Task<HttpResponseMessage> MarketAsync() => RegisterAsync(person, company.Organisation);

        await FailAsync(fault,
        [
            new(PopulationRegister.Self, "identity.population.unavailable", "/population/v1/checks", newcomer.Person.Name, () => newcomer.TellAsync()),
            new(PhoneOwners.Self, "identity.carrier.unavailable", "/carrier/v1", $"{caller.Person.Phone[..3]}****{caller.Person.Phone[^4..]}", () => caller.TypeCodeAsync(code)),
            new(BankCardNetwork.Self, "identity.bankCard.unavailable", "/bank-card/v1/checks", who.BankCard, CardAsync),
            new(HousingFund.Self, "identity.housingFund.unavailable", "/housing-fund/v1/checks", who.HousingFund, () => person.FillAsync("/account/raise/housing-fund", ("Account", who.HousingFund))),
            new(AlipayProvider.Self, "identity.alipay.unavailable", "/alipay/v1", null, () => person.Browser.GetAsync(consent)),
            new(AuthorityRealPerson.Self, "identity.realPerson.unavailable", "/real-person/v1/results", null, () => person.Browser.GetAsync(capture)),
            new(TaxAuthority.Self, "identity.tax.unavailable", "/tax/v1/checks", company.Organisation.TaxAccount, TaxAsync),
            new(OrganisationRegisters.Market, "identity.market.unavailable", "/market/v1/checks", company.Organisation.Name, MarketAsync),
            new(OrganisationRegisters.Staffing, "identity.market.unavailable", "/staffing/v1/checks", staffed.Name, () => RegisterAsync(head, staffed)),
            new(OrganisationRegisters.CivilAffairs, "identity.market.unavailable", "/civil-affairs/v1/checks", society.Name, () => RegisterAsync(chair, society)),
        ]);

        // The register that gives the code is asked beside these, so it has to fail alone.
        await FailAsync(fault, [new(CodeRegister.Self, "identity.quality.unavailable", "/quality/v1/checks", staffed.Name, () => RegisterAsync(head, staffed))]);
        foreach (var again in (Func<Task<HttpResponseMessage>>[])[CardAsync, TaxAsync, MarketAsync, () => RegisterAsync(head, staffed), () => RegisterAsync(chair, society), () => newcomer.TellAsync()])
        {
            Assert.Equal(HttpStatusCode.Found, (await again()).StatusCode);
        }
    }

    /// <summary>All at once: the slow ones are waited for together.</summary>
    private async Task FailAsync(string fault, IReadOnlyList<Adapter> adapters)
    {
        var before = await identity.CountAsync("Evidence");
        HttpResponseMessage[] answers;
        try
        {
            foreach (var adapter in adapters)
            {
                await identity.Sandbox.FailAsync(adapter.Path, fault, 100);
            }

            answers = await Task.WhenAll(adapters.Select(a => a.AskAsync()));
        }
        finally
        {
            await identity.Sandbox.RecoverAsync();
        }

        foreach (var (adapter, answer) in adapters.Zip(answers))
        {
            var page = await Applicant.TextAsync(answer);
            Assert.Equal(adapter.Code, adapter.Authority.Unavailable.Code);
            Assert.True(
                answer.StatusCode == HttpStatusCode.ServiceUnavailable && page.Contains(adapter.Authority.Unavailable.Chinese, StringComparison.Ordinal)
                && (adapter.Kept is null || page.Contains(adapter.Kept, StringComparison.Ordinal)),
                $"{adapter.Authority.Issuer} under {fault}: {answer.StatusCode} {page}");
        }

        Assert.Equal(before, await identity.CountAsync("Evidence"));
    }

    private static Task<HttpResponseMessage> RegisterAsync(Applicant applicant, SyntheticOrganisation organisation) =>
        applicant.FillAsync("/account/organisations/new", ("Uscc", organisation.Uscc), ("Name", organisation.Name));
}

/// <summary>With the carriers connected, so that a phone is asked about too.</summary>
public sealed class SqliteWithCarrier : SqliteIdentity
{
    protected override void Configure(WebApplicationBuilder builder) => Carriers.Connect(builder);
}

/// <inheritdoc cref="SqliteWithCarrier"/>
public sealed class PostgresWithCarrier : PostgresIdentity
{
    protected override void Configure(WebApplicationBuilder builder) => Carriers.Connect(builder);
}

internal static class Carriers
{
    public static void Connect(WebApplicationBuilder builder) =>
        builder.Configuration.AddInMemoryCollection([KeyValuePair.Create("Authorities:Carrier:Keys:0", (string?)AuthorityKeyring.PublicKey("carrier"))]);
}

public sealed class AdapterFaultsOnSqlite(SqliteWithCarrier identity) : AdapterFaultSuite(identity), IClassFixture<SqliteWithCarrier>;

public sealed class AdapterFaultsOnPostgres(PostgresWithCarrier identity) : AdapterFaultSuite(identity), IClassFixture<PostgresWithCarrier>;
