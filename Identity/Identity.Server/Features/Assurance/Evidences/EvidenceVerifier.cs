using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;

namespace Yinxin.Identity.Server.Features.Assurance.Evidences;

/// <summary>Walks the evidence of all subjects, for an auditor who has the database and no server.</summary>
internal static class EvidenceVerifier
{
    private const int MostFindings = 100;

    /// <param name="provider"><c>sqlite</c> (then <paramref name="source"/> is a file) or <c>postgres</c> (a connection string).</param>
    /// <param name="source">Where the database is.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>How many records there are, and the first hundred subjects with a fault.</returns>
    public static async Task<(long Records, IReadOnlyList<EvidenceFault> Findings)> VerifyAsync(string provider, string source, CancellationToken cancellationToken)
    {
        await using IdentityContext database = provider == "sqlite"
            ? new SqliteIdentityContext(new DbContextOptionsBuilder<SqliteIdentityContext>().UseSqlite(
                new SqliteConnectionStringBuilder { DataSource = source, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString()).Options)
            : new PostgresIdentityContext(new DbContextOptionsBuilder<PostgresIdentityContext>().UseNpgsql(source).Options);
        var (records, findings) = (0L, new List<EvidenceFault>());
        List<Evidence> chain = [];
        await foreach (var record in database.Evidence.AsNoTracking().OrderBy(e => e.SubjectId).ThenBy(e => e.Place).AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            records++;
            if (chain.Count > 0 && chain[0].SubjectId != record.SubjectId)
            {
                Judge(chain, findings);
                chain.Clear();
            }

            chain.Add(record);
        }

        Judge(chain, findings);
        return (records, findings);
    }

    private static void Judge(List<Evidence> chain, List<EvidenceFault> findings)
    {
        if (chain.Count > 0 && findings.Count < MostFindings && EvidenceChain.Verify(chain[0].SubjectId, chain) is { } fault)
        {
            findings.Add(fault);
        }
    }
}
