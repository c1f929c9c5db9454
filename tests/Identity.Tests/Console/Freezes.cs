using System.Net;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Hosting;

namespace Yinxin.Identity.Tests.Console;

/// <summary>What freezes an account, and how officials lift one of it.</summary>
internal static class Freezes
{
    /// <summary>The strongest reason, as the account itself has it; empty when it is free.</summary>
    public static async Task<string> FrozenAsync(this IdentityFixture identity, SyntheticPerson person) =>
        await identity.ReadAsync($"""SELECT a."FrozenReason" FROM "Accounts" a WHERE a."Id" = '{await identity.KeyOfAsync(person.IdNumber)}'""");

    /// <summary>Every reason that stands, in the order of the alphabet, with spaces between.</summary>
    public static async Task<string> StandingAsync(this IdentityFixture identity, SyntheticPerson person)
    {
        var key = Guid.Parse(await identity.KeyOfAsync(person.IdNumber));
        await using var scope = identity.Services.CreateAsyncScope();
        var reasons = await scope.ServiceProvider.GetRequiredService<IdentityContext>().StandingFreezes.Where(f => f.AccountId == key && f.LiftedAt == null).Select(f => f.Reason).ToListAsync();
        return string.Join(' ', reasons.Order(StringComparer.Ordinal));
    }

    /// <summary>Proposes to lift, and gives the proposal's address.</summary>
    /// <param name="officer">Who proposes.</param>
    /// <param name="account">The account's key.</param>
    /// <param name="words">Which freeze, in the words of the list; none: the only one that officials may lift.</param>
    public static async Task<string> ProposeLiftingAsync(this Officer officer, string account, string words = "")
    {
        var page = $"/console/accounts/{account}/freeze";
        (string, string)[] fields = [("Reason", "settled"), ("Explanation", "样例：原因已消除")];
        if (words.Length > 0)
        {
            var named = Regex.Match(await officer.ReadAsync(page), $"<option value=\"(?<id>[0-9a-f-]{{36}})\"[^>]*>{Regex.Escape(words)}", RegexOptions.None, TimeSpan.FromSeconds(1));
            Assert.True(named.Success, words);
            fields = [.. fields, ("Freeze", named.Groups["id"].Value)];
        }

        var made = await officer.FillAsync(page, "", fields);
        Assert.True(made.StatusCode == HttpStatusCode.Found, await Applicant.TextAsync(made));
        return made.Headers.Location!.OriginalString;
    }
}
