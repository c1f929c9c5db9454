using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Xunit;
using Yinxin.Identity.Client.Presence;
using Yinxin.ServiceDefaults.Idempotency;
using Yinxin.Testing;

namespace Yinxin.Identity.Tests.Client;

/// <summary>Identity takes the same operation again for a while: an endpoint that asks for presence answers each of them once, or its app serves nothing.</summary>
public sealed class RequirePresenceTests
{
    [Fact]
    public async Task An_app_that_would_act_once_for_each_repetition_serves_nothing()
    {
        var address = FormattableString.Invariant($"http://localhost:{FreePort.Next()}");
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls(address);
        builder.Logging.ClearProviders();
        await using var app = builder.Build();
        app.MapGet("/other", () => "done");
        app.MapPost("/transfers", () => "done").RequirePresence(_ => Asked);
        var refused = Assert.Throws<InvalidOperationException>(() => Endpoints(app));
        Assert.Contains("/transfers", refused.Message, StringComparison.Ordinal);
        Assert.Contains(nameof(IdempotencyFilter.RequireIdempotencyKey), refused.Message, StringComparison.Ordinal);

        await app.StartAsync();
        using var http = new HttpClient { BaseAddress = new Uri(address) };
        Assert.Equal(HttpStatusCode.InternalServerError, (await http.GetAsync(new Uri("/other", UriKind.Relative))).StatusCode);
    }

    [Fact]
    public async Task In_whatever_order_the_two_are_asked_for_an_endpoint_with_both_is_served()
    {
        await using var app = WebApplication.CreateSlimBuilder().Build();
        app.MapPost("/first", () => "done").RequirePresence(_ => Asked).RequireIdempotencyKey<DbContext>();
        app.MapPost("/second", () => "done").RequireIdempotencyKey<DbContext>().RequirePresence(_ => Asked);
        app.MapGroup("").RequirePresence(_ => Asked).MapPost("/third", () => "done").RequireIdempotencyKey<DbContext>();
        Assert.Equal(3, Endpoints(app).Count);
    }

    private static PresenceRequest Asked => new("transfer:1", "转移登记", "Transfer");

    private static List<Endpoint> Endpoints(WebApplication app) => [.. ((IEndpointRouteBuilder)app).DataSources.SelectMany(source => source.Endpoints)];
}
