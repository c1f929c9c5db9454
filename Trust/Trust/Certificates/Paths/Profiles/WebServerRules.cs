using System.Net;
using System.Security.Cryptography;
using Yinxin.Trust.Certificates.Paths.Names;
using Yinxin.Trust.Suites;
using Yinxin.Trust.Suites.Verification;

namespace Yinxin.Trust.Certificates.Paths.Profiles;

/// <summary>Baseline Requirements for TLS server certificates (CA/Browser Forum, version 2), §6.1.5 and §7.1.</summary>
internal static class WebServerRules
{
    private static readonly string[] ForbiddenPurposes =
        [Oids.AnyExtendedKeyUsage, Oids.CodeSigning, Oids.EmailProtection, Oids.TimeStamping, Oids.OcspSigning, Oids.PrecertificateSigning];

    public static IEnumerable<(PathCertificate Certificate, string Why)> Check(IReadOnlyList<PathCertificate> path) =>
        [.. Subscriber(path[0]).Select(why => (path[0], why)), .. path.Count > 1 ? Root(path[^1]).Select(why => (path[^1], why)) : [], .. path.SelectMany(c => Any(c).Select(why => (c, why)))];

    private static IEnumerable<string> Subscriber(PathCertificate c) => [.. SubscriberProfile(c), .. Purposes(c), .. CommonName(c)];

    private static IEnumerable<string> SubscriberProfile(PathCertificate c)
    {
        if (c.IsAuthority)
        {
            yield return "a CA stands where a server should (§7.1.2.7.8)";
        }

        if (c.AlternativeNames.Count == 0)
        {
            yield return "there are no alternative names (§7.1.2.7.12)";
        }

        if (!c.Subject.IsEmpty && c.IsCritical(Oids.SubjectAlternativeName))
        {
            yield return "alternative names beside a subject must not be critical (§7.1.2.7.12)";
        }
    }

    private static IEnumerable<string> Purposes(PathCertificate c)
    {
        if (c.ExtendedKeyUsage is not { } purposes || !purposes.Contains(Oids.ServerAuth))
        {
            yield return "it does not say that it is for servers (§7.1.2.7.10)";
            yield break;
        }

        if (purposes.Any(ForbiddenPurposes.Contains) || c.IsCritical(Oids.ExtendedKeyUsage))
        {
            yield return "it is for more than servers, or says so critically (§7.1.2.7.10)";
        }
    }

    /// <summary>A common name must be one of the alternative names, letter for letter (§7.1.4.3).</summary>
    private static IEnumerable<string> CommonName(PathCertificate c)
    {
        var names = c.Subject.Values(Oids.CommonName).ToList();
        if (names.Count > 1 || names.Any(n => !c.AlternativeNames.Any(a => Written(a) == n)))
        {
            yield return "the common name is none of the alternative names (§7.1.4.3)";
        }
    }

    private static string? Written(GeneralName name) => name.Kind switch
    {
        GeneralNameKind.Dns => name.Text,

        // The platform writes IPv6 as RFC 5952 wants it.
        GeneralNameKind.Ip when name.Bytes.Length is 4 or 16 => new IPAddress(name.Bytes.Span).ToString(),
        _ => null,
    };

    private static IEnumerable<string> Root(PathCertificate c)
    {
        if (c.ExtendedKeyUsage is not null)
        {
            yield return "a root states purposes (§7.1.2.1.2)";
        }

        if (c.IsSelfIssued && c.AuthorityKey is { } key
            && (key.NamesCertificate || key.KeyId is not { } id || c.SubjectKey is not { } own || !id.Span.SequenceEqual(own.Span)))
        {
            yield return "the authority key identifier of a root is not its own subject key identifier alone (§7.1.2.1.3)";
        }
    }

    private static IEnumerable<string> Any(PathCertificate c)
    {
        if (c.Version != 3)
        {
            yield return "the certificate is not of version 3 (§7.1.1)";
        }

        if (!IsKeyAllowed(c.PublicKey))
        {
            yield return "the key is of a kind or size that is not allowed (§6.1.5)";
        }
    }

    /// <summary>RSA of 2048 bits or more, divisible by 8, or a NIST curve of 256 bits or more; SM2 is what takes their place in its suite.</summary>
    private static bool IsKeyAllowed(ReadOnlyMemory<byte> publicKey)
    {
        try
        {
            using var key = VerificationKey.Read(publicKey.Span);
            var info = PublicKeyInfo.Read(publicKey.Span);
            return key switch
            {
                RsaKey rsa => rsa.ModulusBits >= 2048 && rsa.ModulusBits % 8 == 0,
                EcKey => info.NamedCurve() is EcKey.P256 or EcKey.P384 or EcKey.P521,
                Sm2Key => true,
                _ => false,
            };
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
