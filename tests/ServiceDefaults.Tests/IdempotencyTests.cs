using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Xunit;
using Yinxin.ServiceDefaults.Hosting;
using Yinxin.ServiceDefaults.Idempotency;
using Yinxin.Testing;

namespace Yinxin.ServiceDefaults.Tests;

/// <summary>A request under one key takes effect once; asked over HTTP, the same on both databases.</summary>
public abstract class IdempotencyTests(string provider, string? connection) : IAsyncLifetime
{
    private readonly SampleApp sample = new(provider, connection) { Time = new FakeTimeProvider(DateTimeOffset.UtcNow) };
    private readonly HttpClient http = new();
    private readonly TaskCompletionSource release = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int calls;

    public async ValueTask InitializeAsync()
    {
        http.BaseAddress = sample.Address;
        await sample.StartAsync(endpoints: app =>
        {
            app.UseYinxinDefaults();
            app.MapPost("/things", () => Results.Created($"/things/{Interlocked.Increment(ref calls)}", new { number = calls })).RequireIdempotencyKey<SampleContext>();
            app.MapPost("/slow", async () =>
            {
                entered.TrySetResult();
                await release.Task;
                return Results.Ok(new { number = Interlocked.Increment(ref calls) });
            }).RequireIdempotencyKey<SampleContext>();
            app.MapPost("/fails-once", () => Interlocked.Increment(ref calls) == 1 ? throw new InvalidOperationException("once") : Results.Ok(new { number = calls })).RequireIdempotencyKey<SampleContext>();
        });
    }

    public async ValueTask DisposeAsync()
    {
        release.TrySetResult();
        http.Dispose();
        await sample.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_repetition_gets_the_first_answer_and_changes_nothing()
    {
        using var first = await PostAsync("/things", "k", "{}");
        using var second = await PostAsync("/things", "k", "{}");
        Assert.Equal(HttpStatusCode.Created, second.StatusCode);
        Assert.Equal(first.Headers.Location, second.Headers.Location);
        Assert.Equal(await first.Content.ReadAsStringAsync(), await second.Content.ReadAsStringAsync());
        Assert.Equal("true", Assert.Single(second.Headers.GetValues("Idempotent-Replay")));
        Assert.False(first.Headers.Contains("Idempotent-Replay"));
        Assert.Equal(1, calls);
    }

    [Theory]
    [InlineData("/things", "{\"other\":1}")]
    [InlineData("/things?urgent=true", "{}")]
    public async Task Another_request_under_the_same_key_is_refused(string address, string body)
    {
        using var first = await PostAsync("/things", "k", "{}");
        await Answers.RefusedAsync(await PostAsync(address, "k", body), 422, "idempotency.mismatch");
        Assert.Equal(1, calls);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(201)]
    public async Task A_key_is_demanded_and_limited(int length)
    {
        await Answers.RefusedAsync(await PostAsync("/things", new string('k', length), "{}"), 400, "idempotency.missing");
        Assert.Equal(0, calls);
    }

    [Fact]
    public async Task Whoever_asks_while_the_first_is_at_work_is_told_when_to_come_back()
    {
        var first = PostAsync("/slow", "k", "{}");
        await entered.Task;
        using var second = await PostAsync("/slow", "k", "{}");
        Assert.Equal(TimeSpan.FromSeconds(1), second.Headers.RetryAfter?.Delta);
        await Answers.RefusedAsync(second, 409, "idempotency.inProgress");
        release.SetResult();
        using var answer = await first;
        using var third = await PostAsync("/slow", "k", "{}");
        Assert.Equal(await answer.Content.ReadAsStringAsync(), await third.Content.ReadAsStringAsync());
        Assert.Equal(1, calls);
    }

    [Fact]
    public async Task After_an_error_of_ours_the_same_key_tries_again()
    {
        using var failed = await PostAsync("/fails-once", "k", "{}");
        Assert.Equal(HttpStatusCode.InternalServerError, failed.StatusCode);
        using var again = await PostAsync("/fails-once", "k", "{}");
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
    }

    [Fact]
    public async Task An_answer_is_forgotten_after_a_week()
    {
        using var first = await PostAsync("/things", "k", "{}");
        sample.Time!.Advance(TimeSpan.FromDays(6));
        using var remembered = await PostAsync("/things", "k", "{}");
        Assert.True(remembered.Headers.Contains("Idempotent-Replay"));
        sample.Time.Advance(TimeSpan.FromDays(1.1));
        await UntilAsync(async () =>
        {
            // Whoever sweeps may not have been waiting when the clock went on.
            sample.Time.Advance(TimeSpan.FromMinutes(1));
            await using var scope = sample.App.Services.CreateAsyncScope();
            return !await scope.ServiceProvider.GetRequiredService<SampleContext>().Set<IdempotencyRecord>().AnyAsync();
        });
        using var forgotten = await PostAsync("/things", "k", "{}");
        Assert.False(forgotten.Headers.Contains("Idempotent-Replay"));
        Assert.Equal(2, calls);
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (!await condition())
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private async Task<HttpResponseMessage> PostAsync(string address, string key, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(address, UriKind.Relative)) { Content = new StringContent(body, null, "application/json") };
        request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        return await http.SendAsync(request);
    }
}

public sealed class SqliteIdempotencyTests() : IdempotencyTests("sqlite", connection: null);

public sealed class PostgresIdempotencyTests(PostgresServer server) : IdempotencyTests("postgres", server.NewDatabase()), IClassFixture<PostgresServer>;
