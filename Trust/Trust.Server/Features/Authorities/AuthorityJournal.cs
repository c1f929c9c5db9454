using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Security;
using Yinxin.ServiceDefaults.Transparency;
using Yinxin.Trust.Server.Data;

namespace Yinxin.Trust.Server.Features.Authorities;

/// <summary>What becomes of an authority is told twice, in the transaction that changes it: to the audit trail and, through the outbox, to the transparency log.</summary>
internal sealed class AuthorityJournal(TrustContext database, IAuditTrail audit, IDataCipher cipher, TimeProvider time)
{
    public TrustContext Database => database;

    public void Created(AuthorityRecord record, string profile) => Tell("created", record, record.Name, new { profile });

    public void Imported(AuthorityRecord record, string serial) => Tell("imported", record, $"{record.Name}/{serial}", new { serial });

    /// <summary>A new key and certificate in the place of the old.</summary>
    public void Renewed(AuthorityRecord record, string serial) => Tell("renewed", record, $"{record.Name}/{serial}", new { serial });

    private void Tell(string what, AuthorityRecord record, string id, object details)
    {
        database.Add(LoggedEvent.Message(("authority." + what, time.GetUtcNow()), record.Name, record.Certificate, id, cipher));
        audit.Add(new AuditEntry("trust.authority." + what, record.Name, "trust", Details: details));
    }
}
