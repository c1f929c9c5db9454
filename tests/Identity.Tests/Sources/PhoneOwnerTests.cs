using System.Net;
using Xunit;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Hosting;

namespace Yinxin.Identity.Tests.Sources;

/// <summary>Where a carrier is connected, a phone proves only the person whose it is.</summary>
public sealed class PhoneOwnerTests(SqliteIdentity identity) : IClassFixture<SqliteIdentity>
{
    [Fact]
    public async Task Anothers_phone_does_not_register_me_and_a_carrier_that_fails_loses_nothing()
    {
        await using var second = await identity.StartSecondAsync(8, ("Authorities:Carrier:Keys:0", AuthorityKeyring.PublicKey("carrier")));
        using var applicant = new Applicant(identity, await identity.Sandbox.NextPersonAsync(), $"http://localhost:{identity.BasePort + 8}");
        var other = await identity.Sandbox.NextPersonAsync();
        await applicant.TellAsync();
        await applicant.AskCodeAsync(other.Phone);
        var refused = await applicant.TypeCodeAsync(await identity.Sandbox.CodeAsync(other.Phone));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        Assert.Contains("不是以您本人身份登记", await Applicant.TextAsync(refused), StringComparison.Ordinal);
        Assert.DoesNotContain(other.Name, await Applicant.TextAsync(refused), StringComparison.Ordinal);

        await applicant.AskCodeAsync();
        await identity.Sandbox.FailAsync("/carrier", "forged", 100);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await applicant.TypeCodeAsync()).StatusCode);
        await identity.Sandbox.RecoverAsync();
        await applicant.AskCodeAsync();
        Assert.Equal("/register/check", (await applicant.TypeCodeAsync()).Headers.Location?.OriginalString);
        Assert.Equal(HttpStatusCode.Found, (await applicant.FinishAsync()).StatusCode);
        Assert.Equal(1, await identity.RowsAsync("\"Evidence\" WHERE \"Method\" = 'sms-code-and-owner' AND \"ReceiptCipher\" IS NOT NULL"));
    }
}
