using System.Net;
using System.Security.Cryptography;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.Ocsp;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.Security;
using Org.BouncyCastle.X509;
using Yinxin.Trust.Linting;
using Yinxin.Trust.Suites;

namespace Yinxin.Trust.Certificates;

/// <summary>What goes into one certificate beside its profile.</summary>
/// <param name="Profile">Usages, validity, CA or not.</param>
/// <param name="Subject">Who the certificate is for.</param>
/// <param name="PublicKey">DER SubjectPublicKeyInfo of the subject.</param>
/// <param name="NotBefore">Start, UTC, whole seconds.</param>
/// <param name="NotAfter">End, UTC, whole seconds.</param>
/// <param name="CrlAddress">Where the issuer's CRL answers; none in a root.</param>
/// <param name="IssuerAddress">Where the issuer's certificate can be fetched; none in a root.</param>
/// <param name="Hosts">Names or IP addresses of a site, for a TLS certificate (RFC 9525 reads them from the subject alternative name only).</param>
/// <param name="OcspAddress">Where the issuer's OCSP responder answers (RFC 6960 §3.1).</param>
public sealed record CertificateContent(
    CertificateProfile Profile, X509Name Subject, ReadOnlyMemory<byte> PublicKey, DateTimeOffset NotBefore, DateTimeOffset NotAfter, Uri? CrlAddress = null, Uri? IssuerAddress = null,
    IReadOnlyList<string>? Hosts = null, Uri? OcspAddress = null);

/// <summary>Issues X.509 v3 certificates and CRLs of both suites (RFC 5280, GM/T 0015).</summary>
/// <param name="signer">The CA's key.</param>
/// <param name="certificate">The CA's certificate; null to make a root that signs itself.</param>
public sealed class CertificateIssuer(ISigner signer, X509Certificate? certificate = null)
{
    /// <summary>Judges every certificate by the rules of <see cref="CertificateLint"/> before it is signed; off only for material that is meant to be wrong.</summary>
    public bool Lints { get; init; }

    /// <summary>Issues one certificate with a fresh serial of 127 random bits.</summary>
    /// <exception cref="CertificateLintException">It would break a rule; nothing was signed.</exception>
    public X509Certificate Issue(CertificateContent content)
    {
        var generator = new X509V3CertificateGenerator();
        generator.SetSerialNumber(NewSerial());
        generator.SetIssuerDN(certificate?.SubjectDN ?? content.Subject);
        generator.SetSubjectDN(content.Subject);
        generator.SetNotBefore(content.NotBefore.UtcDateTime);
        generator.SetNotAfter(content.NotAfter.UtcDateTime);
        generator.SetPublicKey(PublicKeyFactory.CreateKey(content.PublicKey.ToArray()));
        AddExtensions(generator, content);
        if (Lints)
        {
            CertificateLint.Demand(generator, signer, content.Profile);
        }

        return generator.Generate(new SignatureFactory(signer));
    }

    /// <summary>A full CRL.</summary>
    /// <param name="revoked">Serial, time and reason (RFC 5280 §5.3.1) of each revoked certificate.</param>
    /// <param name="number">Grows with every CRL.</param>
    /// <param name="thisUpdate">When it is made.</param>
    /// <param name="nextUpdate">When the next one is there at the latest.</param>
    /// <returns>DER.</returns>
    public byte[] IssueCrl(IEnumerable<(BigInteger Serial, DateTimeOffset At, int Reason)> revoked, long number, DateTimeOffset thisUpdate, DateTimeOffset nextUpdate)
    {
        var ca = certificate ?? throw new InvalidOperationException("A CRL needs the CA's certificate.");
        var generator = new X509V2CrlGenerator();
        generator.SetIssuerDN(ca.SubjectDN);
        generator.SetThisUpdate(thisUpdate.UtcDateTime);
        generator.SetNextUpdate(nextUpdate.UtcDateTime);
        foreach (var (serial, at, reason) in revoked)
        {
            generator.AddCrlEntry(serial, at.UtcDateTime, reason);
        }

        generator.AddExtension(X509Extensions.AuthorityKeyIdentifier, critical: false, new AuthorityKeyIdentifier(KeyIdentifier(signer.PublicKey.Span)));
        generator.AddExtension(X509Extensions.CrlNumber, critical: false, new CrlNumber(BigInteger.ValueOf(number)));
        return generator.Generate(new SignatureFactory(signer)).GetEncoded();
    }

