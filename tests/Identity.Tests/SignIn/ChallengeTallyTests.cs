using System.Net;
using Xunit;
using Yinxin.Identity.Server.Features.Challenge;

namespace Yinxin.Identity.Tests.SignIn;

/// <summary>What was counted for the audit is lost by no failing save.</summary>
public sealed class ChallengeTallyTests
{
    [Fact]
    public void What_could_not_be_told_is_told_with_the_next()
    {
        var tally = new ChallengeTally();
        tally.Add(ChallengePurposes.SignIn, IPAddress.Parse("192.0.2.1"));
        tally.Add(ChallengePurposes.SignIn, IPAddress.Parse("192.0.2.2"));
        var taken = tally.Take();
        tally.Add(ChallengePurposes.SignIn, IPAddress.Parse("192.0.2.3"));
        tally.Add(ChallengePurposes.SignIn, IPAddress.Parse("198.51.100.1"));
        tally.PutBack(taken);
        var line = Assert.Single(tally.Take());
        Assert.Equal((4, 2), (line.Count, line.Addresses));
        Assert.Equal(3, line.Most["192.0.2.*"]);
        Assert.Empty(tally.Take());
    }
}
