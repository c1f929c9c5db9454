namespace Yinxin.Identity.Server.Data;

/// <summary>A natural person with a proven identity. Numbers are encrypted; a keyed hash finds them; pages show the masked form.</summary>
internal sealed class Person
{
    /// <summary>Begins the index of a person without a phone; the key of the account follows, so that it stays unique and no number is found by it.</summary>
    public const string NoPhone = "none:";

    /// <summary>The key of the account.</summary>
    public Guid Id { get; set; }

    public required string Name { get; set; }

    /// <summary>GB/T 2261.1: <c>1</c> male, <c>2</c> female.</summary>
    public required string Sex { get; set; }

    /// <summary>GB/T 3304: two digits, <c>01</c> Han.</summary>
    public required string Ethnicity { get; set; }

    public required string IdNumberCipher { get; set; }

    public required string IdNumberIndex { get; set; }

    public required string IdNumberMasked { get; set; }

    public required string PhoneCipher { get; set; }

    public required string PhoneIndex { get; set; }

    public required string PhoneMasked { get; set; }

    /// <summary>False after the number went to somebody else, until a new one is proved.</summary>
    public bool HasPhone => !PhoneIndex.StartsWith(NoPhone, StringComparison.Ordinal);

    public DateTimeOffset CreatedAt { get; set; }
}
