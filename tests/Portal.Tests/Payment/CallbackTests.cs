using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Xunit;
using Yinxin.Testing;

namespace Yinxin.Portal.Tests.Payment;

/// <summary>The channel's callback on real bills, on either database: only the right amount, signed, in time, makes a bill paid, and only once.</summary>
public abstract class CallbackTests(PlatformFixture platform, AdjustableTime time)
{
    private const string Department = "11349900MB0000051U";

    [Fact]
    public async Task A_wrong_amount_pays_nothing_and_is_put_aside()
    {
        var bill = await BillAsync();
        await CallbackAsync(bill, "T-wrong-" + bill, 0.01m).RefusedAsync(HttpStatusCode.UnprocessableEntity, "channel.amount");
        Assert.Equal("Issued", await StateAsync(bill));
        await CallbackAsync(bill, "T-right-" + bill, 10.00m).AnswerTextAsync("ok");
        Assert.Equal("Paid", await StateAsync(bill));
    }

    [Fact]
    public async Task The_same_callback_ten_times_at_once_pays_once()
    {
        var bill = await BillAsync();
        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => CallbackAsync(bill, "T-" + bill, 10.00m).AnswerTextAsync("ok")));
        await CallbackAsync(bill, "T-" + bill, 10.00m).AnswerTextAsync("ok");
        Assert.Equal("Paid", await StateAsync(bill));
    }

    [Fact]
    public async Task A_second_payment_of_a_paid_bill_changes_nothing()
    {
        var bill = await BillAsync();
        await CallbackAsync(bill, "T1-" + bill, 10.00m).AnswerTextAsync("ok");
        var paidAt = (await ReadAsync(bill)).GetProperty("paidAt").GetString();
        await CallbackAsync(bill, "T2-" + bill, 10.00m).AnswerTextAsync("ok");
        Assert.Equal(paidAt, (await ReadAsync(bill)).GetProperty("paidAt").GetString());
    }

    [Fact]
    public async Task A_forged_callback_pays_nothing()
    {
        var bill = await BillAsync();
        await CallbackAsync(bill, "T-" + bill, 10.00m, "0000").RefusedAsync(HttpStatusCode.Unauthorized, "channel.signature");
        Assert.Equal("Issued", await StateAsync(bill));
    }

    [Fact]
    public async Task Word_that_comes_late_of_a_payment_in_time_counts_and_a_payment_too_late_does_not()
    {
        var inTime = await BillAsync();
        var tooLate = await BillAsync();
        var paidInTime = time.GetUtcNow();
        time.Ahead += TimeSpan.FromDays(31);
        await CallbackAsync(inTime, "T-" + inTime, 10.00m, paidAt: paidInTime).AnswerTextAsync("ok");
        await CallbackAsync(tooLate, "T-" + tooLate, 10.00m, paidAt: time.GetUtcNow()).AnswerTextAsync("ok");
        Assert.Equal(("Paid", "Issued"), (await StateAsync(inTime), await StateAsync(tooLate)));
    }

    [Fact]
    public async Task A_case_has_one_bill_however_often_it_is_asked_for()
    {
        var number = "case-" + Guid.NewGuid().ToString("N");
        var bills = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => BillAsync(number)));
        Assert.Single(bills.Distinct(StringComparer.Ordinal));
    }

    private async Task<string> BillAsync(string? caseNumber = null)
    {
        using var client = await platform.ServiceAsync("desk", "payment.bill");
        using var request = new HttpRequestMessage(HttpMethod.Post, platform.Address("payment") + "/api/bills");
        request.Headers.Add("Idempotency-Key", Guid.NewGuid().ToString());
        request.Content = JsonContent.Create(new
        {
            caseNumber = caseNumber ?? "case-" + Guid.NewGuid().ToString("N"),
            payer = new { sub = Guid.NewGuid().ToString(), name = "样例人" },
            collectingBody = new { uscc = Department, name = "样例市新闻出版局" },
            lines = new[] { new { feeItemCode = "0001", name = "工本费", quantity = 1, unit = "本", amountFen = 1000 } },
            returnUrl = platform.Address("web") + "/cases/1",
        });
        return (await client.SendAsync(request).AnswerAsync(HttpStatusCode.Created)).GetProperty("billNumber").GetString()!;
    }

    private async Task<JsonElement> ReadAsync(string bill)
    {
        using var client = await platform.ServiceAsync("desk", "payment.bill");
        return await client.GetAsync(new Uri($"{platform.Address("payment")}/api/bills/{bill}")).AnswerAsync(HttpStatusCode.OK);
    }

    private async Task<string?> StateAsync(string bill) => (await ReadAsync(bill)).GetProperty("state").GetString();

    private async Task<HttpResponseMessage> CallbackAsync(string bill, string transaction, decimal amount, string? signature = null, DateTimeOffset? paidAt = null)
    {
        var now = time.GetUtcNow();
        var body = JsonSerializer.Serialize(new { merchantOrder = bill + "-1", orderNumber = "C1", transactionNumber = transaction, amount, state = "paid", paidAt = paidAt ?? now });
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, platform.Address("payment") + "/callbacks/sandbox-channel") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Add("X-Channel-Timestamp", now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        request.Headers.Add("X-Channel-Signature", signature ?? Sign(body, now));
        return await client.SendAsync(request);
    }

    private string Sign(string body, DateTimeOffset now)
    {
        using var secrets = JsonDocument.Parse(File.ReadAllText(Path.Combine(platform.DataDirectory, "secrets.json")));
        var key = Encoding.UTF8.GetBytes(secrets.RootElement.GetProperty("ChannelSecret").GetString()!);
        return Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(FormattableString.Invariant($"{now.ToUnixTimeSeconds()}.{body}"))));
    }
}

public sealed class SqliteCallbackTests(SqlitePlatform platform) : CallbackTests(platform, platform.Time), IClassFixture<SqlitePlatform>;

public sealed class PostgresCallbackTests(PostgresPlatform platform) : CallbackTests(platform, platform.Time), IClassFixture<PostgresPlatform>;
