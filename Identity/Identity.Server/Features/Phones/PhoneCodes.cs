using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Authorities;

namespace Yinxin.Identity.Server.Features.Phones;

/// <summary>What came of a typed code.</summary>
internal enum PhoneCodeOutcome
{
    Accepted,
    Wrong,

    /// <summary>Too old, used, replaced by a newer one, or tried too often: a new one is needed.</summary>
    Dead,
}

/// <summary>Codes of six digits that prove a phone is in hand: five minutes, five tries, once, for one purpose and one form.</summary>
internal sealed class PhoneCodes(IdentityContext database, PersonalData personal, SmsCarrier carrier, IOptions<PhoneSettings> settings, TimeProvider time)
{
    private const int MostTries = 5;
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Kept = TimeSpan.FromDays(1);

    /// <returns>False when the phone or the address has had too many; nothing is sent then.</returns>
    public async Task<bool> SendAsync(Guid formId, string phone, string purpose, IPAddress? address, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var (phoneIndex, addressIndex) = (personal.PassingIndex(Purposes.Phone, phone), personal.Index(Purposes.Address, address?.ToString() ?? ""));
        if (!await MayBeSentAsync(phoneIndex, addressIndex, now, cancellationToken))
        {
            return false;
        }

        var code = RandomNumberGenerator.GetInt32(1_000_000).ToString("000000", CultureInfo.InvariantCulture);
        var id = Guid.CreateVersion7(now);
        database.PhoneCodes.Add(new PhoneCode
        {
            Id = id,
            Purpose = purpose,
            FormId = formId,
            PhoneIndex = phoneIndex,
            AddressIndex = addressIndex,
            CodeHash = Hash(id, code),
            SentAt = now,
            ExpiresAt = now + Life,
        });
        await database.SaveChangesAsync(cancellationToken);
        try
        {
            await carrier.SendAsync(MobileNumber.National(phone), $"【样例平台】验证码 {code}，5 分钟内有效，请勿告诉任何人。Your code is {code}; it is valid for 5 minutes.", purpose, cancellationToken);
        }
        catch
        {
            // Never sent, so it neither works nor counts.
            await database.PhoneCodes.Where(c => c.Id == id).ExecuteDeleteAsync(CancellationToken.None);
            throw;
        }

        var old = now - Kept;
        await database.PhoneCodes.Where(c => c.SentAt < old).ExecuteDeleteAsync(cancellationToken);
        return true;
    }

    public async Task<PhoneCodeOutcome> VerifyAsync(Guid formId, string phone, string purpose, string code, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var phoneIndex = personal.PassingIndex(Purposes.Phone, phone);
        var sent = await database.PhoneCodes.AsNoTracking()
            .Where(c => c.PhoneIndex == phoneIndex && c.FormId == formId && c.Purpose == purpose)
            .OrderByDescending(c => c.SentAt).ThenByDescending(c => c.Id)
            .FirstOrDefaultAsync(cancellationToken);
        if (sent is null)
        {
            return PhoneCodeOutcome.Dead;
        }

        // The try is counted before the code is looked at: parallel guesses share the five.
        var alive = await database.PhoneCodes
            .Where(c => c.Id == sent.Id && c.UsedAt == null && c.ExpiresAt > now && c.Tries < MostTries)
            .ExecuteUpdateAsync(set => set.SetProperty(c => c.Tries, c => c.Tries + 1), cancellationToken);
        if (alive == 0)
        {
            return PhoneCodeOutcome.Dead;
        }

        if (!CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(sent.CodeHash), Encoding.ASCII.GetBytes(Hash(sent.Id, code))))
        {
            return PhoneCodeOutcome.Wrong;
        }

        var used = await database.PhoneCodes.Where(c => c.Id == sent.Id && c.UsedAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(c => c.UsedAt, now), cancellationToken);
        return used == 1 ? PhoneCodeOutcome.Accepted : PhoneCodeOutcome.Dead;
    }

    private async Task<bool> MayBeSentAsync(string phoneIndex, string addressIndex, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var hour = now.AddHours(-1);
        var times = await database.PhoneCodes.Where(c => c.PhoneIndex == phoneIndex && c.SentAt > hour).Select(c => c.SentAt).ToListAsync(cancellationToken);
        var latest = now.AddSeconds(-settings.Value.SecondsBetween);
        return times.Count < settings.Value.PerPhoneAndHour && !times.Exists(t => t > latest) &&
            await database.PhoneCodes.CountAsync(c => c.AddressIndex == addressIndex && c.SentAt > hour, cancellationToken) < settings.Value.PerAddressAndHour;
    }

    private string Hash(Guid id, string code) => personal.Index(Purposes.PhoneCode, $"{id}:{code}");
}
