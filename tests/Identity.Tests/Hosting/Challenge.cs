using System.Buffers.Binary;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Yinxin.Identity.Tests.Hosting;

/// <summary>What a form asks for, and the work that a browser does for it.</summary>
/// <param name="Ticket">Sealed.</param>
/// <param name="Parameters">For the worker.</param>
/// <param name="Seconds">The wait that counts in place of the work.</param>
/// <param name="Asked">Whether this try was refused for the want of a proof; else it is shown for the next.</param>
public sealed partial record Challenge(string Ticket, JsonElement Parameters, int Seconds, bool Asked)
{
    public const string TicketField = "ChallengeTicket";
    public const string ProofField = "ChallengeProof";

    /// <returns>Null when the page asks for none.</returns>
    public static async Task<Challenge?> OfAsync(HttpResponseMessage response)
    {
        var html = await response.Content.ReadAsStringAsync();
        var box = Box().Match(html);
        return !box.Success ? null : new Challenge(
            Browser.HiddenFields(html)[TicketField], JsonDocument.Parse(WebUtility.HtmlDecode(box.Groups["parameters"].Value)).RootElement,
            int.Parse(box.Groups["seconds"].Value, System.Globalization.CultureInfo.InvariantCulture),
            html.Contains("请完成下方的安全检查", StringComparison.Ordinal) || html.Contains("等待时间还没有到", StringComparison.Ordinal));
    }

    /// <summary>The two fields, with the work done.</summary>
    public IEnumerable<KeyValuePair<string, string>> Solve() => [new(TicketField, Ticket), new(ProofField, Proof())];

    public string Proof()
    {
        var (nonce, salt) = (Bytes("nonce"), Bytes("salt"));
        var prefix = Bytes("keyPrefix");
        byte[] password = [.. nonce, 0, 0, 0, 0];
        for (var counter = 0u; counter < Parameters.GetProperty("work").GetInt32(); counter++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(password.AsSpan(nonce.Length), counter);
            var key = Rfc2898DeriveBytes.Pbkdf2(password, salt, Parameters.GetProperty("cost").GetInt32(), HashAlgorithmName.SHA256, 32);
            if (key.AsSpan().StartsWith(prefix))
            {
                return Convert.ToHexStringLower(key.AsSpan(16));
            }
        }

        throw new InvalidOperationException("The search did not end within the work that was announced.");
    }

    private byte[] Bytes(string name) => Convert.FromHexString(Parameters.GetProperty(name).GetString()!);

    [GeneratedRegex("data-challenge=\"(?<parameters>[^\"]*)\" data-seconds=\"(?<seconds>\\d+)\"", RegexOptions.None, 1000)]
    private static partial Regex Box();
}
