using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Yinxin.Desk.Features.Applicants;
using Yinxin.Desk.Features.Matters;
using Yinxin.Identity.Client.Assurance;
using Yinxin.Identity.Client.Presence;

namespace Yinxin.Desk.Features.Cases;

/// <summary>Which applications the applicant confirms in person, and what exactly: this form with these files, under this key. Another word in the form needs another proof.</summary>
internal static class SubmissionPresence
{
    private const string AmountField = "amount";
    private const int LongestName = 120;

    /// <param name="matter">What is applied for; <c>requiredAssurance.confirm</c> and <c>confirmRule</c> say whether.</param>
    /// <param name="form">As it was checked.</param>
    /// <param name="materials">Keys and files.</param>
    /// <param name="applicant">Who applies, and for whom.</param>
    /// <param name="key">The application's idempotency key.</param>
    /// <returns>Null when the sign-in's level is enough.</returns>
    public static PresenceRequest? For(
        Matter matter, IReadOnlyDictionary<string, string> form, IEnumerable<KeyValuePair<string, Guid>> materials, Applicant applicant, string key)
    {
        if (!Enum.TryParse<AssuranceLevel>(matter.RequiredAssurance.GetValueOrDefault("confirm"), out var level) || level < AssuranceLevel.Advanced)
        {
            return null;
        }

        var amount = form.GetValueOrDefault(AmountField);
        if (Amount(matter.ConfirmRule?.AdvancedFromAmount) is { } threshold && Amount(amount) is { } asked && asked < threshold)
        {
            return null;
        }

        var content = JsonSerializer.SerializeToUtf8Bytes(new
        {
            matter.ImplementationCode,
            form = form.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => new[] { f.Key, f.Value }),
            materials = materials.OrderBy(m => m.Key, StringComparer.Ordinal).ThenBy(m => m.Value).Select(m => new[] { m.Key, m.Value.ToString() }),
            applicant.Subject,
            applicant.OrganisationUscc,
        });
        var (chinese, english) = (Cut(matter.Name), Cut(matter.NameEn));
        return new PresenceRequest(
            "apply:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)))[..32],
            string.IsNullOrEmpty(amount) ? $"提交“{chinese}”申请" : $"提交“{chinese}”申请，金额 {amount} 元",
            string.IsNullOrEmpty(amount) ? $"Submit the application: {english}" : $"Submit the application: {english}, amount CNY {amount}",
            PresenceRequest.DigestOf(content));
    }

    private static decimal? Amount(string? text) =>
        decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount) ? amount : null;

    private static string Cut(string name) => name.Length <= LongestName ? name : name[..LongestName];
}
