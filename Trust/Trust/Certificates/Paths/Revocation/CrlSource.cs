using Org.BouncyCastle.X509;
using Yinxin.Trust.Certificates.Paths.Names;

namespace Yinxin.Trust.Certificates.Paths.Revocation;

/// <summary>Revocation by lists: full, delta, indirect and partitioned ones (RFC 5280 §6.3.3).</summary>
/// <param name="lists">Every list at hand, in any order.</param>
public sealed class CrlSource(IReadOnlyList<RevocationList> lists) : IRevocationSource
{
    /// <summary>The list says that this certificate is no longer revoked (delta lists).</summary>
    private const int RemoveFromCrl = 8;

    private static readonly HashSet<string> Processed =
        new(StringComparer.Ordinal) { Oids.CrlNumber, Oids.DeltaCrlIndicator, Oids.IssuingDistributionPoint, Oids.AuthorityKeyIdentifier };

    /// <summary>From lists as BouncyCastle reads them.</summary>
    public static CrlSource Of(IEnumerable<X509Crl> crls) => new([.. crls.Select(RevocationList.Of)]);

    /// <inheritdoc/>
    public RevocationAnswer Ask(RevocationQuestion question)
    {
        var covered = 0;
        var refusals = new List<RevocationAnswer>();
        IEnumerable<DistributionPoint> points = [.. question.Certificate.DistributionPoints, DistributionPoint.Unstated];
        foreach (var point in points)
        {
            foreach (var list in lists.Where(l => l.BaseNumber is null && IsIssuer(l, point, question)).OrderByDescending(l => l.ThisUpdate))
            {
                var reasons = list.Scope.Reasons & point.Reasons;
                if (Refuse(list, point, question) is { } refusal)
                {
                    refusals.Add(refusal);
                }
                else if ((reasons & ~covered) != 0)
                {
                    if (Find(list, point, question) is { } found)
                    {
                        return found;
                    }

                    covered |= reasons;
                }

                if (covered == RevocationReasons.All)
                {
                    return new RevocationAnswer(RevocationStatus.Good, "good", $"{question.Certificate.Subject} is not revoked.");
                }
            }
        }

        return covered != 0
            ? Unknown("reasons", "The revocation lists at hand do not cover all reasons.")
            : refusals.FirstOrDefault() ?? Unknown("none", $"No revocation list for {question.Certificate.Subject}.");
    }

    /// <summary>Step b 1: the list's issuer is who the distribution point names, or else the certificate's own.</summary>
    private static bool IsIssuer(RevocationList list, DistributionPoint point, RevocationQuestion question) => point.Issuers.Count > 0
        ? list.Scope.Indirect && point.Issuers.Any(i => list.Issuer.Equals(i.Directory))
        : list.Issuer.Equals(question.Certificate.Issuer);

    /// <summary>Whether the certificate stands in the list, with its delta; null when it is not revoked. Steps c and h to k.</summary>
    private RevocationAnswer? Find(RevocationList list, DistributionPoint point, RevocationQuestion question)
    {
        var delta = lists.Where(l => IsDeltaOf(l, list) && Refuse(l, point, question) is null).MaxBy(l => l.ThisUpdate);
        var entry = delta?.Entries.Find(question.Certificate) ?? list.Entries.Find(question.Certificate);
        return entry switch
        {
            null or { Reason: RemoveFromCrl } => null,
            { UnknownCritical: { } oid } => Unknown("entryExtension", $"The entry of {question.Certificate.Subject} has the critical extension {oid}, which is not known."),
            _ when question.Request.RevocationRule == RevocationRule.AtTheTime && entry.At > question.Request.At => null,
            _ => new RevocationAnswer(
                RevocationStatus.Revoked, "revoked", FormattableString.Invariant($"{question.Certificate.Subject} was revoked at {entry.At:u}, reason {entry.Reason ?? 0}."), entry.At, entry.Reason),
        };
    }

    private static bool IsDeltaOf(RevocationList delta, RevocationList full) =>
        delta.BaseNumber is { } first && full.Number is { } number && delta.Number is { } last && first <= number && number < last
        && delta.Issuer.Equals(full.Issuer) && delta.Scope.IsSameScope(full.Scope)
        && (delta.AuthorityKey?.KeyId is not { } mine || full.AuthorityKey?.KeyId is not { } theirs || mine.Span.SequenceEqual(theirs.Span));

    /// <summary>Why the list does not speak for this certificate, or null: scope (step b 2), form, time, signature (steps f and g).</summary>
    private static RevocationAnswer? Refuse(RevocationList list, DistributionPoint point, RevocationQuestion question) =>
        RefuseScope(list, point, question) ?? RefuseForm(list, question) ?? RefuseTime(list, question.Request) ?? RefuseSignature(list, question);

