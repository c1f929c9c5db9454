using Xunit;
using Yinxin.Identity.Server.Features.Passwords;

namespace Yinxin.Identity.Tests.Accounts;

/// <summary>What withstands guessing and what does not.</summary>
public sealed class PasswordStrengthTests
{
    [Theory]
    [InlineData("1234567890")]
    [InlineData("qwertyuiop")]
    [InlineData("password123!")]
    [InlineData("P@ssword2024")]
    [InlineData("iloveyou!!")]
    [InlineData("dragon1234567")]
    [InlineData("passwordpassword")]
    [InlineData("monkeymonkeymonkey")]
    [InlineData("abcdefghijklm")]
    [InlineData("aaaaabbbbbcccccddddd")]
    [InlineData("sunshine2024")]
    public void Leaked_ones_and_their_like_are_refused(string password) => Assert.NotNull(PasswordRules.Fault(password));

    [Theory]
    [InlineData("Lantern-orbit-47-Quill")]
    [InlineData("correct horse battery staple")]
    [InlineData("vT9#kq2LmZ")]
    [InlineData("黄山四千仞三十二莲峰")]
    public void Long_or_random_ones_are_taken_without_rules_about_characters(string password)
    {
        Assert.Null(PasswordRules.Fault(password));
        Assert.Equal(4, PasswordStrength.Score(password));
    }

    [Fact]
    public void A_longer_password_is_never_weaker_by_much_and_the_longest_is_judged_at_once()
    {
        Assert.True(PasswordStrength.Of("vT9#kq2LmZ7") >= PasswordStrength.Of("vT9#kq2LmZ"));
        Assert.True(PasswordStrength.Of(new string('x', 100_000)) < 5);
    }

    [Fact]
    public void The_list_is_the_whole_list()
    {
        Assert.Equal(1, LeakedPasswords.RankOf("123456"));
        Assert.NotNull(LeakedPasswords.RankOf("woaini"));
        Assert.Null(LeakedPasswords.RankOf("lantern-orbit-47-quill"));
    }
}
