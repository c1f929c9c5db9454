using System.Formats.Asn1;
using System.Security.Cryptography;
using Yinxin.Trust.Certificates.Paths;
using Yinxin.Trust.Suites;

namespace Yinxin.Trust.Tests.Paths;

/// <summary>A certificate made for a test, with its key.</summary>
internal sealed record Issued(byte[] Encoded, ISigner Key, byte[] Subject, byte[] KeyId)
{
    public string Pem => PemEncoding.WriteString("CERTIFICATE", Encoded);

    public PathCertificate Read => PathCertificate.Read(Encoded);
}

/// <summary>What goes into a certificate; everything may be made wrong.</summary>
internal sealed class Draft
{
    public required ISigner Key { get; set; }

    /// <summary>Another public key than that of <see cref="Key"/>.</summary>
    public byte[]? PublicKey { get; set; }

    public required byte[] Issuer { get; set; }

    public required byte[] Subject { get; set; }

    public required ISigner SignedBy { get; set; }

    /// <summary>Content octets of the serial number.</summary>
    public byte[] Serial { get; set; } = [0x40, .. RandomNumberGenerator.GetBytes(15)];

    public DateTimeOffset NotBefore { get; set; } = new(1970, 1, 1, 0, 0, 1, TimeSpan.Zero);

    public DateTimeOffset NotAfter { get; set; } = new(2969, 5, 3, 0, 0, 1, TimeSpan.Zero);

    /// <summary>The number in the version field; null leaves it out, as version 1 does.</summary>
    public int? Version { get; set; } = 2;

    /// <summary>DER of the algorithm by which <see cref="SignedBy"/> signs, when the platform has no name for it.</summary>
    public byte[]? Algorithm { get; set; }

    /// <summary>DER of the outer algorithm, when it is not that of the key.</summary>
    public byte[]? OuterAlgorithm { get; set; }

    public List<(string Oid, bool Critical, byte[] Value)> Extensions { get; } = [];

    public Draft Set(string oid, byte[] value, bool critical = false)
    {
        var at = Extensions.FindIndex(e => e.Oid == oid);
        if (at < 0)
        {
            Extensions.Add((oid, critical, value));
        }
        else
        {
            Extensions[at] = (oid, critical, value);
        }

        return this;
    }

    public Draft Drop(string oid)
    {
        Extensions.RemoveAll(e => e.Oid == oid);
        return this;
    }

    public Draft Names(params byte[][] names) => Set(X.AlternativeName, Der.Sequence(names));

    public Draft Constraints(byte[][]? permitted = null, byte[][]? excluded = null, bool critical = true) => Set(X.NameConstraints, Der.NameConstraints(permitted, excluded), critical);

    public Issued Issue()
    {
        var spki = PublicKey ?? Key.PublicKey.ToArray();
        var algorithm = Algorithm ?? SignedBy.Algorithm.Identifier().GetDerEncoded();
        var signed = Der.Sequence(Fields(spki, algorithm));
        var encoded = Der.Sequence(signed, OuterAlgorithm ?? algorithm, Der.Write(w => w.WriteBitString(SignedBy.Sign(signed))));
        return new Issued(encoded, Key, Subject, Authorities.KeyId(spki));
    }

    private IEnumerable<byte[]> Fields(byte[] spki, byte[] algorithm)
    {
        if (Version is { } version)
        {
            yield return Der.Tagged(0, Der.Integer(version));
        }

        yield return [0x02, (byte)Serial.Length, .. Serial];
        yield return algorithm;
        yield return Issuer;
        yield return Der.Sequence(Time(NotBefore), Time(NotAfter));
        yield return Subject;
        yield return spki;
        if (Extensions.Count > 0)
        {
            yield return Der.Tagged(3, Der.Sequence(Extensions.Select(e => e.Critical ? Der.Sequence(Der.Oid(e.Oid), [1, 1, 0xFF], Der.Octets(e.Value)) : Der.Sequence(Der.Oid(e.Oid), Der.Octets(e.Value)))));
        }
    }

    public static byte[] Time(DateTimeOffset time) => Der.Write(w =>
    {
        if (time.Year < 2050)
        {
            w.WriteUtcTime(time, 2049);
        }
        else
        {
            w.WriteGeneralizedTime(time, omitFractionalSeconds: true);
        }
    });
}

/// <summary>OIDs of extensions and purposes.</summary>
internal static class X
{
    public const string SubjectKey = "2.5.29.14";
    public const string KeyUsage = "2.5.29.15";
    public const string AlternativeName = "2.5.29.17";
    public const string BasicConstraints = "2.5.29.19";
    public const string CrlNumber = "2.5.29.20";
    public const string IssuingPoint = "2.5.29.28";
    public const string NameConstraints = "2.5.29.30";
    public const string DistributionPoints = "2.5.29.31";
    public const string AuthorityKey = "2.5.29.35";
    public const string PolicyConstraints = "2.5.29.36";
    public const string ExtendedKeyUsage = "2.5.29.37";
    public const string InformationAccess = "1.3.6.1.5.5.7.1.1";

    /// <summary>Nobody knows it.</summary>
    public const string Private = "1.3.6.1.4.1.55738.666.1";

    public const string ServerAuth = "1.3.6.1.5.5.7.3.1";
    public const string ClientAuth = "1.3.6.1.5.5.7.3.2";
    public const string CodeSigning = "1.3.6.1.5.5.7.3.3";
    public const string Mail = "1.3.6.1.5.5.7.3.4";
    public const string TimeStamping = "1.3.6.1.5.5.7.3.8";
    public const string OcspSigning = "1.3.6.1.5.5.7.3.9";
    public const string Precertificate = "1.3.6.1.4.1.11129.2.4.4";
    public const string AnyPurpose = "2.5.29.37.0";
}
