using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography;
using Yinxin.Trust.Certificates.Paths.Names;
using Yinxin.Trust.Suites;
using AlgorithmIdentifier = Org.BouncyCastle.Asn1.X509.AlgorithmIdentifier;

namespace Yinxin.Trust.Certificates.Paths.Revocation;

/// <summary>Reads CRLs (RFC 5280 §5.1): version 2, times in their one form, a next update.</summary>
internal static class RevocationListReader
{
    private const int Largest = 64 * 1024 * 1024;

    public static RevocationList Read(ReadOnlyMemory<byte> der)
    {
        if (der.Length > Largest)
        {
            throw new CryptographicException("The revocation list is larger than is looked at.");
        }

        try
        {
            var reader = new AsnReader(der, AsnEncodingRules.DER);
            var list = reader.ReadSequence();
            reader.ThrowIfNotEmpty();
            return Read(list, der);
        }
        catch (Exception e) when (e is AsnContentException || Malformed.Is(e))
        {
            throw new CryptographicException("The revocation list is not strict DER: " + e.Message, e);
        }
    }

    private static RevocationList Read(AsnReader list, ReadOnlyMemory<byte> der)
    {
        var signed = list.PeekEncodedValue();
        var tbs = list.ReadSequence();
        var outer = list.ReadEncodedValue();
        var signature = list.ReadBitString(out var unused);
        list.ThrowIfNotEmpty();

        var isVersion2 = tbs.PeekTag().HasSameClassAndValue(Asn1Tag.Integer);
        if (isVersion2 && !(tbs.TryReadInt32(out var version) && version == 1))
        {
            throw new CryptographicException("The revocation list has a version that there is not.");
        }

        var inner = tbs.ReadEncodedValue();
        var issuer = DirectoryName.Read(tbs.ReadEncodedValue());
        var thisUpdate = ReadTime(tbs);
        var nextUpdate = tbs.HasData && (tbs.PeekTag().HasSameClassAndValue(Asn1Tag.UtcTime) || tbs.PeekTag().HasSameClassAndValue(Asn1Tag.GeneralizedTime))
            ? ReadTime(tbs) : throw new CryptographicException("The revocation list does not say when the next one comes.");
        var entries = tbs.HasData && tbs.PeekTag().HasSameClassAndValue(Asn1Tag.Sequence) ? ReadEntries(tbs.ReadSequence(), issuer, isVersion2) : new RevokedEntries();
        var extensions = ReadExtensions(tbs);
        tbs.ThrowIfNotEmpty();
        if (extensions.Count > 0 && !isVersion2)
        {
            throw new CryptographicException("The revocation list holds what its version does not have.");
        }

        var read = new RevocationList(
            new SignedBytes(signed, AlgorithmIdentifier.GetInstance(inner.ToArray()), unused == 0 ? signature : []), inner.Span.SequenceEqual(outer.Span), entries)
        {
            Encoded = der,
            Issuer = issuer,
            ThisUpdate = thisUpdate,
            NextUpdate = nextUpdate,
            Extensions = extensions,
        };
        ReadKnown(read);
        return read;
    }

    private static DateTimeOffset ReadTime(AsnReader reader)
    {
        var (time, generalized) = CertificateReader.ReadTime(reader);
        return !generalized || time.Year >= 2050 ? time : throw new CryptographicException("A time before 2050 is not written as UTCTime.");
    }

    private static RevokedEntries ReadEntries(AsnReader list, DirectoryName issuer, bool isVersion2)
    {
        var entries = new RevokedEntries();
        var current = issuer;
        while (list.HasData)
        {
            var entry = list.ReadSequence();
            var serial = entry.ReadInteger();
            var at = CertificateReader.ReadTime(entry).Time;
            int? reason = null;
            string? unknown = null;
            if (entry.HasData)
            {
                if (!isVersion2)
                {
                    throw new CryptographicException("The revocation list holds what its version does not have.");
                }

                foreach (var extension in CertificateReader.ReadExtensions(entry.ReadSequence()).Values)
                {
                    (reason, current, unknown) = ReadEntryExtension(extension, reason, current, unknown);
                }
            }

            entry.ThrowIfNotEmpty();
            entries.Add(current, serial, new RevokedEntry(at, reason, unknown));
        }

        return entries;
    }

    private static (int? Reason, DirectoryName Issuer, string? Unknown) ReadEntryExtension(CertificateExtension extension, int? reason, DirectoryName issuer, string? unknown)
    {
        var reader = new AsnReader(extension.Value, AsnEncodingRules.DER);
        switch (extension.Oid)
        {
            case Oids.ReasonCode:
                reason = (int)new BigInteger(reader.ReadEnumeratedBytes().Span, isBigEndian: true);
                reader.ThrowIfNotEmpty();
                return reason is >= 0 and <= 10 and not 7 ? (reason, issuer, unknown) : throw new CryptographicException("A revocation has a reason that there is not.");
            case Oids.CertificateIssuer:
                var names = GeneralName.ReadAll(reader.ReadSequence());
                return (reason, names.FirstOrDefault(n => n.Directory is not null)?.Directory ?? throw new CryptographicException("A certificate issuer has no directory name."), unknown);
            case Oids.InvalidityDate:
                reader.ReadGeneralizedTime();
                return (reason, issuer, unknown);
            default:
                return (reason, issuer, extension.Critical ? extension.Oid : unknown);
        }
    }

    private static Dictionary<string, CertificateExtension> ReadExtensions(AsnReader tbs)
    {
        if (!tbs.HasData)
        {
            return [];
        }

        var field = tbs.ReadSequence(new Asn1Tag(TagClass.ContextSpecific, 0, isConstructed: true));
        var list = field.ReadSequence();
        field.ThrowIfNotEmpty();
        return CertificateReader.ReadExtensions(list);
    }

    private static void ReadKnown(RevocationList list)
    {
        foreach (var extension in list.Extensions.Values)
        {
            var reader = new AsnReader(extension.Value, AsnEncodingRules.DER);
            switch (extension.Oid)
            {
                case Oids.CrlNumber:
                    list.Number = NotNegative(reader.ReadInteger());
                    break;
                case Oids.DeltaCrlIndicator:
                    list.BaseNumber = NotNegative(reader.ReadInteger());
                    break;
                case Oids.IssuingDistributionPoint:
                    list.Scope = IssuingPoint.Read(reader);
                    break;
                case Oids.AuthorityKeyIdentifier:
                    list.AuthorityKey = ExtensionReader.ReadAuthorityKey(reader);
                    break;
                case Oids.FreshestCrl:
                    DistributionPoint.ReadAll(reader);
                    break;
                default:
                    continue;
            }

            reader.ThrowIfNotEmpty();
        }
    }

    private static BigInteger NotNegative(BigInteger number) => number.Sign >= 0 ? number : throw new CryptographicException("The number of a revocation list is negative.");
}
