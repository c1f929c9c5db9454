using Xunit;
using Yinxin.Identity.Server.Features.Clients;

namespace Yinxin.Identity.Tests.Protocol;

/// <summary>What a client must look like before it is stored: what its <c>sub</c> is, of which sector it is, where it hears of ended sessions, whose users it hands over.</summary>
public sealed class ClientRulesTests
{
    [Theory]
    [InlineData("https://a.example/callback", null, "a.example")]
    [InlineData("https://A.EXAMPLE/callback https://a.example:8443/other", null, "a.example")]
    [InlineData("https://样例.example/callback", null, "xn--fsq541d.example")]
    [InlineData("http://127.0.0.1/callback http://[::1]/callback http://localhost/callback", "maker.example", "maker.example")]
    [InlineData("https://a_b.example/callback", null, "a_b.example")]
    [InlineData("https://10.0.0.1/callback", null, "10.0.0.1")]
    [InlineData("https://a.example/callback", "North.Example.", "north.example")]
    [InlineData("https://a.example/callback https://b.example/callback", "样例.example", "xn--fsq541d.example")]
    public void A_client_from_outside_is_of_the_sector_it_gives_or_of_its_one_host(string redirects, string? sector, string expected)
    {
        var client = Outside(redirects);
        client.SectorIdentifier = sector;
        Assert.Empty(ClientRules.Failures("Clients:0", client));
        Assert.Equal(expected, ClientSectors.Of(client));
    }

    [Fact]
    public void Whoever_is_of_the_platform_signs_nobody_in_or_asks_to_be_public_has_no_sector()
    {
        var own = Outside();
        own.FirstParty = true;
        var caller = Outside();
        caller.Scopes = ["openid", "license.read"];
        var service = Outside();
        service.GrantTypes = ["refresh_token"];
        var plain = Outside("https://a.example/callback https://b.example/callback");
        plain.SubjectType = "public";
        foreach (var client in (ClientSettings[])[own, caller, service, plain])
        {
            Assert.Empty(ClientRules.Failures("Clients:0", client));
            Assert.Null(ClientSectors.Of(client));
        }
    }

    [Fact]
    public void Pairwise_is_refused_to_a_client_of_the_platform()
    {
        var client = Outside();
        (client.SubjectType, client.FirstParty) = ("pairwise", true);
        Refused(client, "Clients:0:SubjectType: ", "FirstParty");
    }

    [Fact]
    public void Pairwise_is_refused_with_a_scope_of_a_platform_api()
    {
        var client = Outside();
        client.SubjectType = "pairwise";
        client.Scopes = ["openid", "license.read"];
        Refused(client, "Clients:0:SubjectType: ", "license.read");
    }

    [Fact]
    public void A_third_kind_of_subject_is_refused()
    {
        var client = Outside();
        client.SubjectType = "secret";
        Refused(client, "Clients:0:SubjectType: ", "public|pairwise");
    }

    [Theory]
    [InlineData("https://a.example/callback https://b.example/callback")]
    [InlineData("https://a.example/callback http://127.0.0.1/callback")]
    [InlineData("")]
    public void Redirect_uris_that_are_not_on_one_host_need_a_sector(string redirects) => Refused(Outside(redirects), "Clients:0:SectorIdentifier: ", "OIDC Core 8.1");

    [Fact]
    public void Native_apps_say_whose_they_are_since_all_of_them_are_on_the_same_host() =>
        Refused(Outside("http://127.0.0.1/callback http://[::1]/callback"), "Clients:0:SectorIdentifier: ", "native app");

    [Theory]
    [InlineData("https://a.example")]
    [InlineData("a.example:443")]
    [InlineData("a.example/x")]
    [InlineData("a b.example")]
    [InlineData("10.0.0.1")]
    public void A_sector_is_a_host_name_and_nothing_else(string sector)
    {
        var client = Outside();
        client.SectorIdentifier = sector;
        Refused(client, "Clients:0:SectorIdentifier: ", sector);
    }

    [Fact]
    public void A_sector_that_would_change_nothing_is_refused()
    {
        var client = Outside();
        (client.SubjectType, client.SectorIdentifier) = ("public", "a.example");
        Refused(client, "Clients:0:SectorIdentifier: ", "not pairwise");
    }

    [Theory]
    [InlineData("https://a.example/logout", true)]
    [InlineData("https://a.example/logout?of=me", true)]
    [InlineData("http://127.0.0.1:5000/logout", true)]
    [InlineData("http://a.example/logout", false)]
    [InlineData("https://a.example/logout#x", false)]
    [InlineData("https://user@a.example/logout", false)]
    [InlineData("/logout", false)]
    public void Word_of_an_ended_session_goes_where_a_redirect_might(string uri, bool taken)
    {
        var client = Outside();
        client.BackChannelLogoutUri = uri;
        if (taken)
        {
            Assert.Empty(ClientRules.Failures("Clients:0", client));
        }
        else
        {
            Refused(client, "Clients:0:BackChannelLogoutUri: ", uri);
        }
    }

    [Fact]
    public void Word_of_an_ended_session_goes_to_nobody_who_signs_nobody_in()
    {
        var client = Outside();
        client.BackChannelLogoutUri = "https://a.example/logout";
        client.GrantTypes = ["refresh_token"];
        Refused(client, "Clients:0:BackChannelLogoutUri: ", "authorization_code");
    }

    [Fact]
    public void An_address_for_such_word_has_an_end()
    {
        var client = Outside();
        client.BackChannelLogoutUri = "https://a.example/" + new string('a', 2000);
        Refused(client, "Clients:0:BackChannelLogoutUri: ", "2000");
    }

    [Theory]
    [InlineData("hefei", "identity.import", null)]
    [InlineData("hefei-2", "identity.import", null)]
    [InlineData("Hefei", "identity.import", "Hefei")]
    [InlineData("import:hefei", "identity.import", "import:hefei")]
    [InlineData("hefei\n", "identity.import", "no source")]
    [InlineData("hefei", "license.read", "identity.import")]
    public void Users_are_handed_over_for_sources_that_can_be_and_by_whoever_may_hand_over(string source, string scope, string? fault)
    {
        var client = Outside();
        client.Scopes = ["openid", scope];
        client.ImportSources = [source];
        if (fault is null)
        {
            Assert.Empty(ClientRules.Failures("Clients:0", client));
        }
        else
        {
            Refused(client, "Clients:0:ImportSources: ", fault);
        }
    }

    private static ClientSettings Outside(string redirects = "https://a.example/callback") => new()
    {
        ClientId = "outside",
        DisplayName = "outside",
        Type = "public",
        Scopes = ["openid", "profile"],
        GrantTypes = ["authorization_code"],
        RedirectUris = [.. redirects.Split(' ', StringSplitOptions.RemoveEmptyEntries)],
    };

    /// <summary>One failure that names its key, and what is the matter.</summary>
    private static void Refused(ClientSettings client, string key, string why)
    {
        var failure = Assert.Single(ClientRules.Failures("Clients:0", client));
        Assert.StartsWith(key, failure, StringComparison.Ordinal);
        Assert.Contains(why, failure, StringComparison.Ordinal);
    }
}
