using System.Text.Json.Serialization;

namespace Yinxin.Identity.Server.Features.Imports;

/// <summary>One user as the file tells it. In CSV the members are columns of the same names; <see cref="Evidence"/> is JSON in its column.</summary>
internal sealed record ImportRow
{
    /// <summary>The source's own key of the user; the same key is never taken twice.</summary>
    public string? ExternalId { get; init; }

    public string? UserName { get; init; }

    public string? IdNumber { get; init; }

    public string? Name { get; init; }

    /// <summary>GB/T 2261.1; by the ID number when it is missing.</summary>
    public string? Sex { get; init; }

    /// <summary>GB/T 3304.</summary>
    public string? Ethnicity { get; init; }

    public string? Phone { get; init; }

    /// <summary>In crypt or PHC form; see <see cref="Passwords.ForeignPasswords"/>.</summary>
    public string? PasswordHash { get; init; }

    /// <summary>What the source says of the level. Read and not believed: levels come from evidence (domain/identity §8).</summary>
    public string? Level { get; init; }

    public IReadOnlyList<ImportedEvidence>? Evidence { get; init; }
}

/// <summary>A record of the source's own, handed over.</summary>
internal sealed record ImportedEvidence
{
    public string? Kind { get; init; }

    public string? Method { get; init; }

    /// <summary>The official or system at the source that answers for it.</summary>
    public string? AssuredBy { get; init; }

    public DateTimeOffset? VerifiedAt { get; init; }

    public DateTimeOffset? ValidUntil { get; init; }

    public string? Reference { get; init; }
}

/// <summary>A row as it was read.</summary>
/// <param name="Text">To the letter, for the digest.</param>
/// <param name="Row">Null when it cannot be read.</param>
/// <param name="Fault">Why it cannot.</param>
internal sealed record ReadRow(string Text, ImportRow? Row, RowFault? Fault);

/// <param name="Code">Stable, e.g. <c>idNumber.invalid</c>.</param>
/// <param name="Field">The member concerned.</param>
internal sealed record RowFault(string Code, string? Field);

[JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web, PropertyNameCaseInsensitive = false, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties = false, MaxDepth = 4, NumberHandling = JsonNumberHandling.Strict)]
[JsonSerializable(typeof(ImportRow))]
[JsonSerializable(typeof(IReadOnlyList<ImportedEvidence>))]
internal sealed partial class ImportJson : JsonSerializerContext;
