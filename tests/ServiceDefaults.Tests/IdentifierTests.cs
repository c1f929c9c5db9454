using Xunit;
using Yinxin.ServiceDefaults.Identifiers;

namespace Yinxin.ServiceDefaults.Tests;

/// <summary>ID numbers (GB 11643) and credit codes (GB 32100) by the standards' own examples.</summary>
public sealed class IdentifierTests
{
    private static readonly DateOnly Today = new(2026, 11, 23);

    [Theory]
    [InlineData("11010519491231002X")]
    [InlineData("440524188001010014")]
    [InlineData(" 11010519491231002x ")]
    [InlineData("３４０１０２１９９００１０１１２３６")]
    public void Right_id_numbers_are_read_as_people_write_them(string text) => Assert.True(IdentityNumber.TryParse(text, Today, out _));

    [Theory]
    [InlineData("110105194912310021")]
    [InlineData("11010519491331002X")]
    [InlineData("1101051949123100")]
    [InlineData("")]
    [InlineData(null)]
    public void Wrong_id_numbers_are_refused(string? text) => Assert.False(IdentityNumber.TryParse(text, Today, out _));

    [Theory]
    [InlineData("11100000000013338W")]
    [InlineData("12100000000018032A")]
    [InlineData("91340100MA85AMP26B")]
    public void Right_credit_codes_are_read(string text) => Assert.True(UnifiedSocialCreditCode.TryParse(text, out _));

    [Theory]
    [InlineData("11100000000013338X")]
    [InlineData("91340100MA85AMP36B")]
    [InlineData("9134010OMA85AMP26B")]
    public void Wrong_credit_codes_are_refused(string text) => Assert.False(UnifiedSocialCreditCode.TryParse(text, out _));
}
