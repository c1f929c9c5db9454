using Yinxin.Trust.Certificates.Paths.Names;

namespace Yinxin.Trust.Certificates.Paths.Profiles;

/// <summary>Baseline Requirements for S/MIME certificates (CA/Browser Forum), §7.1.2.</summary>
internal static class MailRules
{
    private static readonly string[] ForbiddenPurposes = [Oids.AnyExtendedKeyUsage, Oids.ServerAuth, Oids.CodeSigning, Oids.TimeStamping];

    public static IEnumerable<(PathCertificate Certificate, string Why)> Check(IReadOnlyList<PathCertificate> path)
    {
        foreach (var why in Subscriber(path[0]))
        {
            yield return (path[0], why);
        }

        for (var i = 1; i < path.Count; i++)
        {
            var c = path[i];
            var isRoot = i == path.Count - 1;
            if (isRoot ? c.ExtendedKeyUsage is not null : c.ExtendedKeyUsage is { } purposes && !IsForMailOnly(purposes))
            {
                yield return (c, "the purposes of a CA are not those of mail alone, or a root states any (§7.1.2.1 d, §7.1.2.2 g)");
            }

            if (!isRoot && c.KeyUsage?.HasFlag(KeyUsages.CertificateSigning | KeyUsages.CrlSigning) is not true)
            {
                yield return (c, "a CA may not sign certificates and revocation lists both (§7.1.2.2 e)");
            }
        }
    }

    private static IEnumerable<string> Subscriber(PathCertificate c)
    {
        if (c.ExtendedKeyUsage is not { } purposes || !IsForMailOnly(purposes))
        {
            yield return "its purposes are not those of mail alone (§7.1.2.3 f)";
        }

        if (c.KeyUsage is null)
        {
            yield return "it says nothing of key usage (§7.1.2.3 e)";
        }

        if (!c.AlternativeNames.Any(n => n.Kind == GeneralNameKind.Mail))
        {
            yield return "there is no mailbox among the alternative names (§7.1.4.2.1)";
        }

        if (!c.Subject.IsEmpty && c.IsCritical(Oids.SubjectAlternativeName))
        {
            yield return "alternative names beside a subject must not be critical (§7.1.2.3 h)";
        }
    }

    private static bool IsForMailOnly(IReadOnlyList<string> purposes) => purposes.Contains(Oids.EmailProtection) && !purposes.Any(ForbiddenPurposes.Contains);
}
