using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Authorities;
using Yinxin.Identity.Server.Features.Notices;
using Yinxin.Identity.Server.Features.Phones;
using Yinxin.ServiceDefaults.Outbox;
using Yinxin.ServiceDefaults.Settings;

namespace Yinxin.Identity.Server.Features.SourceChanges;

/// <summary>
/// Tells a person what a register reported about them: on their own page, where somebody without a phone finds it too and the organisation stands with its name, and by text
/// message, into which no person's name, no number and no more of an organisation's name goes than its representative recognises.
/// </summary>
internal sealed class SourceNotice(IdentityContext database, PersonalData personal, SmsCarrier carrier, IOptions<AddressSettings> addresses) : IOutboxHandler
{
    public const string NameChanged = "name-changed";
    public const string Dissolved = "dissolved";
    public const string OrganisationRenamed = "organisation-renamed";
    public const string RepresentativeLost = "representative-lost";
    public const string RepresentativeGained = "representative-gained";
    public const string CertificateRevoked = "certificate-revoked";
    public const string CertificateDistrusted = "certificate-distrusted";
    public const string AnswerWithdrawn = "answer-withdrawn";
    private const string KindName = "identity.sourceNotice";

    public string Kind => KindName;

    /// <summary>Adds the notice to the caller's change; one for each change and person.</summary>
    /// <param name="database">The context.</param>
    /// <param name="change">What came about, for it to be told once.</param>
    /// <param name="person">Who is told.</param>
    /// <param name="what">One of the words above.</param>
    /// <param name="now">The moment.</param>
    /// <param name="organisation">Name of the organisation that it is about.</param>
    /// <param name="was">Its name before.</param>
    public static void Add(IdentityContext database, string change, Guid person, string what, DateTimeOffset now, string? organisation = null, string? was = null)
    {
        var facts = new Dictionary<string, string>(StringComparer.Ordinal) { ["what"] = what, ["organisation"] = organisation ?? "", ["was"] = was ?? "" };
        database.Notices.Add(new Notice
        {
            Id = Guid.CreateVersion7(now),
            AccountId = person,
            Kind = NoticeKinds.AtSource,
            Facts = JsonSerializer.Serialize(facts, JsonSerializerOptions.Web),
            CreatedAt = now,
        });
        database.Add(OutboxMessage.Create(KindName, new Payload(person, what, organisation, was), $"{change}:{person:N}", now));
    }

    public async Task HandleAsync(OutboxMessage message, CancellationToken cancellationToken)
    {
        var payload = message.Read<Payload>();
        if (await database.Persons.AsNoTracking().FirstOrDefaultAsync(p => p.Id == payload.Person, cancellationToken) is { HasPhone: true } person)
        {
            var (chinese, english) = SourceNoticeWords.Of(payload.What, Masking.Organisation(payload.Organisation ?? ""), Masking.Organisation(payload.Was ?? ""));
            // Once, for both languages, and last: nothing follows that a phone could take for a part of it.
            var address = SourceNoticeWords.AsksToSignIn(payload.What) ? $" {addresses.Value.Issuer}/account" : "";
            await carrier.SendAsync(MobileNumber.National(personal.Unprotect(Purposes.Phone, person.PhoneCipher)), $"【样例平台】{chinese}{english}{address}", "source-notice", cancellationToken);
        }
    }

    private sealed record Payload(Guid Person, string What, string? Organisation = null, string? Was = null);
}
