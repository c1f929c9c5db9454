using System.Security.Claims;
using Xunit;
using Yinxin.ServiceDefaults.Endings;

namespace Yinxin.ServiceDefaults.Tests;

/// <summary>Which tokens a fallen level, or another policy, makes those of before.</summary>
public sealed class LevelBasisTests
{
    private static readonly Guid Person = Guid.NewGuid();
    private static readonly Guid Company = Guid.NewGuid();

    [Theory]
    [InlineData("3.7")]
    [InlineData("3.7.4.0f8fad5bd9cb469fa16570867728950e")]
    public void What_is_written_is_read(string text) => Assert.Equal(text, LevelBasis.Parse(text)!.ToString());

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("3")]
    [InlineData("3.")]
    [InlineData("-3.7")]
    [InlineData("3.+7")]
    [InlineData("3.99999999999")]
    [InlineData("3.7.4")]
    [InlineData("3.7.4.nobody")]
    [InlineData("3.7.4.0f8fad5b-d9cb-469f-a165-70867728950e")]
    [InlineData("3.7.4.0f8fad5bd9cb469fa16570867728950e.5")]
    public void What_is_not_is_not(string? text) => Assert.Null(LevelBasis.Parse(text));

    [Fact]
    public void A_token_is_of_before_by_its_numbers_and_not_by_clocks()
    {
        var ended = new EndedTokens(TimeProvider.System);
        var now = DateTimeOffset.UtcNow;
        ended.Add([new Ending(EndedKinds.Level, Person, now, 7), new Ending(EndedKinds.Level, Company, now, 4), new Ending(EndedKinds.Policy, Guid.Empty, now, 3)]);
        Assert.True(ended.IsOutdated(Token(new LevelBasis(3, 6))));
        Assert.False(ended.IsOutdated(Token(new LevelBasis(3, 7))));
        Assert.True(ended.IsOutdated(Token(new LevelBasis(2, 9))));
        Assert.True(ended.IsOutdated(Token(new LevelBasis(3, 7, 3, Company))));
        Assert.False(ended.IsOutdated(Token(new LevelBasis(3, 7, 4, Company))));
        Assert.False(ended.IsOutdated(Token(new LevelBasis(3, 0), Guid.NewGuid())));
        Assert.True(ended.IsOutdated(Token(null, Guid.NewGuid())));
        Assert.False(ended.IsOutdated([new Claim("sub", Person.ToString())]));

        // Told late, or again, an older word changes nothing; nor does any of it end the token.
        ended.Add([new Ending(EndedKinds.Level, Person, now, 5)]);
        Assert.True(ended.IsOutdated(Token(new LevelBasis(3, 6))));
        Assert.False(ended.Contains(Token(new LevelBasis(3, 6))));
        Assert.False(ended.IsOutdated(Token(new LevelBasis(3, 6)), TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public void A_token_of_a_release_before_that_says_no_numbers_is_judged_by_the_moment_it_was_made()
    {
        var ended = new EndedTokens(TimeProvider.System);
        var now = DateTimeOffset.UtcNow;
        ended.Add([new Ending(EndedKinds.Policy, Guid.Empty, now, 3), new Ending(EndedKinds.Level, Person, now.AddSeconds(30), 7)]);
        Assert.True(ended.IsOutdated(Made(now.AddMinutes(-1), Guid.NewGuid())));
        Assert.True(ended.IsOutdated(Made(now.AddSeconds(4), Guid.NewGuid())));

        // While an upgrade rolls its nodes go on making such tokens, and those are of after the change.
        Assert.False(ended.IsOutdated(Made(now.AddSeconds(7), Guid.NewGuid())));
        Assert.True(ended.IsOutdated(Made(now.AddSeconds(7), Person)));
        Assert.False(ended.IsOutdated(Made(now.AddSeconds(37), Person)));

        static List<Claim> Made(DateTimeOffset at, Guid subject) =>
            [.. Token(null, subject), new Claim("iat", at.ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture))];
    }

    [Fact]
    public void Each_policy_gives_the_apps_their_time_anew_and_no_clock_that_is_set_back_prolongs_it()
    {
        var clock = new Clock();
        var ended = new EndedTokens(clock);
        ended.Add([new Ending(EndedKinds.Policy, Guid.Empty, clock.GetUtcNow(), 2)]);
        Assert.False(ended.IsOutdated(Token(new LevelBasis(1, 0)), EndedTokens.AppsFirst));
        clock.Passed += EndedTokens.AppsFirst;
        clock.SetBack = TimeSpan.FromHours(1);
        Assert.True(ended.IsOutdated(Token(new LevelBasis(1, 0)), EndedTokens.AppsFirst));

        // Those of the policy between have their time; those that were refused stay so.
        ended.Add([new Ending(EndedKinds.Policy, Guid.Empty, clock.GetUtcNow(), 3)]);
        Assert.False(ended.IsOutdated(Token(new LevelBasis(2, 0)), EndedTokens.AppsFirst));
        Assert.True(ended.IsOutdated(Token(new LevelBasis(1, 0)), EndedTokens.AppsFirst));
        clock.Passed += EndedTokens.AppsFirst;
        Assert.True(ended.IsOutdated(Token(new LevelBasis(2, 0)), EndedTokens.AppsFirst));
        Assert.False(ended.IsOutdated(Token(new LevelBasis(3, 0)), EndedTokens.AppsFirst));
    }

    [Fact]
    public void A_level_that_falls_again_gives_the_apps_their_time_anew_and_none_to_the_tokens_that_were_of_before()
    {
        var clock = new Clock();
        var ended = new EndedTokens(clock);
        Fall(5);
        clock.Passed += EndedTokens.AppsFirst;
        Fall(6);
        Assert.True(IsRefused(4));
        Assert.False(IsRefused(5));

        // Once more, while the apps still have their time for the fall before.
        clock.Passed += EndedTokens.AppsFirst / 2;
        Fall(7);
        Assert.False(IsRefused(5));
        clock.Passed += EndedTokens.AppsFirst / 2;
        Assert.True(IsRefused(4));
        Assert.True(IsRefused(5));
        Assert.False(IsRefused(6));
        clock.Passed += EndedTokens.AppsFirst / 2;
        Assert.True(IsRefused(6));
        Assert.False(IsRefused(7));

        void Fall(int version) => ended.Add([new Ending(EndedKinds.Level, Person, clock.GetUtcNow(), version)]);

        bool IsRefused(int place) => ended.IsOutdated(Token(new LevelBasis(1, place)), EndedTokens.AppsFirst);
    }

    /// <summary>A clock that somebody sets, and one that nobody can.</summary>
    private sealed class Clock : TimeProvider
    {
        private static readonly DateTimeOffset Begin = DateTimeOffset.UtcNow;

        public TimeSpan Passed { get; set; }

        public TimeSpan SetBack { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override DateTimeOffset GetUtcNow() => Begin + Passed - SetBack;

        public override long GetTimestamp() => Passed.Ticks;
    }

    private static List<Claim> Token(LevelBasis? basis, Guid? subject = null)
    {
        List<Claim> claims = [new("sid", Guid.NewGuid().ToString()), new("sub", (subject ?? Person).ToString())];
        if (basis is not null)
        {
            claims.Add(new Claim(LevelBasis.ClaimType, basis.ToString()));
        }

        return claims;
    }
}
