using System.Globalization;
using Org.BouncyCastle.X509;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Hosting;

namespace Yinxin.Identity.Tests.Assurance;

/// <summary>Somebody or something that acts happen to, with what the judge knows of it and what happened so far.</summary>
internal abstract class ActsSubject(string name, string key)
{
    private readonly List<string> acts = [];

    /// <summary>In small letters, whatever database.</summary>
    public string Key { get; } = key.ToLowerInvariant();

    public ActsLedger Ledger { get; } = new();

    public void Note(string act) => acts.Add(act);

    public override string ToString() => $"{name}: {string.Join(" → ", acts)}";
}

/// <summary>A person with an account: registration proved the particulars, the phone and a password.</summary>
internal sealed class ActsPerson : ActsSubject
{
    public ActsPerson(int number, Applicant who, string key, DateTimeOffset now)
        : base(string.Create(CultureInfo.InvariantCulture, $"person {number}"), key)
    {
        (Number, Who, Person, Phone) = (number, who, who.Person, who.Person.Phone);
        foreach (var kind in (string[])["population-match", "phone-otp", "password"])
        {
            Ledger.Prove(kind, now);
        }
    }

    public int Number { get; }

    public Applicant Who { get; set; }

    /// <summary>With the phone that sources know them by.</summary>
    public SyntheticPerson Person { get; set; }

    /// <summary>The account's own.</summary>
    public string Phone { get; set; }

    /// <summary>With the account's own phone.</summary>
    public SyntheticPerson Now => Person with { Phone = Phone };

    public string Password { get; private set; } = Applicant.Password;

    /// <summary>Of the session: registration showed password and phone.</summary>
    public bool ShowedTwoFactors { get; set; } = true;

    public bool WasRenamed { get; set; }

    public bool WasDisputed { get; set; }

    /// <summary>Nobody can sign in, and all that was proved stands as it did.</summary>
    public bool Locked { get; set; }

    public bool Dead { get; set; }

    public string ChangePassword() => Password = Password == Applicant.Password ? Forgetful.NewPassword : Applicant.Password;
}

/// <summary>An organisation that its legal representative registered.</summary>
internal sealed class ActsCompany : ActsSubject
{
    public ActsCompany(int number, SyntheticOrganisation organisation, Guid id, ActsPerson representative, DateTimeOffset now)
        : base(string.Create(CultureInfo.InvariantCulture, $"organisation {number}"), id.ToString())
    {
        (Number, Organisation, Id, Representative) = (number, organisation, id, representative);
        foreach (var kind in Registered)
        {
            Ledger.Prove(kind, now);
        }
    }

    /// <summary>What a registration proves.</summary>
    public static IReadOnlyList<string> Registered { get; } = ["market-registry-match", "organisation-code-match", "legal-representative-match"];

    public int Number { get; }

    public SyntheticOrganisation Organisation { get; }

    public Guid Id { get; }

    public ActsPerson Representative { get; set; }

    /// <summary>Nobody represents it.</summary>
    public bool Rests { get; set; }

    public bool Dissolved { get; set; }

    public X509Certificate? Certificate { get; set; }
}
