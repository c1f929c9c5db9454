using System.Net;
using Xunit;
using Yinxin.Identity.Server.Features.Console.AuditSearch;

namespace Yinxin.Identity.Tests.Console;

/// <summary>Addresses and ranges as the search of the audit takes them: the beginning of the text is the range, no more and no less.</summary>
public sealed class AuditAddressTests
{
    [Theory]
    [InlineData("203.0.113.7", "203.0.113.7", "::ffff:203.0.113.7")]
    [InlineData("::ffff:203.0.113.7", "203.0.113.7", "::ffff:203.0.113.7")]
    [InlineData("2001:DB8:0:0::7", "2001:db8::7")]
    [InlineData("::1", "::1")]
    public void An_address_is_looked_for_as_records_spell_it(string typed, params string[] spelled)
    {
        var address = AuditAddress.Parse(typed);
        Assert.NotNull(address);
        Assert.False(address.IsRange);
        Assert.Equal(spelled, address.Texts);
    }

    [Theory]
    [InlineData("")]
    [InlineData("::1%340102199001011232")]
    [InlineData("::1%张三")]
    [InlineData("fe80::1%2")]
    [InlineData("[::1]:13800000001")]
    [InlineData("127.1")]
    [InlineData("2130706433")]
    [InlineData("13800000001")]
    [InlineData("138.0000.0001")]
    [InlineData("010.1.2.3")]
    [InlineData("203.0.113.7 ")]
    [InlineData("203.0.113.0/12")]
    [InlineData("203.0.113.0/33")]
    [InlineData("203.0.113.0/+24")]
    [InlineData("203.0.113.0/24/24")]
    [InlineData("0.0.0.0/0")]
    [InlineData("::/0")]
    [InlineData("2001:db8::/32/")]
    [InlineData("2001:db8:0:0::/64")]
    [InlineData("2001:db8:1:0::/64")]
    [InlineData("2001:0:0:5::/64")]
    [InlineData("::ffff:203.0.113.0/24")]
    [InlineData("localhost")]
    [InlineData("%")]
    public void What_is_no_address_or_a_range_without_one_beginning_is_refused(string typed) => Assert.Null(AuditAddress.Parse(typed));

    [Theory]
    [InlineData("10.0.0.0/8")]
    [InlineData("203.0.0.0/16")]
    [InlineData("203.0.113.0/24")]
    [InlineData("2001:db8::/32")]
    [InlineData("2409:8a28:1::/48")]
    [InlineData("2409:8a28:1234:5::/64")]
    [InlineData("2409:0:1234:5::/64")]
    public void A_range_holds_its_own_addresses_and_no_others(string typed)
    {
        var range = AuditAddress.Parse(typed);
        Assert.NotNull(range);
        Assert.True(range.IsRange);
        var network = IPNetwork.Parse(typed);
        var random = new Random(19);
        for (var i = 0; i < 3000; i++)
        {
            // Many zeros, for they are what a text leaves out; half of them within the range.
            var bytes = network.BaseAddress.GetAddressBytes();
            for (var place = i % 2 == 0 ? network.PrefixLength / 8 : 0; place < bytes.Length; place++)
            {
                bytes[place] = random.Next(3) == 0 ? (byte)random.Next(256) : random.Next(3) == 0 ? bytes[place] : (byte)0;
            }

            var address = new IPAddress(bytes);
            Assert.True(network.Contains(address) == address.ToString().StartsWith(range.Texts[0], StringComparison.Ordinal), $"{typed} {address}");
        }
    }
}
