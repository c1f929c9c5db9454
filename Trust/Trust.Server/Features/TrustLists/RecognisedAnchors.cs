using Microsoft.EntityFrameworkCore;
using Yinxin.Trust.Bundles;
using Yinxin.Trust.Certificates.Paths;
using Yinxin.Trust.Server.Data;
using Yinxin.Trust.Suites;
using Yinxin.Trust.TrustLists;

namespace Yinxin.Trust.Server.Features.TrustLists;

/// <summary>What the recognised lists trust, for the trust bundle. A list past its next update gives nothing: nobody knows what it would say by now.</summary>
internal sealed class RecognisedAnchors(TrustContext database, TimeProvider time)
{
    public static IReadOnlyList<PathCertificate> Signers(RecognisedTrustList list) => [.. list.NextSigners.Split('\n').Select(s => PathCertificate.Read(Convert.FromBase64String(s)))];

    public async Task<IReadOnlyList<TrustAnchor>> GetAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var lists = await database.RecognisedTrustLists.AsNoTracking().Where(l => l.NextUpdate > now).OrderBy(l => l.Territory).ToListAsync(cancellationToken);
        var anchors = new List<TrustAnchor>();
        foreach (var list in lists)
        {
            var read = TrustListSignature.Verify(list.Jws, Signers(list)).List;
            foreach (var anchor in TrustListAnchors.Of(read))
            {
                if (SignatureVerifier.SuiteOf(anchor.Certificate.PublicKey.Span) is { } suite)
                {
                    anchors.Add(new TrustAnchor(
                        anchor.Purpose, suite.Name(), anchor.Certificate.Subject.ToString(), Convert.ToBase64String(anchor.Certificate.Encoded.Span), list.Territory,
                        [.. anchor.Periods.Select(p => new AnchorPeriod(p.From, p.Until))]));
                }
            }
        }

        return anchors;
    }
}
