using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using Yinxin.Identity.Server.Features.Organisations.Certificates;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Sources;
using Yinxin.Trust.Suites;

namespace Yinxin.Identity.Tests.Assurance;

/// <summary>What happens to organisations.</summary>
public abstract partial class AssuranceActsSuite
{
    private const int DaysOfCertificate = 300;
    private const string Tax = "tax-account";
    private const string Sealed = "enterprise-certificate";
    private const string Office = "legal-representative-match";

    /// <summary>Round by round, by number; null: drawn.</summary>
    private static readonly CompanyAct?[][] Scripted =
    [
        [CompanyAct.Tax, CompanyAct.Certificate, CompanyAct.RegisterTakesBack, CompanyAct.Certificate],
        [CompanyAct.NewRepresentative, CompanyAct.CertificateRevoked, CompanyAct.RegisterAgain, CompanyAct.Counter],
        [null, null, null, CompanyAct.CounterTakenBack],
        [null, null, CompanyAct.Dissolved, null],
    ];

    private static readonly CompanyAct[] DrawnOfCompanies =
    [
        CompanyAct.Tax, CompanyAct.Tax, CompanyAct.TaxTakenBack, CompanyAct.Counter, CompanyAct.CounterTakenBack, CompanyAct.RegisterTakesBack, CompanyAct.RegisterAgain, CompanyAct.NewRepresentative,
        CompanyAct.NewRepresentative, CompanyAct.Dissolved,
    ];

    private enum CompanyAct
    {
        Tax,
        TaxTakenBack,
        Certificate,
        CertificateRevoked,
        Counter,
        CounterTakenBack,
        RegisterTakesBack,
        RegisterAgain,
        NewRepresentative,
        Dissolved,
    }

    private async Task ActAsync(ActsCompany company, int round)
    {
        var act = Scripted[round][company.Number] ?? DrawnOfCompanies[random.Next(DrawnOfCompanies.Length)];

        // Nobody comes for one that rests until the register names somebody.
        await (act switch
        {
            CompanyAct.Dissolved => DissolveAsync(company),
            CompanyAct.NewRepresentative => SucceedAsync(company),
            _ when company.Rests => SucceedAsync(company),
            CompanyAct.TaxTakenBack when company.Ledger.Stands(Tax) => TakeBackAsync(company, Tax),
            CompanyAct.Certificate when trust is not null && !company.Ledger.Stands(Sealed) => ProveByCertificateAsync(company, trust),
            CompanyAct.CertificateRevoked when trust is not null && company.Ledger.Stands(Sealed) => RevokeAsync(company, trust),
            CompanyAct.CounterTakenBack when company.Ledger.Stands(Seen) => WithdrawCounterAsync(company),
            CompanyAct.RegisterTakesBack when RegistersWord(company) is { } kind => TakeBackAsync(company, kind),
            CompanyAct.RegisterAgain when MayRegister(company) => RegisterAsync(company),
            CompanyAct.Tax or CompanyAct.TaxTakenBack or CompanyAct.Certificate => ProveByTaxAccountAsync(company),
            _ => ComeToCounterAsync(company),
        });
    }

    private async Task ProveByTaxAccountAsync(ActsCompany company)
    {
        company.Note(Tax);
        await ShowTwoFactorsAsync(company.Representative);
        var page = $"/account/organisations/tax-account?Organisation={company.Id}&ReturnUrl=/account/organisations";
        Expect(company, HttpStatusCode.Found, await company.Representative.Who.FillAsync(page, ("Account", company.Organisation.TaxAccount)));
        company.Ledger.Prove(Tax, Moment, Moment.AddYears(1));
    }

    private async Task ComeToCounterAsync(ActsCompany company)
    {
        company.Note(Seen);
        var told = company.Representative.Person;
        var answer = await window.PostAsync(
            "/api/counter-verifications/organisations", new { told.IdNumber, told.Name, company.Organisation.Uscc, hall = Hall, hallLevel = "city", window = "1", documentChecked = true });
        Assert.True(answer.Status == HttpStatusCode.Created, Story($"{answer.Status} {answer.Body}", company));
        company.Ledger.Prove(Seen, Moment, Moment.AddYears(5));
    }

