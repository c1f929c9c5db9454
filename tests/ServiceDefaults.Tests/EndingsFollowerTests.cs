using System.Security.Claims;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;
using Yinxin.ServiceDefaults.Endings;

namespace Yinxin.ServiceDefaults.Tests;

/// <summary>How long what has ended is still taken, at the most: by what decides it, the time between two questions to the feed, and by a clock of the test's own.</summary>
public sealed class EndingsFollowerTests
{
    private static readonly TimeSpan Promise = TimeSpan.FromSeconds(5);
    private static readonly Guid Session = Guid.NewGuid();
    private static readonly Guid Mandate = Guid.NewGuid();
    private static readonly Guid Person = Guid.NewGuid();

    [Fact]
    public async Task What_ends_right_after_a_question_is_refused_with_the_next_one_and_a_level_that_fell_within_five_seconds()
    {
        var clock = new Clock();
        var source = new Source();
        var ended = new EndedTokens(clock);
        using var follower = new EndingsFollower(source, ended, clock, NullLogger<EndingsFollower>.Instance);
        await follower.StartAsync(TestContext.Current.CancellationToken);
        var between = await clock.RestAsync();
        var began = clock.GetUtcNow();
        source.Items =
        [
            new Ending(EndedKinds.Session, Session, began), new Ending(EndedKinds.Mandate, Mandate, began, 2), new Ending(EndedKinds.Level, Person, began, 7),
            new Ending(EndedKinds.Key, Guid.NewGuid(), began, Key: "stolen"),
        ];
        Assert.False(ended.IsWithdrawn("stolen") || ended.Contains(OfSession()) || ended.Contains(OfMandate(clock)) || ended.IsOutdated(OfLevel()));

        clock.Advance(between);
        Assert.Equal(between, await clock.RestAsync());
        Assert.True(ended.Contains(OfSession()) && ended.Contains(OfMandate(clock)) && ended.IsWithdrawn("stolen"));
        Assert.False(ended.IsWithdrawn(null) || ended.IsWithdrawn("") || ended.IsWithdrawn("another"));
        Assert.True(clock.GetUtcNow() - began <= TimeSpan.FromSeconds(1));

        // Apps have another token by then; an API takes the one of before a little longer.
        Assert.False(ended.IsOutdated(OfLevel(), EndedTokens.AppsFirst));
        clock.Advance(EndedTokens.AppsFirst);
        Assert.True(ended.IsOutdated(OfLevel(), EndedTokens.AppsFirst));
        Assert.True(clock.GetUtcNow() - began < Promise);
        await follower.StopAsync(TestContext.Current.CancellationToken);

        // Whoever has the key makes tokens that live as long as they like.
        clock.Advance(2 * EndedTokens.Kept);
        ended.Forget();
        Assert.True(ended.IsWithdrawn("stolen") && !ended.Contains(OfSession()));
    }

    [Fact]
    public async Task A_question_that_fails_or_hangs_until_it_is_given_up_costs_no_more_than_the_promise_leaves()
    {
        var clock = new Clock();
        var source = new Source { Fails = true };
        var ended = new EndedTokens(clock);
        using var follower = new EndingsFollower(source, ended, clock, NullLogger<EndingsFollower>.Instance);
        await follower.StartAsync(TestContext.Current.CancellationToken);
        var between = await clock.RestAsync();
        source.Items = [new Ending(EndedKinds.Session, Session, clock.GetUtcNow())];

        // However often it failed, the next one comes as soon.
        for (var i = 0; i < 5; i++)
        {
            clock.Advance(between);
            Assert.Equal(between, await clock.RestAsync());
        }

        Assert.False(ended.Contains(OfSession()));
        source.Fails = false;
        clock.Advance(between);
        await clock.RestAsync();
        Assert.True(ended.Contains(OfSession()));
        await follower.StopAsync(TestContext.Current.CancellationToken);

        await using var services = new ServiceCollection().AddEndings().BuildServiceProvider();
        using var client = services.GetRequiredService<IHttpClientFactory>().CreateClient(HttpEndingsSource.HttpClientName);
        Assert.True(client.Timeout + between < Promise, $"{client.Timeout}");
    }

    private static List<Claim> OfSession() => [new("sid", Session.ToString())];

    private static List<Claim> OfMandate(Clock clock) =>
    [
        new("sid", Guid.NewGuid().ToString()),
        new("act_for", JsonSerializer.Serialize(new { mandate = new { id = Mandate, version = 1, valid_until = clock.GetUtcNow().AddDays(1).ToUnixTimeSeconds() } })),
    ];

    private static List<Claim> OfLevel() => [new("sid", Guid.NewGuid().ToString()), new("sub", Person.ToString()), new(LevelBasis.ClaimType, new LevelBasis(1, 6).ToString())];

    /// <summary>The feed.</summary>
    private sealed class Source : IEndingsSource
    {
        public bool IsAvailable => true;

        public bool Fails { get; set; }

        public IReadOnlyList<Ending> Items { get; set; } = [];

        public Task<EndingsPage?> ReadAsync(string? cursor, CancellationToken cancellationToken) =>
            Fails ? Task.FromException<EndingsPage?>(new HttpRequestException("Nobody answers.")) : Task.FromResult<EndingsPage?>(new EndingsPage(Items, "0", More: false));
    }

    /// <summary>Moves when it is told to, and tells when somebody waits by it, and how long.</summary>
    private sealed class Clock() : FakeTimeProvider(new DateTimeOffset(2026, 3, 2, 8, 0, 0, TimeSpan.Zero))
    {
        private readonly Channel<TimeSpan> rests = Channel.CreateUnbounded<TimeSpan>();

        /// <summary>Returns when the follower has taken in an answer and waits to ask again.</summary>
        public ValueTask<TimeSpan> RestAsync() => rests.Reader.ReadAsync(TestContext.Current.CancellationToken);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(callback, state, dueTime, period);
            rests.Writer.TryWrite(dueTime);
            return timer;
        }
    }
}
