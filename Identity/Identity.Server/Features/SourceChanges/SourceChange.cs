using Yinxin.Identity.Server.Features.Authorities;

namespace Yinxin.Identity.Server.Features.SourceChanges;

/// <summary>A change as an authority tells it.</summary>
/// <param name="Id">The authority's name of the event.</param>
/// <param name="Number">Place in the authority's feed.</param>
/// <param name="Kind">One of <see cref="SourceChangeKinds"/>.</param>
/// <param name="IdNumber">The person whom it is about.</param>
/// <param name="Uscc">The organisation that it is about.</param>
/// <param name="Name">The new name.</param>
/// <param name="RepresentativeIdNumber">The new legal representative.</param>
internal sealed record SourceChange(string? Id, long Number, string? Kind, string? IdNumber, string? Uscc, string? Name, string? RepresentativeIdNumber);

/// <summary>What authorities report.</summary>
internal static class SourceChangeKinds
{
    public const string Deceased = "deceased";
    public const string NameChanged = "name-changed";
    public const string Dissolved = "dissolved";
    public const string RepresentativeChanged = "representative-changed";

    private const int LongestId = 60;
    private const int LongestName = 50;
    private static readonly string[] OfPersons = [Deceased, NameChanged];
    private static readonly string[] OfOrganisations = [Dissolved, RepresentativeChanged];

    /// <summary>Authorities that tell of changes.</summary>
    public static readonly IReadOnlyList<Authority> Authorities = [PopulationRegister.Self, OrganisationRegisters.Market, OrganisationRegisters.Staffing, OrganisationRegisters.CivilAffairs];

    /// <summary>An authority may speak of its own register only, and a change must say all that its kind needs.</summary>
    public static bool IsSound(Authority authority, SourceChange change) =>
        change is { Id.Length: > 0 and <= LongestId, Number: > 0 } && (authority == PopulationRegister.Self
            ? OfPersons.Contains(change.Kind, StringComparer.Ordinal) && change is { IdNumber.Length: 18, Uscc: null } && (change.Kind == Deceased || change.Name?.Trim() is { Length: > 0 and <= LongestName })
            : OfOrganisations.Contains(change.Kind, StringComparer.Ordinal) && change is { Uscc.Length: 18, IdNumber: null } && OrganisationRegisters.Of(change.Uscc[0]) == authority &&
                (change.Kind == Dissolved || change.RepresentativeIdNumber is { Length: 18 }));
}