    private static RevocationAnswer? RefuseScope(RevocationList list, DistributionPoint point, RevocationQuestion question)
    {
        var scope = list.Scope;
        return scope.HasName && !IsNamed(list, point, question) ? Unknown("scope", "The revocation list is of another distribution point.")
            : scope.OnlyUsers && question.Certificate.IsAuthority ? Unknown("onlyUsers", "The revocation list holds end certificates only.")
            : scope.OnlyAuthorities && !question.Certificate.IsAuthority ? Unknown("onlyAuthorities", "The revocation list holds CA certificates only.")
            : scope.OnlyAttributes ? Unknown("onlyAttributes", "The revocation list holds attribute certificates only.")
            : question.Profile.WebCrls ? WebCrlRules.Refuse(list, point) : null;
    }

    /// <summary>Step b 2 i: a name of the list's point is one of the certificate's point, or of who signs there when that point has no name.</summary>
    private static bool IsNamed(RevocationList list, DistributionPoint point, RevocationQuestion question)
    {
        var listNames = Full(list.Scope.Names, list.Scope.Relative, list.Issuer);
        var pointNames = point.HasName ? Full(point.Names, point.Relative, point.Issuers.Select(i => i.Directory).FirstOrDefault(d => d is not null) ?? question.Certificate.Issuer)
            : point.Issuers.Count > 0 ? point.Issuers
            : [new GeneralName(GeneralNameKind.Directory, "", default, question.Certificate.Issuer)];
        return listNames.Any(l => pointNames.Any(l.IsSame));
    }

    private static IReadOnlyList<GeneralName> Full(IReadOnlyList<GeneralName> names, ReadOnlyMemory<byte>? relative, DirectoryName issuer) =>
        relative is { } name ? [new GeneralName(GeneralNameKind.Directory, "", default, issuer.Append(name))] : names;

    private static RevocationAnswer? RefuseForm(RevocationList list, RevocationQuestion question)
    {
        var unknown = list.Extensions.Values.FirstOrDefault(e => e.Critical && !Processed.Contains(e.Oid));
        return unknown is not null ? Unknown("criticalExtension", $"The revocation list has the critical extension {unknown.Oid}, which is not known.")
            : question.Profile.IssuerRules && (list.Number is null || list.Extensions[Oids.CrlNumber].Critical)
                ? Unknown("number", "The revocation list has no number, or a critical one (RFC 5280 §5.2.3).") : null;
    }

    private static RevocationAnswer? RefuseTime(RevocationList list, PathRequest request)
    {
        var at = request.At;
        return list.NextUpdate < at ? Unknown("stale", FormattableString.Invariant($"The revocation list was due to be replaced at {list.NextUpdate:u}."))
            : request.RevocationRule == RevocationRule.Strict && list.ThisUpdate > at ? Unknown("future", FormattableString.Invariant($"The revocation list is of {list.ThisUpdate:u}."))
            : null;
    }

    private static RevocationAnswer? RefuseSignature(RevocationList list, RevocationQuestion question)
    {
        if (!list.AlgorithmsAgree || SignatureCheck.Refuse(list.Signed.Algorithm, question.Profile, question.Request) is not null)
        {
            return Unknown("algorithm", "The revocation list is signed by an algorithm that is not allowed.");
        }

        var refusal = Unknown("signature", "The signature of the revocation list is not right.");
        foreach (var signer in question.Signers.Named(list.Issuer).Prepend(question.Issuer).Where(s => s.Subject.Equals(list.Issuer)).Distinct())
        {
            var isIssuer = signer.IsSame(question.Issuer);
            var raw = isIssuer ? question.IssuerKey : signer.PublicKey;
            if (!InheritedKeys.IsIncomplete(raw) && !IsSignedBy(list, raw, question))
            {
                continue;
            }

            if (signer.KeyUsage is { } usage && !usage.HasFlag(KeyUsages.CrlSigning))
            {
                refusal = Unknown("notAllowedToSign", $"{signer.Subject} may not sign revocation lists.");
            }
            else if (isIssuer || (question.Signers.Key(signer) is { } key && (key.Span.SequenceEqual(raw.Span) || IsSignedBy(list, key, question))))
            {
                return null;
            }
            else
            {
                refusal = Unknown("signerPath", $"The certificate of {signer.Subject} that signed the revocation list is not valid itself.");
            }
        }

        return refusal;
    }

    private static bool IsSignedBy(RevocationList list, ReadOnlyMemory<byte> key, RevocationQuestion question)
    {
        if (!list.Signed.IsProven(key))
        {
            question.Signers.CountSignature();
        }

        return list.Signed.IsSignedBy(key);
    }

    private static RevocationAnswer Unknown(string code, string detail) => new(RevocationStatus.Unknown, code, detail);
}
