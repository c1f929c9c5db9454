using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance.Evidences;
using Yinxin.Identity.Tests.Hosting;
using Yinxin.ServiceDefaults.Audit;

namespace Yinxin.Identity.Tests.Assurance;

/// <summary>Somebody who writes to the table of evidence itself and knows how it is hashed. The server saves asynchronously, with its book; saving at once passes by it.</summary>
internal static class Forger
{
    /// <summary>A counter's word that no counter gave.</summary>
    /// <param name="identity">The server.</param>
    /// <param name="subject">About whom.</param>
    /// <param name="linked">Hashed as the next of the chain; else without a place, as a release wrote that knew none.</param>
    public static async Task AddAsync(IdentityFixture identity, Guid subject, bool linked = true)
    {
        await using var scope = identity.Services.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<IdentityContext>();
        var last = await database.Evidence.AsNoTracking().Where(e => e.SubjectId == subject && e.Place != null).OrderByDescending(e => e.Place).FirstAsync();
        var record = EvidenceRecords.New(subject, EvidenceKinds.Counter, "counter", "document-at-window", "样例窗口", identity.Time.GetUtcNow());
        if (linked)
        {
            EvidenceChain.Link(record, last);
        }

        database.Evidence.Add(record);
        Save(database);
    }

    /// <summary>Changes a record and hashes it and all behind it anew.</summary>
    public static async Task RewriteAsync(IdentityFixture identity, Guid subject, int place)
    {
        await using var scope = identity.Services.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<IdentityContext>();
        var chain = await database.Evidence.Where(e => e.SubjectId == subject).OrderBy(e => e.Place).ToListAsync();
        chain[place - 1].Method = "as-forged";
        for (var i = place - 1; i < chain.Count; i++)
        {
            EvidenceChain.Link(chain[i], i == 0 ? null : chain[i - 1]);
        }

        Save(database);
    }

    /// <summary>Notes the chain as it is now in the audit, by the audit's own rules, under another spelling of its subject.</summary>
    public static async Task NoteAsync(IdentityFixture identity, Guid subject, string spelled)
    {
        await using var scope = identity.Services.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<IdentityContext>();
        var chain = await database.Evidence.AsNoTracking().Where(e => e.SubjectId == subject).OrderBy(e => e.Place).Select(e => new { e.Place, e.Hash }).ToListAsync();
        AuditNotes.Add(database, new AuditEntry(EvidenceBook.Recorded, spelled, ActorId: null, Details: new { evidence = chain }), http: null, identity.Time);
        await database.SaveChangesAsync();
    }

    /// <summary>Puts rows beside the server.</summary>
    public static async Task AddRangeAsync(IdentityFixture identity, IEnumerable<object> rows)
    {
        await using var scope = identity.Services.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<IdentityContext>();
        database.AddRange(rows);
        Save(database);
    }

    private static void Save(IdentityContext database) => database.SaveChanges();
}
