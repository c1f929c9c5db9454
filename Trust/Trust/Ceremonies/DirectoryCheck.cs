using Yinxin.Trust.Ceremonies.Journal;
using Yinxin.Trust.Certificates;
using Yinxin.Trust.Suites;

namespace Yinxin.Trust.Ceremonies;

/// <summary>Every file of a ceremony is as its journal says, and the journal is signed by its roots.</summary>
internal static class DirectoryCheck
{
    public static void Demand(Ceremony ceremony)
    {
        var (files, journal) = (ceremony.Files, ceremony.Journal);
        DemandDigest(files, CeremonyFiles.Settings, Last(journal, JournalSteps.Begun, "settings"));
        DemandDigest(files, CeremonyFiles.Custody, Last(journal, JournalSteps.Split, "custody"));
        var issued = journal.Entries.Where(e => e.Step == JournalSteps.Issued && e.Details.ContainsKey("file") && e.Details.ContainsKey("digest"))
            .GroupBy(e => e.Details["file"]).ToDictionary(g => g.Key, g => g.Last().Details["digest"]);
        foreach (var (name, digest) in issued)
        {
            DemandDigest(files, name, digest);
        }

        if (files.All.FirstOrDefault(f => f.StartsWith("public/", StringComparison.Ordinal) && !issued.ContainsKey(f)) is { } stranger)
        {
            throw Wrong(stranger);
        }

        foreach (var suite in Enum.GetValues<SignatureSuite>().Where(s => ceremony.Roots.All(r => r.Suite != s)))
        {
            throw Wrong(CeremonyFiles.Certificate(RootCertificate.NameOf(suite, 1)));
        }

        if (ceremony.Roots.FirstOrDefault(r => !CertificatePath.IsIssuedBy(r.Certificate, r.Certificate)) is { } root)
        {
            throw Wrong(CeremonyFiles.Certificate(root.Name));
        }

        journal.DemandSignatures(ceremony.Roots.ToDictionary(r => r.Name, r => r.Certificate));
        if (journal.Entries[^1].At > ceremony.Time.GetUtcNow())
        {
            throw new CeremonyException(CeremonyException.Journal, "The clock of this machine is behind the journal's last line: set it first.", "本机时钟早于日志最后一条，请先校准。");
        }
    }

    private static string? Last(CeremonyJournal journal, string step, string detail) =>
        journal.Entries.LastOrDefault(e => e.Step == step)?.Details.GetValueOrDefault(detail);

    private static void DemandDigest(CeremonyFiles files, string name, string? digest)
    {
        if (CeremonySettings.Digest(files.Read(name)) != digest)
        {
            throw Wrong(name);
        }
    }

    private static CeremonyException Wrong(string name) =>
        new(CeremonyException.Directory, $"{name} is not as the journal says: changed, or put there by something else.", $"{name} 与日志不符：被改动或来历不明。");
}
