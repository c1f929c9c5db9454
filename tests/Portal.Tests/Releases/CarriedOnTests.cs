using Microsoft.EntityFrameworkCore;
using Xunit;
using Yinxin.Desk.Data;
using Yinxin.Payment.Data;

namespace Yinxin.Portal.Tests.Releases;

/// <summary>What citizens entrusted to an earlier release is there after the update.</summary>
public sealed class CarriedOnTests
{
    private const string Implementation = "11340000MB12345678134000";
    private static readonly DateTime Then = new(2026, 11, 23, 1, 0, 0, DateTimeKind.Utc);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Case_of_the_first_release_stays_and_its_number_is_not_given_out_again(bool postgres)
    {
        using var earlier = new EarlierDatabase<DeskContext, SqliteDeskContext, PostgresDeskContext>(postgres);
        await earlier.FirstReleaseAsync();
        await earlier.WithAsync(context =>
        {
            // Serials above 9999 have five digits: the greatest is not the last by alphabet.
            context.Cases.AddRange(Case("202611239999"), Case("2026112310000"), Case("202611220002"));
            return context.SaveChangesAsync(Cancellation);
        });

        await earlier.StartAsync();

        var cases = await earlier.WithAsync(context => context.Cases.OrderBy(c => c.CaseNumber).Select(c => c.QueryCode).ToListAsync(Cancellation));
        Assert.Equal(["123456", "123456", "123456"], cases);
        var serials = await earlier.WithAsync(context => context.CaseSerials.ToDictionaryAsync(s => s.Prefix, s => s.Last, Cancellation));
        Assert.Equal(new Dictionary<string, int> { [Implementation + "20261123"] = 10000, [Implementation + "20261122"] = 2 }, serials);
    }

    [Theory]
    [InlineData(false, "20261124001034_Initial")]
    [InlineData(true, "20261124001042_Initial")]
    public async Task Cases_of_the_second_release_stay(bool postgres, string withdrawn)
    {
        using var earlier = new EarlierDatabase<DeskContext, SqliteDeskContext, PostgresDeskContext>(postgres);
        await earlier.SecondReleaseAsync(withdrawn, "CaseSerials");
        await earlier.WithAsync(context =>
        {
            context.Cases.Add(Case("202611240001"));
            context.CaseSerials.Add(new CaseSerial { Prefix = Implementation + "20261124", Last = 1 });
            return context.SaveChangesAsync(Cancellation);
        });

        await earlier.StartAsync();
        await earlier.StartAsync();

        Assert.Equal(1, await earlier.WithAsync(context => context.Cases.CountAsync(Cancellation)));
        Assert.Equal(1, await earlier.WithAsync(context => context.CaseSerials.SumAsync(s => s.Last, Cancellation)));
        Assert.Equal(["Initial", "CaseSerials", "DraftsOfOrganisations"], (await earlier.HistoryAsync()).Select(id => id[15..]));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Bill_of_the_first_release_stays(bool postgres)
    {
        using var earlier = new EarlierDatabase<PaymentContext, SqlitePaymentContext, PostgresPaymentContext>(postgres);
        await earlier.FirstReleaseAsync();
        await earlier.WithAsync(context => context.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO "Bills" ("BillNumber", "PaymentCode", "CaseNumber", "PayerSubject", "PayerName", "BodyUscc", "BodyName", "Lines", "TotalFen", "ReturnUrl", "State", "IssuedAt", "ValidUntil", "Version")
            VALUES ('B202611230000000001', '34', 'C', 's', 'n', 'u', 'b', '[]', 1000, 'r', 'Issued', {Then}, {Then.AddDays(30)}, 1)
            """,
            Cancellation));

        await earlier.StartAsync();

        var bill = await earlier.WithAsync(context => context.Bills.SingleAsync(Cancellation));
        Assert.Equal((1000, 0, "Issued"), (bill.TotalFen, bill.Attempt, bill.State));
    }

    [Theory]
    [InlineData(false, "20261124000909_Initial")]
    [InlineData(true, "20261124000914_Initial")]
    public async Task Bills_of_the_second_release_stay(bool postgres, string withdrawn)
    {
        using var earlier = new EarlierDatabase<PaymentContext, SqlitePaymentContext, PostgresPaymentContext>(postgres);
        await earlier.SecondReleaseAsync(withdrawn);
        await earlier.WithAsync(context =>
        {
            context.Bills.Add(new BillRecord { BillNumber = "B202611240000000001", IssuedAt = new DateTimeOffset(Then), ValidUntil = new DateTimeOffset(Then.AddDays(30)), Attempt = 2, Lines = "[]" });
            return context.SaveChangesAsync(Cancellation);
        });

        await earlier.StartAsync();

        Assert.Equal(2, await earlier.WithAsync(context => context.Bills.Select(b => b.Attempt).SingleAsync(Cancellation)));
        Assert.Equal(["Initial", "PaymentAttempts"], (await earlier.HistoryAsync()).Select(id => id[15..]));
    }

    private static CaseRecord Case(string dayAndSerial) => new()
    {
        CaseNumber = Implementation + dayAndSerial,
        ImplementationCode = Implementation,
        QueryCode = "123456",
        SubmittedAt = new DateTimeOffset(Then),
    };
}
