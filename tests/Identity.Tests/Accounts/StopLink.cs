using System.Text.RegularExpressions;
using Yinxin.Identity.Tests.Hosting;

namespace Yinxin.Identity.Tests.Accounts;

/// <summary>The link in a message, by which its reader stops a recovery or freezes an account.</summary>
internal static class StopLink
{
    /// <summary>The number is another one now; gives the link in the message to the former phone.</summary>
    public static async Task<string> AfterChangeAsync(IdentityFixture identity, Applicant owner)
    {
        var spare = await identity.Sandbox.NextPersonAsync();
        await owner.FillAsync("/account/phone", ("Phone", spare.Phone));
        await owner.FillAsync(
            "/account/phone/code", ("NewCode", await identity.WaitForCodeAsync(spare.Phone, "phone-change")), ("FormerCode", await identity.WaitForCodeAsync(owner.Person.Phone, "phone-change-former")));
        return await ReadAsync(identity, owner.Person.Phone, "手机号已更换");
    }

    /// <summary>The link in the newest message with these words, of which there are by then so many.</summary>
    public static async Task<string> ReadAsync(IdentityFixture identity, string phone, string words, int times = 1)
    {
        List<TextMessage> found = [];
        await Messages.UntilAsync(async () => (found = (await identity.Sandbox.MessagesAsync(phone)).FindAll(m => m.Text.Contains(words, StringComparison.Ordinal))).Count >= times);
        return new Uri(Regex.Match(found[0].Text, "http[^ ]*/recover/stop[^ ]*", RegexOptions.None, TimeSpan.FromSeconds(1)).Value).PathAndQuery;
    }
}
