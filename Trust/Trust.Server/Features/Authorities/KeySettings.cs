using System.ComponentModel.DataAnnotations;
using Yinxin.Trust.Keys.Pkcs11;
using Yinxin.Trust.Suites;

namespace Yinxin.Trust.Server.Features.Authorities;

/// <summary>Where new authorities' keys are made. Section <c>Trust:Keys</c>. A key stays where it was made, whatever the settings say later.</summary>
internal sealed class KeySettings
{
    public const string Section = "Trust:Keys";
    private const string Providers = "^(software|pkcs11)$";

    /// <summary><c>software</c> or <c>pkcs11</c>.</summary>
    [Required, RegularExpression(Providers, ErrorMessage = "software or pkcs11.")]
    public string Provider { get; set; } = "software";

    /// <summary>The provider of the SM suite where it differs, since few tokens have SM2.</summary>
    [RegularExpression(Providers, ErrorMessage = "software or pkcs11.")]
    public string? SmProvider { get; set; }

    /// <summary>Path of the token's PKCS#11 library.</summary>
    public string? Library { get; set; }

    /// <summary>Label of the token.</summary>
    public string? TokenLabel { get; set; }

    /// <summary>File with the PIN; the PIN itself is never a setting.</summary>
    public string? PinFile { get; set; }

    [Range(1, 256)]
    public int Sessions { get; set; } = 8;

    /// <summary>How long a signature waits for a session, in seconds.</summary>
    [Range(1, 60)]
    public int WaitSeconds { get; set; } = 5;

    /// <summary>The vendor's numbers for SM2; all three or none.</summary>
    public ulong? Sm2KeyType { get; set; }

    public ulong? Sm2GenerateMechanism { get; set; }

    public ulong? Sm2SignMechanism { get; set; }

    public bool InToken(SignatureSuite suite) => (suite == SignatureSuite.Sm ? SmProvider ?? Provider : Provider) == "pkcs11";

    public Pkcs11Settings Token() => new()
    {
        Library = Wanted(Library, nameof(Library)),
        TokenLabel = Wanted(TokenLabel, nameof(TokenLabel)),
        PinFile = Wanted(PinFile, nameof(PinFile)),
        Sessions = Sessions,
        Wait = TimeSpan.FromSeconds(WaitSeconds),
        Sm2 = (Sm2KeyType, Sm2GenerateMechanism, Sm2SignMechanism) is ({ } type, { } generate, { } sign) ? new VendorSm2(type, generate, sign) : null,
    };

    private static string Wanted(string? value, string key) => value is { Length: > 0 } ? value : throw new InvalidOperationException($"{Section}:{key} is needed for keys in a token.");
}
