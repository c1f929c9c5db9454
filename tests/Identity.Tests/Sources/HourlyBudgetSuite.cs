using System.Net;
using Xunit;
using Yinxin.Identity.Server.Features.Registration;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Hosting;
using Yinxin.Identity.Tests.Mandates;

namespace Yinxin.Identity.Tests.Sources;

/// <summary>No form is a tool for trying out other people's particulars: each may be sent so often an hour, then it says when again.</summary>
public abstract class HourlyBudgetSuite(IdentityFixture identity)
{
    [Theory]
    [InlineData("card", 5)]
    [InlineData("housing-fund", 5)]
    [InlineData("alipay", 10)]
    [InlineData("face", 5)]
    [InlineData("population", 5)]
    [InlineData("registration", 10)]
    [InlineData("tax", 5)]
    [InlineData("certificate", 10)]
    [InlineData("organisation", 20)]
    public async Task Each_way_may_be_tried_so_often_an_hour_and_then_says_when_again(string way, int most)
    {
        using var company = await Company.NewAsync(identity, proven: false);
        using var other = await Applicant.NewAsync(identity);

        // The organisation's own registration was a try.
        var left = way == "organisation" ? most - 1 : most;
        for (var i = 0; i < left; i++)
        {
            var answer = await AskAsync(way, company, other);
            Assert.True(answer.StatusCode is HttpStatusCode.UnprocessableEntity or HttpStatusCode.Found, $"{way} {i}: {answer.StatusCode}");
        }

        var refused = await AskAsync(way, company, other);
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Contains("一小时后再试", await Applicant.TextAsync(refused), StringComparison.Ordinal);
        await Browser.StayAsync(identity.Time, TimeSpan.FromMinutes(61), company.Representative.Browser);
        Assert.NotEqual(HttpStatusCode.TooManyRequests, (await AskAsync(way, company, other)).StatusCode);
    }

    /// <summary>With somebody else's particulars where there are any to be tried out.</summary>
    private static async Task<HttpResponseMessage> AskAsync(string way, Company company, Applicant other)
    {
        var (person, own) = (company.Representative, company.Representative.Person);
        switch (way)
        {
            case "card":
                return await person.FillAsync("/account/raise/bank-card", ("CardNumber", other.Person.BankCard));
            case "housing-fund":
                return await person.FillAsync("/account/raise/housing-fund", ("Account", other.Person.HousingFund));
            case "alipay":
                return await person.FillAsync("/account/raise/alipay");
            case "face":
                return await person.FillAsync("/account/raise/real-person", ("Consent", "true"));
            case "population":
                return await person.FillAsync("/account/raise/population", ("IdNumber", own.IdNumber), ("Name", own.Name), ("Sex", own.Sex == "1" ? "2" : "1"), ("Ethnicity", own.Ethnicity));
            case "registration":
                return await other.TellAsync(name: "别人");
            case "tax":
                return await person.FillAsync($"/account/organisations/tax-account?Organisation={company.Id}", ("Account", "T000000000"));
            case "certificate":
                return await person.FillAsync($"/account/organisations/certificate?Organisation={company.Id}", "/account/organisations/certificate?handler=Begin", ("Organisation", company.Id.ToString()));
            default:
                return await person.FillAsync("/account/organisations/new", ("Uscc", company.Organisation.Uscc), ("Name", "别的名称"));
        }
    }
}

[Collection(OnSqlite.Name)]
public sealed class HourlyBudgetsOnSqlite(SqliteIdentity identity) : HourlyBudgetSuite(identity);

[Collection(OnPostgres.Name)]
public sealed class HourlyBudgetsOnPostgres(PostgresIdentity identity) : HourlyBudgetSuite(identity);

/// <summary>The counter behind the budgets, whose memory is fixed.</summary>
public sealed class AttemptBudgetTests
{
    [Fact]
    public void A_flood_of_keys_gives_nobody_new_tries_and_takes_nobodys()
    {
        var time = new ShiftedTime();
        var budget = new AttemptBudget(time);
        for (var i = 0; i < 5; i++)
        {
            Assert.True(budget.TryTake("card:mine", 5));
        }

        for (var i = 0; i < 200_000; i++)
        {
            budget.TryTake($"number:{i}", 10);
        }

        Assert.False(budget.TryTake("card:mine", 5));
        Assert.True(budget.TryTake("card:another", 5));
        time.Advance(TimeSpan.FromMinutes(61));
        Assert.True(budget.TryTake("card:mine", 5));
    }

    [Fact]
    public void A_flood_of_others_gives_no_key_its_number_more_than_twice_within_an_hour()
    {
        const int most = 5;
        const int keys = 100;
        var time = new ShiftedTime();
        var budget = new AttemptBudget(time);
        var taken = new int[keys];
        Flood(0);
        time.Advance(TimeSpan.FromMinutes(30));
        Flood(1);
        foreach (var minutes in (int[])[10, 21, 30, 8])
        {
            time.Advance(TimeSpan.FromMinutes(minutes));
            for (var key = 0; key < keys; key++)
            {
                for (var i = 0; i < 2 * most; i++)
                {
                    taken[key] += budget.TryTake($"card:{key}", most) ? 1 : 0;
                }
            }
        }

        Assert.True(taken.Max() <= 2 * most, $"{taken.Max()}");
        Assert.True(taken.Max() > most);

        void Flood(int number)
        {
            for (var i = 0; i < 200_000; i++)
            {
                budget.TryTake($"flood:{number}:{i}", most);
            }
        }
    }

    [Fact]
    public void A_clock_that_is_set_back_keeps_nobody_waiting_for_the_time_that_it_showed_before()
    {
        var time = new ShiftedTime();
        var budget = new AttemptBudget(time);
        Assert.True(budget.TryTake("card:mine", 1));
        time.Advance(TimeSpan.FromMinutes(-1));
        Assert.False(budget.TryTake("card:mine", 1));
        time.Advance(TimeSpan.FromHours(-3));
        Assert.True(budget.TryTake("card:mine", 1));
        Assert.False(budget.TryTake("card:mine", 1));
    }

    [Fact]
    public void What_is_given_back_can_be_taken_again()
    {
        var budget = new AttemptBudget(new ShiftedTime());
        Assert.True(budget.TryTake("number", 1));
        budget.GiveBack("number");
        budget.GiveBack("number");
        Assert.True(budget.TryTake("number", 1));
        Assert.False(budget.TryTake("number", 1));
    }
}
