using System.Text.RegularExpressions;
using Yinxin.Identity.Tests.Hosting;

namespace Yinxin.Identity.Tests.Accounts;

/// <summary>Text messages that are sent after the page has answered.</summary>
internal static class Messages
{
    /// <summary>Waits until so many messages of a purpose have come, newest first.</summary>
    public static async Task<List<TextMessage>> WaitForMessagesAsync(this IdentityFixture identity, string phone, string purpose, int count = 1)
    {
        for (var i = 0; i < 200; i++)
        {
            var found = (await identity.Sandbox.MessagesAsync(phone)).FindAll(m => m.Purpose == purpose);
            if (found.Count >= count)
            {
                return found;
            }

            await Task.Delay(100);
        }

        throw new TimeoutException($"Fewer than {count} messages for {purpose}.");
    }

    public static async Task<string> WaitForCodeAsync(this IdentityFixture identity, string phone, string purpose, int count = 1) =>
        Regex.Match((await identity.WaitForMessagesAsync(phone, purpose, count))[0].Text, "[0-9]{6}", RegexOptions.None, TimeSpan.FromSeconds(1)).Value;

    /// <summary>Asks until a condition holds, twenty seconds at most.</summary>
    public static async Task UntilAsync(Func<Task<bool>> condition)
    {
        for (var i = 0; i < 200; i++)
        {
            if (await condition())
            {
                return;
            }

            await Task.Delay(100);
        }

        throw new TimeoutException("It did not come true.");
    }
}
