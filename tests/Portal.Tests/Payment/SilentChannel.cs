using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Yinxin.Testing;

namespace Yinxin.Portal.Tests.Payment;

/// <summary>A payment channel over HTTP that takes orders and answers questions, but whose callbacks never arrive.</summary>
public sealed class SilentChannel : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly Dictionary<string, Order> orders = new(StringComparer.Ordinal);
    private readonly Lock guard = new();
    private int questions;

    private SilentChannel(WebApplication app, string address)
    {
        this.app = app;
        Address = address;
        app.MapPost("/channel/v1/orders", (JsonElement request) => Take(request));
        app.MapGet("/channel/v1/orders/{number}", (string number) => Answer(number));
    }

    public string Address { get; }

    /// <summary>How often somebody asked what became of an order.</summary>
    public int Questions => Volatile.Read(ref questions);

    public static async Task<SilentChannel> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        var address = string.Create(CultureInfo.InvariantCulture, $"http://localhost:{FreePort.Range(1)}");
        builder.WebHost.UseKestrelCore().UseUrls(address);
        builder.Services.AddRoutingCore();
        builder.Logging.ClearProviders();
        var channel = new SilentChannel(builder.Build(), address);
        await channel.app.StartAsync();
        return channel;
    }

    /// <summary>The payer pays the bill's latest order; nobody is told.</summary>
    public void Pay(string bill, DateTimeOffset at) => End(bill, "paid", at);

    public void Fail(string bill) => End(bill, "failed", null);

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private IResult Take(JsonElement request)
    {
        var merchantOrder = request.GetProperty("merchantOrder").GetString()!;
        lock (guard)
        {
            orders.TryAdd("C-" + merchantOrder, new Order(merchantOrder, request.GetProperty("amount").GetDecimal(), "open", null, null));
        }

        return View("C-" + merchantOrder);
    }

    private IResult Answer(string number)
    {
        Interlocked.Increment(ref questions);
        return View(number);
    }

    private IResult View(string number)
    {
        lock (guard)
        {
            var order = orders[number];
            return Results.Ok(new
            {
                orderNumber = number,
                order.MerchantOrder,
                order.Amount,
                order.State,
                transactionNumber = order.Transaction,
                order.PaidAt,
                payUrl = $"{Address}/channel/pay/{number}",
            });
        }
    }

    private void End(string bill, string state, DateTimeOffset? at)
    {
        lock (guard)
        {
            var number = orders.Keys.Where(k => k.StartsWith($"C-{bill}-", StringComparison.Ordinal)).Max(StringComparer.Ordinal)!;
            orders[number] = orders[number] with { State = state, Transaction = at is null ? null : "T-" + number, PaidAt = at };
        }
    }

    private sealed record Order(string MerchantOrder, decimal Amount, string State, string? Transaction, DateTimeOffset? PaidAt);
}