    private async Task ProveByCertificateAsync(ActsCompany company, TrustStand stand)
    {
        company.Note(Sealed);
        await ShowTwoFactorsAsync(company.Representative);
        var signer = stand.Issue(stand.International, company.Organisation.Uscc, SignatureAlgorithm.Es256, online: true, days: DaysOfCertificate);
        var (address, text) = await SignedChallenge.BeginAsync(company.Representative.Who, company.Id);
        Expect(company, HttpStatusCode.Found, await SignedChallenge.UploadAsync(company.Representative.Who, address, SignedChallenge.Sign(signer, text)));
        company.Certificate = signer.Certificate;
        company.Ledger.Prove(Sealed, Moment, Moment.AddDays(DaysOfCertificate));
    }

    /// <summary>Revoked by its CA, which the nightly look at certificates finds.</summary>
    private async Task RevokeAsync(ActsCompany company, TrustStand stand)
    {
        company.Note("certificate revoked");
        stand.RevokeOnline(company.Certificate!);
        const string mark = "\"SourceCursors\" WHERE \"Authority\" = 'certificates'";
        ((MemoryCache)identity.Services.GetRequiredService<IMemoryCache>()).Clear();
        await identity.ExecuteAsync("UPDATE \"SourceCursors\" SET \"ReachedEndAt\" = NULL WHERE \"Authority\" = 'certificates'");
        await using (var scope = identity.Services.CreateAsyncScope())
        {
            await scope.ServiceProvider.GetRequiredService<CertificateRechecks>().RunDueAsync(TestContext.Current.CancellationToken);
        }

        // The server looks by itself too: whichever came first walks.
        await Messages.UntilAsync(async () => await identity.RowsAsync(mark + " AND \"ReachedEndAt\" IS NOT NULL") == 1);
        company.Ledger.Lose(Sealed, Moment);
    }

    /// <summary>An answer of one of the registers that still stands; null: none does.</summary>
    private string? RegistersWord(ActsCompany company) => new[] { "market-registry-match", "organisation-code-match" }.Where(company.Ledger.IsAnswer).OrderBy(_ => random.Next()).FirstOrDefault();

    /// <summary>The registers are asked again where something is missing, by somebody who is proven and whom they know by this name.</summary>
    private bool MayRegister(ActsCompany company) => LevelOf(company) == "none" && LevelOf(company.Representative) != "none" && !company.Representative.WasRenamed;

    private async Task RegisterAsync(ActsCompany company)
    {
        company.Note("registered again");
        Expect(company, HttpStatusCode.Found, await Organisations.RegisterAsync(company.Representative.Who, company.Organisation.Uscc, company.Organisation.Name));
        foreach (var kind in ActsCompany.Registered)
        {
            company.Ledger.Prove(kind, Moment);
        }
    }

    /// <summary>
    /// The register names somebody else: what the former representative showed carries nothing any more. Whoever is not proven represents nothing, and it rests; it wakes with one who is, when what else
    /// proves it still stands.
    /// </summary>
    private async Task SucceedAsync(ActsCompany company)
    {
        var others = people.Where(p => p != company.Representative && !p.Dead).ToList();
        var next = others[random.Next(others.Count)];
        company.Note($"represented by {next.Number}");
        var proven = LevelOf(next) != "none";
        company.Ledger.Lose(Seen, Moment);
        company.Ledger.Lose(Tax, Moment);
        if (proven)
        {
            company.Ledger.Prove(Office, Moment, answer: false);
        }
        else
        {
            company.Ledger.Lose(Office, Moment);
        }

        var wakes = proven && (!company.Rests || LevelOf(company) != "none");
        var (uscc, representativeIdNumber) = (company.Organisation.Uscc, next.Person.IdNumber);
        await HappenAsync(company, wakes ? "succeeded" : "resting", "market", id => new { id, number = ++changes, kind = "representative-changed", uscc, representativeIdNumber });
        (await identity.Sandbox.Http.PostAsJsonAsync("/changes/v1/samples", new { kind = "representative-changed", uscc, representativeIdNumber, push = false })).EnsureSuccessStatusCode();
        company.Rests = !wakes;
        if (wakes)
        {
            company.Representative = next;
        }
    }

    private async Task DissolveAsync(ActsCompany company)
    {
        company.Note("dissolved");
        await HappenAsync(company, "ended", "market", id => new { id, number = ++changes, kind = "dissolved", uscc = company.Organisation.Uscc });
        company.Ledger.LoseAll(Moment);
        company.Dissolved = true;
    }
}
