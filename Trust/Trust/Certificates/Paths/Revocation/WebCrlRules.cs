using Yinxin.Trust.Certificates.Paths.Names;

namespace Yinxin.Trust.Certificates.Paths.Revocation;

/// <summary>CRLs of the public web (Baseline Requirements §7.2 and §7.1.2.11.2).</summary>
internal static class WebCrlRules
{
    /// <summary>Why such a list is not used, or null.</summary>
    public static RevocationAnswer? Refuse(RevocationList list, DistributionPoint point)
    {
        var scope = list.Scope;
        return list.Entries.HasDuplicates ? Refused("A serial number stands in the revocation list twice.")
            : scope.Indirect ? Refused("The revocation list is indirect.")
            : scope.Relative is not null || scope.Names.Any(n => n.Kind != GeneralNameKind.Uri) ? Refused("The revocation list names its distribution point by something else than URIs.")
            : point.Relative is not null || point.Names.Any(n => n.Kind != GeneralNameKind.Uri) ? Refused("The certificate names its distribution point by something else than URIs.")
            : null;
    }

    private static RevocationAnswer Refused(string detail) => new(RevocationStatus.Unknown, "webRules", detail);
}
