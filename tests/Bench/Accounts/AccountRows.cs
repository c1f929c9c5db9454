using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Yinxin.ServiceDefaults.Identifiers;

namespace Yinxin.Bench.Accounts;

/// <summary>Synthetic people as an import file, written while it is sent.</summary>
internal sealed class AccountRows : HttpContent
{
    private readonly int first;
    private readonly int count;

    public AccountRows(int first, int count)
    {
        (this.first, this.count) = (first, count);
        Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
    }

    /// <summary>PBKDF2-SHA-256, 1000 rounds: as cheap as an import may bring, so that the rest of a sign-in is what counts.</summary>
    public const string PasswordHash = "$pbkdf2-sha256$1000$AQYLEBUaHyQpLjM4PUJHTA$/fhgx.wJKacoEEHeO52sXaMpKXvdqLDZI7L900nz.5Q";

    public static string IdNumber(int number)
    {
        var digits = string.Create(CultureInfo.InvariantCulture, $"340199{new DateOnly(1940, 1, 1).AddDays(number / 1000):yyyyMMdd}{number % 1000:D3}");
        return digits + IdentityNumber.CheckCharacter(digits);
    }

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        var (even, odd) = (Evidence("counter"), Evidence("real-person"));
        for (var number = first; number < first + count; number++)
        {
            await JsonSerializer.SerializeAsync(stream, new
            {
                externalId = string.Create(CultureInfo.InvariantCulture, $"B{number}"),
                idNumber = IdNumber(number),
                name = "样例人",
                phone = string.Create(CultureInfo.InvariantCulture, $"138{number:D8}"),
                passwordHash = PasswordHash,
                evidence = number % 2 == 0 ? even : odd,
            });
            stream.WriteByte((byte)'\n');
        }
    }

    // Two ways to the same level: a policy without one of them lowers half of all people.
    private static object[] Evidence(string way) =>
        [.. ((string[])["population-match", "phone-otp", "password", way]).Select(kind => new { kind, method = "sample", assuredBy = "sample", verifiedAt = "2026-06-01T00:00:00Z" })];

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
