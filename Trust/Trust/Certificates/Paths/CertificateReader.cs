using System.Formats.Asn1;
using System.Security.Cryptography;
using Org.BouncyCastle.Asn1.X509;
using Yinxin.Trust.Certificates.Paths.Names;
using Yinxin.Trust.Suites;

namespace Yinxin.Trust.Certificates.Paths;

/// <summary>Reads certificates in strict DER (RFC 5280 §4.1).</summary>
internal static class CertificateReader
{
    private const int Largest = 512 * 1024;
    private const int MostExtensions = 100;

    public static PathCertificate Read(ReadOnlyMemory<byte> der)
    {
        if (der.Length > Largest)
        {
            throw new CryptographicException("The certificate is larger than is looked at.");
        }

        try
        {
            var reader = new AsnReader(der, AsnEncodingRules.DER);
            var certificate = reader.ReadSequence();
            reader.ThrowIfNotEmpty();
            return Read(certificate, der);
        }
        catch (Exception e) when (e is AsnContentException || Malformed.Is(e))
        {
            throw new CryptographicException("The certificate is not strict DER: " + e.Message, e);
        }
    }

    /// <summary>A list of extensions, each once.</summary>
    public static Dictionary<string, CertificateExtension> ReadExtensions(AsnReader list)
    {
        var extensions = new Dictionary<string, CertificateExtension>(StringComparer.Ordinal);
        while (list.HasData)
        {
            var extension = list.ReadSequence();
            var oid = extension.ReadObjectIdentifier();
            var critical = extension.PeekTag().HasSameClassAndValue(Asn1Tag.Boolean) && ReadCritical(extension);
            var value = extension.ReadOctetString();
            extension.ThrowIfNotEmpty();
            if (!extensions.TryAdd(oid, new CertificateExtension(oid, critical, value)))
            {
                throw new CryptographicException($"The extension {oid} stands there twice.");
            }

            if (extensions.Count > MostExtensions)
            {
                throw new CryptographicException("There are more extensions than are looked at.");
            }
        }

        return extensions.Count > 0 ? extensions : throw new CryptographicException("There is an empty list of extensions.");
    }

    /// <summary>UTCTime or GeneralizedTime in the one form of RFC 5280 §4.1.2.5: to the second, Z.</summary>
    public static (DateTimeOffset Time, bool Generalized) ReadTime(AsnReader reader)
    {
        if (reader.PeekTag().HasSameClassAndValue(Asn1Tag.UtcTime))
        {
            // Two digits of the year: 50 to 99 are of the last century.
            return (reader.ReadUtcTime(2049), false);
        }

        var time = reader.ReadGeneralizedTime();
        return time.Ticks % TimeSpan.TicksPerSecond == 0 ? (time, true) : throw new CryptographicException("A time has fractions of a second.");
    }

    private static bool ReadCritical(AsnReader extension) =>
        extension.ReadBoolean() ? true : throw new CryptographicException("An extension writes out that it is not critical; DER leaves a default out.");

    private static PathCertificate Read(AsnReader certificate, ReadOnlyMemory<byte> der)
    {
        var signed = certificate.PeekEncodedValue();
        var tbs = certificate.ReadSequence();
        var outer = certificate.ReadEncodedValue();
        var signature = certificate.ReadBitString(out var unused);
        certificate.ThrowIfNotEmpty();

        var version = ReadVersion(tbs);
        var serial = tbs.ReadIntegerBytes();
        var inner = tbs.ReadEncodedValue();
        var issuer = DirectoryName.Read(tbs.ReadEncodedValue());
        var validity = tbs.ReadSequence();
        var (notBefore, firstGeneralized) = ReadTime(validity);
        var (notAfter, lastGeneralized) = ReadTime(validity);
        validity.ThrowIfNotEmpty();
        var subject = DirectoryName.Read(tbs.ReadEncodedValue());
        var key = tbs.ReadEncodedValue();
        var hasIdentifiers = SkipUniqueIdentifiers(tbs);
        var extensions = ReadExtensionField(tbs);
        tbs.ThrowIfNotEmpty();
        if ((extensions.Count > 0 && version != 3) || (hasIdentifiers && version < 2))
        {
            throw new CryptographicException("The certificate holds what its version does not have.");
        }

        var read = new PathCertificate(new SignedBytes(signed, AlgorithmIdentifier.GetInstance(inner.ToArray()), unused == 0 ? signature : []), inner.Span.SequenceEqual(outer.Span))
        {
            Encoded = der,
            Version = version,
            SerialNumber = serial,
            Issuer = issuer,
            Subject = subject,
            NotBefore = notBefore,
            NotAfter = notAfter,
            PublicKey = key,
            Extensions = extensions,
            HasWrongTimeForm = (firstGeneralized && notBefore.Year < 2050) || (lastGeneralized && notAfter.Year < 2050),
        };
        ExtensionReader.ReadInto(read);
        return read;
    }

    private static int ReadVersion(AsnReader tbs)
    {
        var tag = new Asn1Tag(TagClass.ContextSpecific, 0, isConstructed: true);
        if (!tbs.PeekTag().HasSameClassAndValue(tag))
        {
            return 1;
        }

        var explicitVersion = tbs.ReadSequence(tag);
        var number = explicitVersion.TryReadInt32(out var value) ? value : -1;
        explicitVersion.ThrowIfNotEmpty();
        return number is 1 or 2 ? number + 1 : throw new CryptographicException("The certificate has a version that there is not, or writes out the default.");
    }

    private static bool SkipUniqueIdentifiers(AsnReader tbs)
    {
        var any = false;
        foreach (var number in (ReadOnlySpan<int>)[1, 2])
        {
            var tag = new Asn1Tag(TagClass.ContextSpecific, number);
            if (tbs.HasData && tbs.PeekTag().HasSameClassAndValue(tag))
            {
                tbs.ReadBitString(out _, tag);
                any = true;
            }
        }

        return any;
    }

    private static Dictionary<string, CertificateExtension> ReadExtensionField(AsnReader tbs)
    {
        if (!tbs.HasData)
        {
            return [];
        }

        var field = tbs.ReadSequence(new Asn1Tag(TagClass.ContextSpecific, 3, isConstructed: true));
        var list = field.ReadSequence();
        field.ThrowIfNotEmpty();
        return ReadExtensions(list);
    }
}
