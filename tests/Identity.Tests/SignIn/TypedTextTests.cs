using Xunit;
using Yinxin.Identity.Server.Data;

namespace Yinxin.Identity.Tests.SignIn;

/// <summary>What anybody may type into a field, read without an exception.</summary>
public sealed class TypedTextTests
{
    [Fact]
    public void What_is_no_character_is_read_as_a_lost_one()
    {
        foreach (var bad in (string[])["\0", "\uFFFE", "\uFFFF", "\uFDD0", "\uD83D", "\uDE00", "\uDE00\uD83D"])
        {
            Assert.False(TypedText.IsSound("张" + bad + "三"));
            Assert.Equal("张" + new string('\uFFFD', bad.Length) + "三", TypedText.Normalise("张" + bad + "三"));
            Assert.Equal("张" + new string('\uFFFD', bad.Length), PersonNames.Normalise("张" + bad));
        }
    }

    [Fact]
    public void Names_in_rare_characters_and_full_width_are_sound()
    {
        foreach (var (typed, read) in ((string, string)[])[("", ""), ("\U00020BB7野", "\U00020BB7野"), ("阿依古丽·买买提", "阿依古丽·买买提"), ("ＡＢ１２", "AB12")])
        {
            Assert.True(TypedText.IsSound(typed));
            Assert.Equal(read, TypedText.Normalise(typed));
        }
    }
}
