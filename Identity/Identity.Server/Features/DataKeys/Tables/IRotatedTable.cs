using Yinxin.Identity.Server.Data;

namespace Yinxin.Identity.Server.Features.DataKeys.Tables;

/// <summary>A table with something that is encrypted or indexed under a data key. Whoever adds such a column adds it here; a test compares.</summary>
internal interface IRotatedTable
{
    string Name { get; }

    /// <summary>The encrypted columns.</summary>
    IReadOnlyList<string> Columns { get; }

    Task<long> CountAsync(IdentityContext database, CancellationToken cancellationToken);

    /// <summary>Brings the rows after the cursor under the newest key. A row that somebody changes meanwhile keeps that change.</summary>
    /// <returns>How many rows were seen, and the last one; null when there was none.</returns>
    Task<(int Seen, string? Last)> BatchAsync(IdentityContext database, string? cursor, int rows, CancellationToken cancellationToken);

    /// <summary>Whether anything is left that needs the former key.</summary>
    Task<bool> IsBehindAsync(IdentityContext database, DataKeyRing.State state, CancellationToken cancellationToken);
}
