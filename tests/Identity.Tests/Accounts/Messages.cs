using System.Text.RegularExpressions;
using Yinxin.Identity.Tests.Hosting;

namespace Yinxin.Identity.Tests.Accounts;

/// <summary>Text messages that are sent after the page has answered.</summary>
internal static class Messages
{
    /// <summary>Waits until so many messages of a purpose have come, newest first.</summary>
    public static async Task<List<TextMessage>> WaitForMessagesAsync(this IdentityFixture identity, string phone, string purpose, int count = 1)
    {
        for (var i = 0; i < 600; i++)
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

    /// <summary>Waits until a message with these words has come, among whatever others.</summary>
    public static Task WaitForWordsAsync(this IdentityFixture identity, string phone, string words) =>
        UntilAsync(async () => (await identity.Sandbox.MessagesAsync(phone)).Exists(m => m.Text.Contains(words, StringComparison.Ordinal)));

    public static async Task<string> WaitForCodeAsync(this IdentityFixture identity, string phone, string purpose, int count = 1) =>
        Regex.Match((await identity.WaitForMessagesAsync(phone, purpose, count))[0].Text, "[0-9]{6}", RegexOptions.None, TimeSpan.FromSeconds(1)).Value;

    /// <summary>Waits until every code of a recovery was sent, or noted where there is nobody to send it to.</summary>
    public static Task WaitForRecoveryCodesAsync(this IdentityFixture identity) =>
        UntilAsync(async () => await identity.RowsAsync("\"OutboxMessages\" WHERE \"Kind\" = 'identity.recoveryCode' AND \"DeliveredAt\" IS NULL") == 0);

    /// <summary>Asks until a condition holds, a minute at most.</summary>
    public static async Task UntilAsync(Func<Task<bool>> condition)
    {
        for (var i = 0; i < 600; i++)
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
