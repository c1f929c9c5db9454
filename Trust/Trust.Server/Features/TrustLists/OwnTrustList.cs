using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Database;
using Yinxin.ServiceDefaults.Security;
using Yinxin.ServiceDefaults.Settings;
using Yinxin.ServiceDefaults.Transparency;
using Yinxin.Trust.Bundles;
using Yinxin.Trust.Certificates;
using Yinxin.Trust.Certificates.Paths;
using Yinxin.Trust.Server.Data;
using Yinxin.Trust.Server.Features.Authorities;
using Yinxin.Trust.Suites;
using Yinxin.Trust.TrustLists;

namespace Yinxin.Trust.Server.Features.TrustLists;

/// <summary>Our own list: the CAs by purpose, and pointers to the lists that we recognise. A new issue is made when someone asks and something changed, or half of its time is over.</summary>
internal sealed class OwnTrustList(
    TrustContext database, AuthorityStore authorities, IAuditTrail audit, IDataCipher cipher, IOptions<TrustListSettings> settings, IOptions<AddressSettings> addresses, TimeProvider time)
{
    /// <summary>The current issue in a suite's signature.</summary>
    public async Task<PublishedTrustList> GetAsync(SignatureSuite suite, CancellationToken cancellationToken)
    {
        var entities = Entities();
        var pointers = await PointersAsync(cancellationToken);
        var now = time.GetUtcNow();
        now = new DateTimeOffset(now.Ticks - (now.Ticks % TimeSpan.TicksPerSecond), TimeSpan.Zero);
        var digest = SHA256.HashData(TrustListJson.Write(List(1, DateTimeOffset.UnixEpoch, entities, pointers)));
        var last = await LastAsync(suite, cancellationToken);
        if (last is not null && last.ContentDigest.AsSpan().SequenceEqual(digest) && now < last.IssuedAt.AddDays(settings.Value.ValidityDays / 2.0))
        {
            return last;
        }

        return await PublishAsync(suite, List((last?.SequenceNumber ?? 0) + 1, now, entities, pointers), digest, cancellationToken);
    }

    private async Task<PublishedTrustList> PublishAsync(SignatureSuite suite, TrustList list, byte[] digest, CancellationToken cancellationToken)
    {
        var signer = authorities["trust-list", suite];
        var scheme = list.Scheme;
        var published = new PublishedTrustList
        {
            Suite = suite.Name(),
            SequenceNumber = scheme.SequenceNumber,
            Jws = TrustListSignature.Sign(list, signer.Signer, signer.Certificate),
            ContentDigest = digest,
            IssuedAt = scheme.IssuedAt,
            NextUpdate = scheme.NextUpdate,
        };
        var name = FormattableString.Invariant($"{published.Suite}/{published.SequenceNumber}");
        database.Add(published);
        audit.Add(new AuditEntry("trust.list.published", name, "trust", Details: new { scheme.SequenceNumber }));
        database.Add(LoggedEvent.Message(("trustList.published", scheme.IssuedAt), name, System.Text.Encoding.ASCII.GetBytes(published.Jws), name, cipher));
        try
        {
            await database.SaveChangesAsync(cancellationToken);
            return published;
        }
        catch (DbUpdateException e) when (e.IsUniqueViolation())
        {
            // Another node issued the same number in the same moment: that one counts.
            database.ChangeTracker.Clear();
            return (await LastAsync(suite, cancellationToken))!;
        }
    }

    private Task<PublishedTrustList?> LastAsync(SignatureSuite suite, CancellationToken cancellationToken)
    {
        var name = suite.Name();
        return database.PublishedTrustLists.AsNoTracking().Where(l => l.Suite == name).OrderByDescending(l => l.SequenceNumber).FirstOrDefaultAsync(cancellationToken);
    }

    private TrustList List(long number, DateTimeOffset at, IReadOnlyList<TrustedEntity> entities, IReadOnlyList<TrustListPointer> pointers) => new(
        new TrustListScheme
        {
            SequenceNumber = number,
            OperatorName = Operator(),
            Name = [new("zh", "省级信任列表"), new("en", "Provincial trust list")],
            Territory = settings.Value.Territory,
            IssuedAt = at,
            NextUpdate = at.AddDays(settings.Value.ValidityDays),
            Pointers = pointers,
        },
        entities);

    /// <summary>
    /// Lists of others, and our own in the other suite: whoever pins one of our two signers learns the other from it, so that either can take over.
    /// </summary>
    private async Task<IReadOnlyList<TrustListPointer>> PointersAsync(CancellationToken cancellationToken)
    {
        var trust = AddressSettings.Text(addresses.Value.Trust);
        var signers = Enum.GetValues<SignatureSuite>().Select(s => PathCertificate.Of(authorities["trust-list", s].Certificate)).ToList();
        var pointers = new List<TrustListPointer> { new(new Uri(trust + "/trust-list.jws"), signers, TrustListTerms.ListType, Operator(), settings.Value.Territory) };
        foreach (var list in await database.RecognisedTrustLists.AsNoTracking().Where(l => l.Location != null).OrderBy(l => l.Territory).ThenBy(l => l.Type).ToListAsync(cancellationToken))
        {
            var certificates = RecognisedAnchors.Signers(list);
            var scheme = TrustListSignature.Verify(list.Jws, certificates).List.Scheme;
            pointers.Add(new TrustListPointer(new Uri(list.Location!), certificates, scheme.Type, scheme.OperatorName, scheme.Territory));
        }

        return pointers;
    }

    private IReadOnlyList<LocalizedText> Operator() => [new("zh", settings.Value.OperatorChinese), new("en", settings.Value.OperatorEnglish)];

    private IReadOnlyList<TrustedEntity> Entities() =>
    [
        new TrustedEntity(Operator(),
        [
            .. from role in CertificateProfile.IssuingRoles
               from authority in authorities.OfRole(role)
               from purpose in AnchorPurposes.OfRole(role)
               let certificate = PathCertificate.Of(authority.Certificate)
               select new TrustService(
                   TrustListTerms.ServiceOf(purpose)!, [new("zh", certificate.Subject.ToString())], [certificate], new ServiceStatus(TrustListTerms.Granted, certificate.NotBefore), []),
        ]),
    ];
}
