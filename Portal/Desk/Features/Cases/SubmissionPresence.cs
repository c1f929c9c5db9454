using System.Globalization;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Yinxin.Desk.Features.Applicants;
using Yinxin.Desk.Features.Matters;
using Yinxin.Identity.Client.Presence;

namespace Yinxin.Desk.Features.Cases;

/// <summary>Which applications the applicant confirms in person, and what exactly: this form with these files. Another word in the form needs another proof.</summary>
internal static class SubmissionPresence
{
    private const int LongestName = 120;

    /// <param name="matter">What is applied for; <c>requiredAssurance.confirm</c> and <c>confirmRule</c> say whether.</param>
    /// <param name="form">As it was checked.</param>
    /// <param name="materials">Keys and files.</param>
    /// <param name="applicant">Who applies, and for whom.</param>
    /// <param name="user">Who holds the token.</param>
    /// <param name="now">The moment.</param>
    /// <returns>Null when the sign-in's level is enough.</returns>
    public static PresenceRequest? For(
        Matter matter, IReadOnlyDictionary<string, string> form, IEnumerable<KeyValuePair<string, Guid>> materials, Applicant applicant, ClaimsPrincipal user, DateTimeOffset now)
    {
        if (!SubmissionLevel.Of(matter, form).InPerson)
        {
            return null;
        }

        var amount = form.GetValueOrDefault(SubmissionLevel.AmountField);
        var content = JsonSerializer.SerializeToUtf8Bytes(new
        {
            matter.ImplementationCode,
            form = form.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => new[] { f.Key, f.Value }),
            materials = materials.OrderBy(m => m.Key, StringComparer.Ordinal).ThenBy(m => m.Value).Select(m => new[] { m.Key, m.Value.ToString() }),
            applicant.Subject,
            applicant.OrganisationUscc,
        });
        var (chinese, english) = (Cut(matter.Name), Cut(matter.NameEn));
        var digest = PresenceRequest.DigestOf(content);

        // Confirmed before midnight and sent after it: the proof is minutes old and of this very content. Tries go on being counted by the day of the request.
        var yesterday = Transaction(matter, applicant, now.AddDays(-1));
        return new PresenceRequest(
            user.Presence(yesterday, digest, now) is null ? Transaction(matter, applicant, now) : yesterday,
            string.IsNullOrEmpty(amount) ? $"提交“{chinese}”申请" : $"提交“{chinese}”申请，金额 {amount} 元",
            string.IsNullOrEmpty(amount) ? $"Submit the application: {english}" : $"Submit the application: {english}, amount CNY {amount}",
            digest);
    }

    /// <summary>
    /// Who applies, for whom, for what, on which day: Identity counts failed tries by this name, so nothing may stand in it that whoever applies can choose anew (a key, a word of
    /// the form). The digest says what exactly is confirmed.
    /// </summary>
    private static string Transaction(Matter matter, Applicant applicant, DateTimeOffset now)
    {
        var day = now.ToOffset(TimeSpan.FromHours(8)).ToString("yyyyMMdd", CultureInfo.InvariantCulture);
        var name = string.Join('\n', applicant.Subject, applicant.OrganisationUscc, matter.ImplementationCode, day);
        return "apply:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)))[..32];
    }

    private static string Cut(string name) => name.Length <= LongestName ? name : name[..LongestName];
}
