using System.Globalization;
using QRCoder;
using Yinxin.License.Documents;

namespace Yinxin.License.Layout;

/// <summary>出版物经营许可证: what its face holds and how it looks.</summary>
public static class PublicationBusinessLicense
{
    /// <summary>Short name of the type.</summary>
    public const string TypeName = "publication-business-licence";

    /// <summary>证照类型代码 of the sample catalogue.</summary>
    public const string TypeCode = "11349900MB0000051U001";

    /// <summary>证照名称.</summary>
    public const string Name = "出版物经营许可证";

    /// <summary>Where the seal is put: its centre from the left and the top, and its diameter, in millimetres.</summary>
    public static readonly (float X, float Y, float Diameter) SealPlace = (226, 163, 42);

    private const uint Ink = 0x1A1A1A;
    private const uint Gold = 0x9A7B2F;
    private const uint Red = 0xB4121B;
    private const uint Grey = 0x555555;

    /// <summary>Items of the face: key, Chinese label, English label, longest text. All are needed.</summary>
    public static IReadOnlyList<(string Key, string Chinese, string English, int MaximumLength)> Face { get; } =
    [
        ("businessName", "名称", "Name", 60),
        ("principal", "法定代表人（负责人）", "Legal representative", 30),
        ("address", "经营场所", "Place of business", 80),
        ("scope", "经营范围", "Scope of business", 120),
        ("mode", "经营方式", "Mode of business", 30),
    ];

    /// <summary>Lays the licence out.</summary>
    /// <param name="document">Metadata and face.</param>
    /// <param name="verificationUrl">What the QR code holds: an address with a random code, nothing personal.</param>
    public static Page Lay(LicenseDocument document, Uri verificationUrl)
    {
        var metadata = document.Metadata;
        var elements = new List<Element>();
        Border(elements);
        elements.Add(new TextElement(148.5f, 46, 15, Name, Layout.Face.Bold, Alignment.Center, Red, Spacing: 3));
        elements.Add(new TextElement(148.5f, 57, 4.6f, "许可证编号：" + metadata.CertificateNumber, Layout.Face.Regular, Alignment.Center));

        var y = 74f;
        foreach (var (key, chinese, _, _) in Face)
        {
            elements.Add(new TextElement(82, y, 5.2f, chinese, Layout.Face.Bold, Alignment.Right, Ink));
            foreach (var line in TextFlow.Break(document.FaceData[key], 165 / 5.2f))
            {
                elements.Add(new TextElement(90, y, 5.2f, line));
                y += 8.2f;
            }

            y += 3.2f;
        }

        elements.Add(new TextElement(82, y, 5.2f, "有效期限", Layout.Face.Bold, Alignment.Right, Ink));
        elements.Add(new TextElement(90, y, 5.2f, $"{Day(metadata.CertificateEffectiveDate)} 至 {Day(metadata.CertificateExpiringDate)}"));
        elements.Add(new TextElement(226, 160, 5.4f, metadata.CertificateIssuingAuthorityName, Layout.Face.Bold, Alignment.Center));
        elements.Add(new TextElement(226, 171, 5.2f, Day(metadata.CertificateIssuedDate), Layout.Face.Regular, Alignment.Center));
        Code(elements, verificationUrl);
        elements.Add(new TextElement(66, 170, 3.4f, "扫码核验", Layout.Face.Regular, Alignment.Left, Grey));
        elements.Add(new TextElement(66, 176, 3.0f, "证照标识", Layout.Face.Regular, Alignment.Left, Grey));
        var identifier = metadata.CertificateIdentifier;
        elements.Add(new TextElement(66, 181, 2.6f, identifier[..(identifier.Length / 2)], Layout.Face.Regular, Alignment.Left, Grey));
        elements.Add(new TextElement(66, 185, 2.6f, identifier[(identifier.Length / 2)..], Layout.Face.Regular, Alignment.Left, Grey));
        elements.Add(new TextElement(148.5f, 195, 3.4f, "测试证照 · 样例数据 · 不具法律效力", Layout.Face.Regular, Alignment.Center, Red));
        return new Page(297, 210, elements);
    }

    private static void Border(List<Element> elements)
    {
        elements.Add(new RectangleElement(0, 0, 297, 210, 0xFDFBF4));
        elements.Add(new RectangleElement(8, 8, 281, 194, Gold, 1.6f));
        elements.Add(new RectangleElement(11, 11, 275, 188, Gold, 0.35f));
        elements.Add(new RectangleElement(13.5f, 13.5f, 270, 183, Gold, 0.8f));
        foreach (var (x, y) in new[] { (13.5f, 13.5f), (271.5f, 13.5f), (13.5f, 184.5f), (271.5f, 184.5f) })
        {
            // A meander in each corner, the 回纹 of old certificates.
            elements.Add(new RectangleElement(x, y, 12, 12, Gold, 0.8f));
            elements.Add(new RectangleElement(x + 2.5f, y + 2.5f, 7, 7, Gold, 0.6f));
            elements.Add(new RectangleElement(x + 4.8f, y + 4.8f, 2.4f, 2.4f, Gold));
        }
    }

    private static void Code(List<Element> elements, Uri address)
    {
        using var code = QRCodeGenerator.GenerateQrCode(address.AbsoluteUri, QRCodeGenerator.ECCLevel.M);
        elements.Add(new RectangleElement(30, 152, 34, 34, 0xFFFFFF));
        elements.Add(new ModulesElement(30, 152, 34, [.. code.ModuleMatrix.Select(row => (IReadOnlyList<bool>)[.. row.Cast<bool>()])]));
    }

    private static string Day(string date) =>
        DateOnly.ParseExact(date, "yyyyMMdd", CultureInfo.InvariantCulture).ToString("yyyy年M月d日", CultureInfo.InvariantCulture);
}
