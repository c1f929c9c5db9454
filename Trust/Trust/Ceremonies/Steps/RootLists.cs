using System.Globalization;
using Yinxin.Trust.Ceremonies.Journal;
using Yinxin.Trust.Certificates;

namespace Yinxin.Trust.Ceremonies.Steps;

/// <summary>Revokes what a root issued, and renews the roots' CRLs.</summary>
public static class RootLists
{
    /// <summary>RFC 5280 §5.3.1: unspecified, keyCompromise, cACompromise, affiliationChanged, superseded, cessationOfOperation.</summary>
    private static readonly int[] Reasons = [0, 1, 2, 3, 4, 5];

    /// <summary>Revokes the certificate of this name that lies in the directory.</summary>
    /// <param name="ceremony">The directory.</param>
    /// <param name="sitting">Its opened keys.</param>
    /// <param name="name">E.g. <c>documents-sm</c>; a root cannot revoke itself.</param>
    /// <param name="reason">RFC 5280 §5.3.1, 0 to 5.</param>
    /// <exception cref="CeremonyException">No such certificate, or no such reason.</exception>
    public static void Revoke(Ceremony ceremony, Sitting sitting, string name, int reason)
    {
        if (!CeremonyFiles.IsName(name) || !ceremony.Files.Has(CeremonyFiles.Certificate(name)) || name.StartsWith("root-", StringComparison.Ordinal) || !Reasons.Contains(reason))
        {
            throw new CeremonyException(CeremonyException.Request, $"{name} cannot be revoked: no root issued it, or the reason is not 0 to 5.", $"无法吊销 {name}：不是根签发的证书，或原因不在 0 至 5 之间。");
        }

        var certificate = ceremony.Files.ReadCertificate(name);
        var issuer = sitting.Roots.First(r => CertificatePath.IsIssuedBy(certificate, r.Certificate));
        sitting.Note(JournalSteps.Revoked, ("issuer", issuer.Name), ("serial", certificate.SerialNumber.ToString(16)), ("reason", reason.ToString(CultureInfo.InvariantCulture)), ("certificate", name));
    }

    /// <summary>New CRLs of all roots that have not ended.</summary>
    /// <param name="sitting">The opened ceremony.</param>
    /// <param name="life">Until the next one must be there.</param>
    public static void RenewCrls(Sitting sitting, TimeSpan life)
    {
        foreach (var root in sitting.Roots.Where(r => r.Certificate.NotAfter > sitting.Now.UtcDateTime))
        {
            sitting.IssueCrl(root, life);
        }
    }
}
