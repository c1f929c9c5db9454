using System.Security.Cryptography;
using Yinxin.Trust.Suites;

namespace Yinxin.Trust.Tests.Paths;

/// <summary>A revocation list made for a test.</summary>
internal sealed class ListDraft
{
    public required ISigner SignedBy { get; set; }

    public required byte[] Issuer { get; set; }

    public DateTimeOffset ThisUpdate { get; set; } = Cases.Moment.AddDays(-1);

    public DateTimeOffset? NextUpdate { get; set; } = Cases.Moment.AddDays(30);

    public int? Version { get; set; } = 1;

    /// <summary>DER of each entry.</summary>
    public List<byte[]> Entries { get; } = [];

    public List<(string Oid, bool Critical, byte[] Value)> Extensions { get; } = [(X.CrlNumber, false, Der.Integer(1))];

    public ListDraft Revoke(byte[] serial, DateTimeOffset? at = null, (string Oid, bool Critical, byte[] Value)? extension = null)
    {
        byte[][] fields = [[0x02, (byte)serial.Length, .. serial], Draft.Time(at ?? Cases.Moment.AddDays(-1))];
        Entries.Add(Der.Sequence(extension is { } e ? [.. fields, Der.Sequence(Extension(e))] : fields));
        return this;
    }

    public ListDraft Revoke(Issued certificate, DateTimeOffset? at = null, (string Oid, bool Critical, byte[] Value)? extension = null) =>
        Revoke(certificate.Read.SerialNumber.ToArray(), at, extension);

    public ListDraft Add(string oid, byte[] value, bool critical)
    {
        Extensions.RemoveAll(e => e.Oid == oid);
        Extensions.Add((oid, critical, value));
        return this;
    }

    public byte[] Issue()
    {
        var algorithm = SignedBy.Algorithm.Identifier().GetDerEncoded();
        var signed = Der.Sequence(Fields(algorithm));
        return Der.Sequence(signed, algorithm, Der.Write(w => w.WriteBitString(SignedBy.Sign(signed))));
    }

    public static string Pem(byte[] list) => PemEncoding.WriteString("X509 CRL", list);

    private IEnumerable<byte[]> Fields(byte[] algorithm)
    {
        if (Version is { } version)
        {
            yield return Der.Integer(version);
        }

        yield return algorithm;
        yield return Issuer;
        yield return Draft.Time(ThisUpdate);
        if (NextUpdate is { } next)
        {
            yield return Draft.Time(next);
        }

        if (Entries.Count > 0)
        {
            yield return Der.Sequence(Entries);
        }

        if (Extensions.Count > 0)
        {
            yield return Der.Tagged(0, Der.Sequence(Extensions.Select(Extension)));
        }
    }

    private static byte[] Extension((string Oid, bool Critical, byte[] Value) e) =>
        e.Critical ? Der.Sequence(Der.Oid(e.Oid), [1, 1, 0xFF], Der.Octets(e.Value)) : Der.Sequence(Der.Oid(e.Oid), Der.Octets(e.Value));
}
