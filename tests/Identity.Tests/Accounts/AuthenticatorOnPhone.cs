using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Yinxin.Identity.Tests.Hosting;

namespace Yinxin.Identity.Tests.Accounts;

/// <summary>An authenticator app, written from RFC 6238 and RFC 4226 and not from the library that the server uses.</summary>
public sealed class AuthenticatorOnPhone(string secret, TimeProvider time)
{
    private readonly byte[] key = Base32(secret);

    /// <summary>The code of now, or of some steps before or after.</summary>
    public string Code(int steps = 0)
    {
        var counter = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(counter, (time.GetUtcNow().ToUnixTimeSeconds() / 30) + steps);
#pragma warning disable CA5350 // What RFC 6238 prescribes; its safety does not rest on collisions.
        var hash = HMACSHA1.HashData(key, counter);
#pragma warning restore CA5350
        var offset = hash[^1] & 15;
        return ((BinaryPrimitives.ReadInt32BigEndian(hash.AsSpan(offset)) & int.MaxValue) % 1_000_000).ToString("000000", CultureInfo.InvariantCulture);
    }

    /// <summary>The code of the step before; near the end of a step the clock goes on to the next one first, or the server would find it two steps old.</summary>
    public string FormerCode()
    {
        const int step = 30_000;
        const int enough = 10_000;
        var left = step - (int)(time.GetUtcNow().ToUnixTimeMilliseconds() % step);
        if (left < enough && time is ShiftedTime shifted)
        {
            shifted.Advance(TimeSpan.FromMilliseconds(left));
        }

        return Code(-1);
    }

    /// <summary>Pairs with the account of a signed-in browser.</summary>
    internal static async Task<AuthenticatorOnPhone> PairAsync(Applicant applicant, TimeProvider time)
    {
        var page = await applicant.ReadAsync("/account/second-factor/app");
        var app = new AuthenticatorOnPhone(Regex.Match(page, "<code id=\"secret\">(?<s>[A-Z2-7 ]+)</code>", RegexOptions.None, TimeSpan.FromSeconds(1)).Groups["s"].Value, time);
        // One step back, so that the code of now is still unspent for the test.
        var done = await applicant.Browser.SubmitAsync("/account/second-factor/app", page, ("Code", app.FormerCode()));
        return done.Headers.Location?.OriginalString == "/account/second-factor" ? app : throw new InvalidOperationException(await Applicant.TextAsync(done));
    }

    private static byte[] Base32(string text)
    {
        var bits = string.Concat(text.Replace(" ", "", StringComparison.Ordinal)
            .Select(c => Convert.ToString("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".IndexOf(c, StringComparison.Ordinal), 2).PadLeft(5, '0')));
        return [.. Enumerable.Range(0, bits.Length / 8).Select(i => Convert.ToByte(bits.Substring(i * 8, 8), 2))];
    }
}
