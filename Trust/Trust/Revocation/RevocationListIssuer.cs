using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.X509;
using Yinxin.Trust.Certificates;
using Yinxin.Trust.Suites;

namespace Yinxin.Trust.Revocation;

/// <summary>Signs CRLs v2 in either suite (RFC 5280 §5, GM/T 0015).</summary>
/// <param name="signer">The CA's key.</param>
/// <param name="certificate">The CA's certificate: its name and its key identifier go into each list.</param>
public sealed class RevocationListIssuer(ISigner signer, X509Certificate certificate)
{
    /// <summary>id-ce-expiredCertsOnCRL (X.509 (10/2019) §9.5.2.6).</summary>
    private static readonly DerObjectIdentifier ExpiredCertsOnCrl = new("2.5.29.60");

    /// <summary>Signs one list.</summary>
    /// <param name="list">Number, times and scope.</param>
    /// <param name="entries">Read once, in the order in which they are written.</param>
    /// <returns>DER.</returns>
    public byte[] Issue(RevocationList list, IEnumerable<RevocationListEntry> entries)
    {
        var generator = new X509V2CrlGenerator();
        generator.SetIssuerDN(certificate.SubjectDN);
        generator.SetThisUpdate(list.ThisUpdate.UtcDateTime);
        generator.SetNextUpdate(list.NextUpdate.UtcDateTime);
        foreach (var entry in entries)
        {
            generator.AddCrlEntry(entry.Serial, entry.At.UtcDateTime, Extensions(entry));
        }

        AddExtensions(generator, list);
        return generator.Generate(new SignatureFactory(signer)).GetEncoded();
    }

    /// <summary>No reason code for «unspecified»: its absence says so (§5.3.1).</summary>
    private static X509Extensions? Extensions(RevocationListEntry entry)
    {
        var extensions = new X509ExtensionsGenerator();
        if (entry.Reason != RevocationReason.Unspecified)
        {
            extensions.AddExtension(X509Extensions.ReasonCode, critical: false, new CrlReason((int)entry.Reason));
        }

        if (entry.InvalidityDate is { } date)
        {
            extensions.AddExtension(X509Extensions.InvalidityDate, critical: false, new DerGeneralizedTime(date.UtcDateTime));
        }

        return extensions.IsEmpty ? null : extensions.Generate();
    }

    private void AddExtensions(X509V2CrlGenerator generator, RevocationList list)
    {
        // The same identifier as in the CA's own certificate: a reader finds the key by comparing bytes.
        generator.AddExtension(X509Extensions.AuthorityKeyIdentifier, critical: false, new AuthorityKeyIdentifier(CertificateIssuer.KeyIdentifier(signer.PublicKey.Span)));
        generator.AddExtension(X509Extensions.CrlNumber, critical: false, new CrlNumber(BigInteger.ValueOf(list.Number)));
        if (list.ExpiredSince is { } since)
        {
            generator.AddExtension(ExpiredCertsOnCrl, critical: false, new DerGeneralizedTime(since.UtcDateTime));
        }

        if (list.BaseNumber is { } number)
        {
            generator.AddExtension(X509Extensions.DeltaCrlIndicator, critical: true, new CrlNumber(BigInteger.ValueOf(number)));
        }

        if (list.DistributionPoint is { } point)
        {
            generator.AddExtension(X509Extensions.IssuingDistributionPoint, critical: true, new IssuingDistributionPoint(
                Name(point), onlyContainsUserCerts: false, onlyContainsCACerts: false, onlySomeReasons: null, indirectCRL: false, onlyContainsAttributeCerts: false));
        }

        if (list.FreshestAddress is { } freshest)
        {
            generator.AddExtension(X509Extensions.FreshestCrl, critical: false, new CrlDistPoint([new DistributionPoint(Name(freshest), reasons: null, crlIssuer: null)]));
        }
    }

    private static DistributionPointName Name(Uri address) => new(new GeneralNames(new GeneralName(GeneralName.UniformResourceIdentifier, address.AbsoluteUri)));
}
