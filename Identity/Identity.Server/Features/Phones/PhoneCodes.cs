using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Authorities;
using Yinxin.Identity.Server.Features.Raising;
using Yinxin.Identity.Server.Features.Recovery;
using Yinxin.Identity.Server.Features.SecondFactors;
using Yinxin.Identity.Server.Features.SignIn;
using Yinxin.ServiceDefaults.Audit;

namespace Yinxin.Identity.Server.Features.Phones;

/// <summary>What came of a typed code.</summary>
internal enum PhoneCodeOutcome
{
    Accepted,
    Wrong,

    /// <summary>Too old, used, replaced by a newer one, or tried too often: a new one is needed.</summary>
    Dead,
}

/// <summary>
/// Codes of six digits that prove a phone is in hand: five minutes, five tries, once, for one purpose and one form. What only somebody with the account's password or session can
/// ask for has budgets of its own, and so has a recovery at the account's own number: a stranger who knows a number, or even the particulars, uses up none of the codes that its owner signs in with
/// or that the former phone confirms a change with, nor those of a recovery begun in a browser that the account knows.
/// </summary>
/// <remarks>
/// What strangers can use up: the codes that one phone gets for a registration, and as the new phone of a recovery or of a change, or as the phone of a bank card, by typing that number themselves (change and
/// card ask for an account of theirs); and from several addresses (<see cref="FailureWindow.WideRange"/>) those of recoveries begun in browsers that the account does not know.
/// </remarks>
internal sealed class PhoneCodes(IdentityContext database, PersonalData personal, SmsCarrier carrier, MessageFlood flood, IOptions<PhoneSettings> settings, TimeProvider time)
{
    public static readonly TimeSpan Life = TimeSpan.FromMinutes(5);

    private const int MostTries = 5;

    /// <summary>Purposes that are counted apart from every other, each list for itself; whatever stands in none is counted together.</summary>
    private static readonly List<string>[] Apart =
        [[SecondFactorCheck.SmsPurpose, PhoneChanges.FormerPurpose], [PhoneChanges.NewPurpose], [BankCardCodes.Purpose], [RecoveryMessages.Purpose], [RecoveryMessages.KnownPurpose]];

    /// <summary>What takes a password, a session, or a browser that the account knows: strangers use up nothing of its share of what all together may be sent.</summary>
    private static readonly List<string> OfOwners = [SecondFactorCheck.SmsPurpose, PhoneChanges.FormerPurpose, PhoneChanges.NewPurpose, BankCardCodes.Purpose, RecoveryMessages.KnownPurpose];

    private static readonly List<string> AllApart = [.. Apart.SelectMany(purposes => purposes)];

    /// <param name="formId">The form, or session, in which it is asked for.</param>
    /// <param name="phone">Where to, E.164.</param>
    /// <param name="account">Whose matter it is: the account's key, the particulars that are to become one, or the recovery in which nothing is proved yet (<see cref="RecoveryDraft.Budget"/>).</param>
    /// <param name="purpose">What for.</param>
    /// <param name="address">Who asks.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>False when the phone, the account or the address has had too many; nothing is sent then.</returns>
    /// <exception cref="Yinxin.ServiceDefaults.Problems.ProblemException">All together have had too many within a minute (<see cref="MessageFlood.Refused"/>), or the carrier cannot be reached.</exception>
    public async Task<bool> SendAsync(Guid formId, string phone, string account, string purpose, IPAddress? address, CancellationToken cancellationToken)
    {
        if (await NoteAsync(formId, phone, account, purpose, address, cancellationToken) is not { } noted)
        {
            return false;
        }

        try
        {
            await carrier.SendAsync(MobileNumber.National(phone), $"【样例平台】验证码 {noted.Code}，5 分钟内有效，请勿告诉任何人。Your code is {noted.Code}; it is valid for 5 minutes.", purpose, cancellationToken);
        }
        catch
        {
            // Never sent, so it neither works nor counts.
            await database.PhoneCodes.Where(c => c.Id == noted.Id).ExecuteDeleteAsync(CancellationToken.None);
            throw;
        }

        return true;
    }

    /// <summary>
    /// A code that goes nowhere, under the same budgets: whoever types codes for a person without an account, or without a phone, is answered with the same work as for one who has both.
    /// </summary>
    /// <param name="formId">As in <see cref="SendAsync"/>.</param>
    /// <param name="nobody">What stands in the place of a phone.</param>
    /// <param name="account">As in <see cref="SendAsync"/>.</param>
    /// <param name="purpose">As in <see cref="SendAsync"/>.</param>
    /// <param name="address">Who asks.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task NoteInVainAsync(Guid formId, string nobody, string account, string purpose, IPAddress? address, CancellationToken cancellationToken) =>
        NoteAsync(formId, nobody, account, purpose, address, cancellationToken);