    private static BigInteger NewSerial()
    {
        var bytes = RandomNumberGenerator.GetBytes(16);
        bytes[0] = (byte)((bytes[0] & 0x7F) | 0x40);
        return new BigInteger(1, bytes);
    }

    /// <summary>Key identifiers are compared as bytes only; method 1 of RFC 7093 (160 bits of SHA-256 over the key).</summary>
    internal static byte[] KeyIdentifier(ReadOnlySpan<byte> publicKey) =>
        SHA256.HashData(SubjectPublicKeyInfo.GetInstance(publicKey.ToArray()).PublicKey.GetBytes())[..20];

    private void AddExtensions(X509V3CertificateGenerator generator, CertificateContent content)
    {
        var profile = content.Profile;
        generator.AddExtension(X509Extensions.SubjectKeyIdentifier, critical: false, new SubjectKeyIdentifier(KeyIdentifier(content.PublicKey.Span)));
        if (certificate is not null)
        {
            generator.AddExtension(X509Extensions.AuthorityKeyIdentifier, critical: false, new AuthorityKeyIdentifier(KeyIdentifier(signer.PublicKey.Span)));
        }

        generator.AddExtension(X509Extensions.KeyUsage, critical: true, new KeyUsage(profile.KeyUsageBits));
        if (profile.CertificateAuthority)
        {
            // End-entity certificates leave it out: the DER of «not a CA» is an empty sequence, which some verifiers refuse.
            generator.AddExtension(X509Extensions.BasicConstraints, critical: true, profile.PathLength is { } length ? new BasicConstraints(length) : new BasicConstraints(cA: true));
        }

        if (profile.ExtendedKeyUsage.Count > 0)
        {
            generator.AddExtension(
                X509Extensions.ExtendedKeyUsage, profile.ExtendedKeyUsageCritical, new ExtendedKeyUsage(profile.ExtendedKeyUsage.Select(oid => new DerObjectIdentifier(oid)).ToArray()));
        }

        if (profile.Policies.Count > 0)
        {
            generator.AddExtension(
                X509Extensions.CertificatePolicies, critical: false, new CertificatePolicies([.. profile.Policies.Select(oid => new PolicyInformation(new DerObjectIdentifier(oid)))]));
        }

        if (content.Hosts is { Count: > 0 } hosts)
        {
            // Who has no name elsewhere is named here critically (RFC 5280 §4.1.2.6).
            generator.AddExtension(X509Extensions.SubjectAlternativeName, critical: content.Subject.GetOidList().Count == 0, new GeneralNames([.. hosts.Select(Name)]));
        }

        if (content.CrlAddress is { } crl)
        {
            generator.AddExtension(X509Extensions.CrlDistributionPoints, critical: false, new CrlDistPoint([
                new DistributionPoint(new DistributionPointName(new GeneralNames(Uri(crl))), reasons: null, crlIssuer: null)]));
        }

        List<AccessDescription> access =
        [
            .. content.OcspAddress is { } ocsp ? [new AccessDescription(AccessDescription.IdADOcsp, Uri(ocsp))] : Array.Empty<AccessDescription>(),
            .. content.IssuerAddress is { } issuer ? [new AccessDescription(AccessDescription.IdADCAIssuers, Uri(issuer))] : Array.Empty<AccessDescription>(),
        ];
        if (access.Count > 0)
        {
            generator.AddExtension(X509Extensions.AuthorityInfoAccess, critical: false, new AuthorityInformationAccess([.. access]));
        }

        if (profile.OcspNoCheck)
        {
            generator.AddExtension(OcspObjectIdentifiers.PkixOcspNocheck, critical: false, DerNull.Instance);
        }

        static GeneralName Name(string host) => new(IPAddress.TryParse(host, out _) ? GeneralName.IPAddress : GeneralName.DnsName, host);

        static GeneralName Uri(Uri address) => new(GeneralName.UniformResourceIdentifier, address.AbsoluteUri);
    }
}
