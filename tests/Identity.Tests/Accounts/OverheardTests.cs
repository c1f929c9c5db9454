using System.Net;
using Xunit;
using Yinxin.Identity.Tests.Hosting;

namespace Yinxin.Identity.Tests.Accounts;

/// <summary>Whoever reads all logs and traces, the most talkative level of our own included, learns nobody's number, name, phone, code or password, and no token.</summary>
public sealed class OverheardTests(OverheardIdentity identity) : IClassFixture<OverheardIdentity>
{
    [Fact]
    public async Task Logs_and_traces_of_a_whole_run_hold_nothing_personal_and_nothing_secret()
    {
        using var applicant = await Applicant.RegisteredAsync(identity);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await applicant.FillAsync("/account/raise/bank-card", ("CardNumber", applicant.Person.BankCard[..^1] + "x"))).StatusCode);
        await applicant.FillAsync("/account/raise/bank-card", ("CardNumber", applicant.Person.BankCard));
        await applicant.ReadAsync("/account");
        using var other = identity.NewBrowser();
        await other.SignInAsync(applicant.Person.IdNumber, "Wrong-password-81");
        await other.SignInAsync(applicant.Person.Phone, Applicant.Password);
        await identity.Sandbox.FailAsync("/population", "status=500", 3);
        using var second = await Applicant.NewAsync(identity);
        await second.TellAsync();
        await identity.Sandbox.RecoverAsync();
        var party = new RelyingParty(identity, "web", $"http://localhost:{identity.BasePort}/signin-oidc");
        var code = await party.CodeAsync("citizen", false, ("scope", "openid profile offline_access real_name"));
        var tokens = await party.RedeemAsync(code);
        var refreshed = await party.RefreshAsync(tokens.RefreshToken);
        await party.RedeemAsync(code);

        var heard = identity.Heard;
        Assert.Contains(heard, line => line.Contains("/connect/token", StringComparison.Ordinal));
        Assert.Contains(heard, line => line.Contains("Polly", StringComparison.Ordinal));
        (string What, string Value)[] secrets =
        [
            ("ID number", applicant.Person.IdNumber), ("phone", applicant.Person.Phone.Replace("+86", "", StringComparison.Ordinal)), ("bank card", applicant.Person.BankCard), ("name", applicant.Person.Name),
            ("password", Applicant.Password), ("wrong password", "Wrong-password-81"), ("second ID number", second.Person.IdNumber), ("sample ID number", "340102199001011232"),
            ("code", code), ("access token", Signature(tokens.AccessToken)), ("refresh token", Signature(tokens.RefreshToken)), ("new access token", Signature(refreshed.AccessToken)),
            ("ID token", Signature(tokens.IdToken)), ("client secret", IdentityFixture.Secret),
        ];
        Assert.All(secrets, secret => Assert.DoesNotContain(heard, line => line.Contains(secret.Value, StringComparison.Ordinal) && Report(secret.What, line)));
    }

    private static string Signature(string token) => token[(token.LastIndexOf('.') + 1)..];

    private static bool Report(string what, string line)
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"{what}: {line}");
        return true;
    }
}
