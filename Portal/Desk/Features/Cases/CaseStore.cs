using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Yinxin.Desk.Data;
using Yinxin.Desk.Features.Applicants;
using Yinxin.ServiceDefaults.Database;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.ServiceDefaults.Security;

namespace Yinxin.Desk.Features.Cases;

/// <summary>Loads and saves cases; personal parts lie encrypted.</summary>
internal sealed class CaseStore(DeskContext database, IDataCipher cipher)
{
    private const string Purpose = "case";
    public static readonly Problem Unknown = new("case.unknown", 404, "没有该办件。", "There is no such case.");

    public async Task<CaseRecord> FindAsync(string caseNumber, CancellationToken cancellationToken) =>
        await database.Cases.SingleOrDefaultAsync(c => c.CaseNumber == caseNumber, cancellationToken) ?? throw Unknown.Exception();

    public async Task<List<CaseEvent>> EventsAsync(string caseNumber, CancellationToken cancellationToken) =>
        await database.Events.AsNoTracking().Where(e => e.CaseNumber == caseNumber).OrderBy(e => e.Sequence).ToListAsync(cancellationToken);

    public async Task<int> LastSequenceAsync(string caseNumber, CancellationToken cancellationToken) =>
        await database.Events.Where(e => e.CaseNumber == caseNumber).MaxAsync(e => (int?)e.Sequence, cancellationToken) ?? 0;

    /// <summary>Saves; of two who acted at once the second is told so.</summary>
    public async Task SaveAsync(CancellationToken cancellationToken)
    {
        try
        {
            await database.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException e) when (e is DbUpdateConcurrencyException || e.IsUniqueViolation())
        {
            throw CaseFlow.NotAllowed.Exception();
        }
    }

    public string Close<T>(T value) => cipher.EncryptText(Purpose, JsonSerializer.Serialize(value, JsonSerializerOptions.Web));

    public T Open<T>(string envelope) => JsonSerializer.Deserialize<T>(cipher.DecryptText(Purpose, envelope), JsonSerializerOptions.Web)!;

    public Applicant ApplicantOf(CaseRecord record) => Open<Applicant>(record.Applicant);

    public Dictionary<string, string> FormOf(CaseRecord record) => Open<Dictionary<string, string>>(record.Form);
}
