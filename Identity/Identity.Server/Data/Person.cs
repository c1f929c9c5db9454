namespace Yinxin.Identity.Server.Data;

/// <summary>A natural person with a proven identity. Numbers are encrypted; a keyed hash finds them; pages show the masked form.</summary>
internal sealed class Person
{
    /// <summary>A new person with a secret of their own, which is stored with them.</summary>
    public static Person New(Guid id, PersonFacts facts, PersonalData personal, DateTimeOffset now)
    {
        var secret = PersonalData.NewSecret(id);
        var person = new Person
        {
            Id = id,
            Secret = secret,
            Sex = facts.Sex,
            Ethnicity = facts.Ethnicity,
            IdNumberCipher = personal.ProtectWith(secret, Purposes.IdNumber, facts.IdNumber),
            IdNumberIndex = personal.Index(Purposes.IdNumber, facts.IdNumber),
            IdNumberMasked = Masking.IdNumber(facts.IdNumber),
            PhoneCipher = personal.ProtectWith(secret, Purposes.Phone, facts.Phone),
            PhoneIndex = personal.Index(Purposes.Phone, facts.Phone),
            PhoneMasked = Masking.Phone(facts.Phone),
            CreatedAt = now,
        };
        person.Rename(facts.Name, personal);
        return person;
    }

    /// <summary>Begins the index of a person without a phone; the key of the account follows, so that it stays unique and no number is found by it.</summary>
    public const string NoPhone = "none:";

    /// <summary>Begins the index of a person whose data were erased.</summary>
    public const string Gone = "gone:";

    /// <summary>The key of the account.</summary>
    public Guid Id { get; set; }

    private string? name;

    /// <summary>Opened when it is asked for. Not a column: a query cannot compare it.</summary>
    public string Name => name ??= NameCipher is { Length: > 0 } cipher ? Reader!.Unprotect(Purposes.Name, cipher) : ClearName;

    /// <summary>Null in rows of a release that kept names in the clear, until they are encrypted; empty when it was erased.</summary>
    public string? NameCipher { get; private set; }

    /// <summary>
    /// Finds everybody of one name, for officials (<see cref="PersonNames"/>). Not unique, so always under the newest key. Null in rows of an earlier release until the background has
    /// filled it; empty when it was erased.
    /// </summary>
    public string? NameIndex { get; set; }

    /// <summary>As an earlier release kept it; see <see cref="Features.DataKeys.NameEncryption"/>.</summary>
    public string ClearName { get; private set; } = "";

    /// <summary>Not read with the row: see <see cref="PersonalData"/>.</summary>
    public PersonSecret? Secret { get; set; }

    /// <summary>Opens what is encrypted; set when the row is read.</summary>
    internal PersonalData? Reader { get; set; }

    /// <summary>GB/T 2261.1: <c>1</c> male, <c>2</c> female.</summary>
    public string Sex { get; set; } = "";

    /// <summary>GB/T 3304: two digits, <c>01</c> Han.</summary>
    public string Ethnicity { get; set; } = "";

    public string IdNumberCipher { get; set; } = "";

    public string IdNumberIndex { get; set; } = "";

    /// <summary>The index under the newest key. Unique too: while keys change no number is taken twice, whichever key its index is under.</summary>
    public string? IdNumberIndexNext { get; set; }

    public string IdNumberMasked { get; set; } = "";

    public string PhoneCipher { get; set; } = "";

    public string PhoneIndex { get; set; } = "";

    /// <summary>See <see cref="IdNumberIndexNext"/>.</summary>
    public string? PhoneIndexNext { get; set; }

    public string PhoneMasked { get; set; } = "";

    /// <summary>False after the number went to somebody else, until a new one is proved.</summary>
    public bool HasPhone => !PhoneIndex.StartsWith(NoPhone, StringComparison.Ordinal);

    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>Gives a new or another name; with the caller's save. The person's secret must be there.</summary>
    public void Rename(string text, PersonalData personal)
    {
        (name, NameCipher, ClearName) = (text, Secret is { } own ? personal.ProtectWith(own, Purposes.Name, text) : personal.ProtectFor(Id, Purposes.Name, text), "");
        Reader = personal;
        NameIndex = personal.NewestIndex(Purposes.Name, PersonNames.Normalise(text));
    }

    /// <summary>Nothing is left that names the person; the row stays, because records that must be kept point to it.</summary>
    public void Erase()
    {
        (name, NameCipher, NameIndex, ClearName, Sex, Ethnicity) = ("", "", "", "", "", "");
        (IdNumberCipher, IdNumberMasked, IdNumberIndex) = ("", "", Gone + Id);
        (PhoneCipher, PhoneMasked, PhoneIndex) = ("", "", NoPhone + Id);
    }
}

/// <param name="Name">As registered.</param>
/// <param name="Sex">See <see cref="Person.Sex"/>.</param>
/// <param name="Ethnicity">See <see cref="Person.Ethnicity"/>.</param>
/// <param name="IdNumber">18 characters.</param>
/// <param name="Phone">E.164.</param>
internal sealed record PersonFacts(string Name, string Sex, string Ethnicity, string IdNumber, string Phone);