    /// <summary>
    /// For a code that is sent after the page has answered: refuses it while all together have had too many, whoever it would go to. Codes that go nowhere count like all others, so that nobody is
    /// told apart.
    /// </summary>
    /// <exception cref="Yinxin.ServiceDefaults.Problems.ProblemException"><see cref="MessageFlood.Refused"/>.</exception>
    public Task CheckFloodAsync(string purpose, CancellationToken cancellationToken) => CheckFloodAsync(purpose, time.GetUtcNow(), cancellationToken);

    private async Task CheckFloodAsync(string purpose, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (most, minute) = (settings.Value.PerMinute, now.AddMinutes(-1));
        var first = Guid.CreateVersion7(minute);

        // By the key, which begins with the moment of sending: no more rows are read than a minute has.
        var sent = database.PhoneCodes.Where(c => c.Id.CompareTo(first) > 0 && c.SentAt > minute);
        var alike = OfOwners.Contains(purpose, StringComparer.Ordinal) ? sent.Where(c => OfOwners.Contains(c.Purpose)) : sent.Where(c => !OfOwners.Contains(c.Purpose));
        if (await alike.CountAsync(cancellationToken) >= most)
        {
            flood.Note(most);
            throw MessageFlood.Refused.Exception();
        }
    }

    private async Task<(Guid Id, string Code)?> NoteAsync(Guid formId, string phone, string account, string purpose, IPAddress? address, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var phoneIndex = personal.PassingIndex(Purposes.Phone, phone);
        var accountIndex = personal.Index(Purposes.SignInName, "messages:" + account);
        // Compared among codes of one purpose only.
        var addressIndex = personal.Index(Purposes.Address, purpose == RecoveryMessages.Purpose ? FailureWindow.WideRange(address) : FailureWindow.Range(address));

        // Counted and noted in one turn: of a hundred requests at once each sees those before it.
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        await AuditChain.TakeTurnAsync(database, cancellationToken);
        await CheckFloodAsync(purpose, now, cancellationToken);
        if (!await MayBeSentAsync(phoneIndex, accountIndex, addressIndex, purpose, now, cancellationToken))
        {
            return null;
        }

        var code = RandomNumberGenerator.GetInt32(1_000_000).ToString("000000", CultureInfo.InvariantCulture);
        var id = Guid.CreateVersion7(now);
        database.PhoneCodes.Add(new PhoneCode
        {
            Id = id,
            Purpose = purpose,
            FormId = formId,
            PhoneIndex = phoneIndex,
            AccountIndex = accountIndex,
            AddressIndex = addressIndex,
            CodeHash = Hash(id, code),
            SentAt = now,
            ExpiresAt = now + Life,
        });
        await database.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(CancellationToken.None);
        return (id, code);
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

    private async Task<bool> MayBeSentAsync(string phoneIndex, string accountIndex, string addressIndex, string purpose, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (limits, hour, day, latest) = (settings.Value, now.AddHours(-1), now.AddDays(-1), now.AddSeconds(-settings.Value.SecondsBetween));
        var alike = Array.Find(Apart, purposes => purposes.Contains(purpose, StringComparer.Ordinal)) is { } own
            ? database.PhoneCodes.Where(c => own.Contains(c.Purpose)) : database.PhoneCodes.Where(c => !AllApart.Contains(c.Purpose));
        var sent = await alike.Where(c => c.PhoneIndex == phoneIndex && c.SentAt > day).Select(c => new { c.SentAt, c.AddressIndex }).ToListAsync(cancellationToken);
        if (purpose == RecoveryMessages.Purpose)
        {
            var fromHere = sent.FindAll(c => c.AddressIndex == addressIndex);
            if (fromHere.Count >= limits.RecoveriesPerAddressAndDay || fromHere.Count(c => c.SentAt > hour) >= limits.RecoveriesPerAddressAndHour)
            {
                return false;
            }
        }

        var toPhone = sent.ConvertAll(c => c.SentAt);
        var ofAccount = await alike.Where(c => c.AccountIndex == accountIndex && c.SentAt > day).Select(c => c.SentAt).ToListAsync(cancellationToken);
        return toPhone.Count < limits.PerPhoneAndDay && toPhone.Count(t => t > hour) < limits.PerPhoneAndHour && !toPhone.Exists(t => t > latest) &&
            ofAccount.Count < limits.PerAccountAndDay && ofAccount.Count(t => t > hour) < limits.PerAccountAndHour &&
            await alike.CountAsync(c => c.AddressIndex == addressIndex && c.SentAt > hour, cancellationToken) < limits.PerAddressAndHour;
    }

    private string Hash(Guid id, string code) => personal.Index(Purposes.PhoneCode, $"{id}:{code}");
}
