using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Authorities;
using Yinxin.Identity.Server.Features.Raising.RealPersons;

namespace Yinxin.Identity.Server.Features.SourceChanges;

/// <summary>A change as an authority tells it.</summary>
/// <param name="Id">The authority's name of the event.</param>
/// <param name="Number">Place in the authority's feed.</param>
/// <param name="Kind">One of <see cref="SourceChangeKinds"/>.</param>
/// <param name="IdNumber">The person whom it is about.</param>
/// <param name="Uscc">The organisation that it is about.</param>
/// <param name="Name">The new name.</param>
/// <param name="RepresentativeIdNumber">The new legal representative.</param>
/// <param name="Receipt">The number under which the authority gave the answer that it no longer stands by.</param>
internal sealed record SourceChange(string? Id, long Number, string? Kind, string? IdNumber, string? Uscc, string? Name, string? RepresentativeIdNumber, string? Receipt = null);

/// <summary>What authorities report.</summary>
internal static class SourceChangeKinds
{
    public const string Deceased = "deceased";

    /// <summary>Of a person or of an organisation.</summary>
    public const string NameChanged = "name-changed";
    public const string Dissolved = "dissolved";
    public const string RepresentativeChanged = "representative-changed";

    /// <summary>An answer of this authority holds no more: the card is closed, the number is another's, the check was wrong.</summary>
    public const string Withdrawn = "withdrawn";

    private const int LongestId = 60;
    private const int LongestReceipt = 200;
    private const int LongestName = 50;

    /// <summary>As at a registration.</summary>
    private const int LongestOrganisationName = 100;
    private static readonly string[] OfPersons = [Deceased, NameChanged];
    private static readonly string[] OfOrganisations = [Dissolved, RepresentativeChanged, NameChanged];

    /// <summary>Authorities that tell of changes: everyone who signs answers may take one back.</summary>
    public static readonly IReadOnlyList<Authority> Authorities =
    [
        PopulationRegister.Self, OrganisationRegisters.Market, OrganisationRegisters.Staffing, OrganisationRegisters.CivilAffairs, CodeRegister.Self, TaxAuthority.Self,
        BankCardNetwork.Self, HousingFund.Self, AlipayProvider.Self, AuthorityRealPerson.Self, PhoneOwners.Self,
    ];

    /// <summary>An authority may speak of its own register and its own answers only, and a change must say all that its kind needs.</summary>
    public static bool IsSound(Authority authority, SourceChange change) =>
        HasSoundId(change) && change.Number > 0 && (change.Kind == Withdrawn
            ? change is { Receipt.Length: > 0 and <= LongestReceipt, IdNumber: null, Uscc: null } && TypedText.IsSound(change.Receipt)
            : authority == PopulationRegister.Self
            ? OfPersons.Contains(change.Kind, StringComparer.Ordinal) && change is { IdNumber.Length: 18, Uscc: null } && (change.Kind == Deceased || IsName(change.Name, LongestName))
            : OfOrganisations.Contains(change.Kind, StringComparer.Ordinal) && change is { Uscc.Length: 18, IdNumber: null } && OrganisationRegisters.Of(change.Uscc[0]) == authority && change.Kind switch
            {
                Dissolved => true,
                NameChanged => IsName(change.Name, LongestOrganisationName),
                _ => change.RepresentativeIdNumber is { Length: 18 },
            });

    /// <summary>Whether the event has a name under which it can be kept.</summary>
    public static bool HasSoundId(SourceChange change) => change is { Id.Length: > 0 and <= LongestId } && TypedText.IsSound(change.Id);

    private static bool IsName(string? name, int longest) => name?.Trim() is { Length: > 0 } trimmed && trimmed.Length <= longest && !trimmed.Any(char.IsControl);
}
