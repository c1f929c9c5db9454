using System.Diagnostics.CodeAnalysis;

namespace Yinxin.License.Identifiers;

/// <summary>电子证照标识 (GB/T 36904-2018): root, type, issuer, serial, version and a check character by ISO 7064 MOD 37,36.</summary>
public sealed record LicenseIdentifier
{
    /// <summary>电子证照根代码.</summary>
    public const string Root = "1.2.156.3005.2";

    private const string Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

    /// <summary>An identifier from its parts; the check character is computed.</summary>
    /// <param name="typeCode">21 characters: USCC of the defining authority and three digits.</param>
    /// <param name="issuerCode">USCC of the issuing authority.</param>
    /// <param name="serial">Upper-case letters and digits, 7 to 32.</param>
    /// <param name="version">1 to 999.</param>
    /// <exception cref="ArgumentException">A part is malformed.</exception>
    public LicenseIdentifier(string typeCode, string issuerCode, string serial, int version)
    {
        if (!IsPart(typeCode, 21, 21) || !IsPart(issuerCode, 6, 18) || !IsPart(serial, 7, 32) || version is < 1 or > 999)
        {
            throw new ArgumentException("A part of the licence identifier is malformed.", nameof(typeCode));
        }

        (TypeCode, IssuerCode, Serial, Version) = (typeCode, issuerCode, serial, version);
    }

    /// <summary>证照类型代码.</summary>
    public string TypeCode { get; }

    /// <summary>证照颁发机构代码.</summary>
    public string IssuerCode { get; }

    /// <summary>流水号.</summary>
    public string Serial { get; }

    /// <summary>版本号; a change of the same licence raises it.</summary>
    public int Version { get; }

    /// <summary>Reads the full form.</summary>
    /// <param name="text">With the root.</param>
    /// <param name="identifier">The identifier, when the check character is right.</param>
    public static bool TryParse(string? text, [NotNullWhen(true)] out LicenseIdentifier? identifier)
    {
        identifier = null;
        if (text is not { Length: < 150 } || !text.StartsWith(Root + ".", StringComparison.Ordinal) || text[(Root.Length + 1)..].Split('.') is not [var type, var issuer, var serial, var version, [var check]]
            || !IsPart(type, 21, 21) || !IsPart(issuer, 6, 18) || !IsPart(serial, 7, 32) || version.Length != 3 || !int.TryParse(version, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number)
            || number == 0 || CheckCharacter(type + issuer + serial + version) != check)
        {
            return false;
        }

        identifier = new LicenseIdentifier(type, issuer, serial, number);
        return true;
    }

    /// <summary>ISO 7064 MOD 37,36 over type, issuer, serial and version without dots and without the root.</summary>
    public static char CheckCharacter(ReadOnlySpan<char> characters)
    {
        var p = 36;
        foreach (var character in characters)
        {
            p = (p + Alphabet.IndexOf(character, StringComparison.Ordinal)) % 36;
            p = (p == 0 ? 36 : p) * 2 % 37;
        }

        return Alphabet[(37 - p) % 36];
    }

    /// <summary>The full form with root and check character.</summary>
    public override string ToString()
    {
        var version = Version.ToString("000", System.Globalization.CultureInfo.InvariantCulture);
        return $"{Root}.{TypeCode}.{IssuerCode}.{Serial}.{version}.{CheckCharacter(TypeCode + IssuerCode + Serial + version)}";
    }

    private static bool IsPart(string text, int shortest, int longest) =>
        text.Length >= shortest && text.Length <= longest && text.All(c => Alphabet.Contains(c, StringComparison.Ordinal));
}
