using Yinxin.Trust.Suites;

namespace Yinxin.Trust.Ceremonies.Steps;

/// <summary>A new generation of a suite's root. The old one stays trusted until its end, and each certifies the other, so that a verifier that knows either reaches what both issued.</summary>
public static class Rotation
{
    /// <summary>Makes the root, both cross-certificates, and the CRLs of all roots of the suite.</summary>
    /// <param name="sitting">The opened ceremony.</param>
    /// <param name="suite">Which root.</param>
    public static void Rotate(Sitting sitting, SignatureSuite suite)
    {
        var old = sitting.NewestRoot(suite);
        var next = sitting.MakeRoot(suite, old.Generation + 1);
        Cross(sitting, old, next);
        Cross(sitting, next, old);
        sitting.IssueCrl(old, Beginning.CrlLife);
        sitting.IssueCrl(next, Beginning.CrlLife);
    }

    /// <summary>Ends with whichever ends first: after that the old root vouches for nothing.</summary>
    private static void Cross(Sitting sitting, RootCertificate issuer, RootCertificate subject) => sitting.IssueAuthority(
        FormattableString.Invariant($"cross-{subject.Suite.Name()}-g{issuer.Generation}-g{subject.Generation}"), issuer, "cross", subject.Certificate.SubjectDN,
        subject.Certificate.SubjectPublicKeyInfo.GetDerEncoded(), new DateTimeOffset(subject.Certificate.NotAfter, TimeSpan.Zero));
}
