using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Features.Assurance.Evidences;
using Yinxin.Identity.Server.Features.DataKeys;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Database;
using Yinxin.ServiceDefaults.Idempotency;
using Yinxin.ServiceDefaults.Outbox;

namespace Yinxin.Identity.Server.Data;

/// <summary>Identity's own tables; no other server reads them.</summary>
internal abstract class IdentityContext(DbContextOptions options) : IdentityUserContext<Account, Guid>(options)
{
    private bool copying;

    public DbSet<Person> Persons => Set<Person>();

    public DbSet<PersonSecret> PersonSecrets => Set<PersonSecret>();

    public DbSet<DataKey> DataKeys => Set<DataKey>();

    public DbSet<KeyRotation> KeyRotations => Set<KeyRotation>();

    public DbSet<StaffMember> StaffMembers => Set<StaffMember>();

    public DbSet<Organisation> Organisations => Set<Organisation>();

    public DbSet<Evidence> Evidence => Set<Evidence>();

    public DbSet<SubjectGrade> Grades => Set<SubjectGrade>();

    public DbSet<AssurancePolicyVersion> AssurancePolicyVersions => Set<AssurancePolicyVersion>();

    public DbSet<Regrading> Regradings => Set<Regrading>();

    public DbSet<Import> Imports => Set<Import>();

    public DbSet<ImportRejection> ImportRejections => Set<ImportRejection>();

    public DbSet<AccountLink> AccountLinks => Set<AccountLink>();

    public DbSet<Session> Sessions => Set<Session>();

    public DbSet<Grant> Grants => Set<Grant>();

    public DbSet<Client> Clients => Set<Client>();

    public DbSet<ProtocolKey> ProtocolKeys => Set<ProtocolKey>();

    public DbSet<PasswordCost> PasswordCosts => Set<PasswordCost>();

    public DbSet<SignInAttempts> SignInAttempts => Set<SignInAttempts>();

    public DbSet<FailureCount> FailureCounts => Set<FailureCount>();

    public DbSet<SpentProof> SpentProofs => Set<SpentProof>();

    public DbSet<FailureFold> FailureFolds => Set<FailureFold>();

    public DbSet<PhoneCode> PhoneCodes => Set<PhoneCode>();

    public DbSet<PasskeyUse> PasskeyUses => Set<PasskeyUse>();

    public DbSet<Mandate> Mandates => Set<Mandate>();

    public DbSet<MandateEvent> MandateEvents => Set<MandateEvent>();

    public DbSet<EndingRecord> Endings => Set<EndingRecord>();

    public DbSet<OutsideStep> OutsideSteps => Set<OutsideStep>();

    public DbSet<SourceEvent> SourceEvents => Set<SourceEvent>();

    public DbSet<SourceCursor> SourceCursors => Set<SourceCursor>();

    public DbSet<EvidenceReference> EvidenceReferences => Set<EvidenceReference>();

    public DbSet<Notice> Notices => Set<Notice>();

    public DbSet<AuthenticatorApp> AuthenticatorApps => Set<AuthenticatorApp>();

    public DbSet<RecoveryCode> RecoveryCodes => Set<RecoveryCode>();

    public DbSet<FactorTicket> FactorTickets => Set<FactorTicket>();

    public DbSet<RecoveryRequest> RecoveryRequests => Set<RecoveryRequest>();

    public DbSet<QrSignIn> QrSignIns => Set<QrSignIn>();

    public DbSet<StepUpHandover> StepUpHandovers => Set<StepUpHandover>();

    public DbSet<SignInRecord> SignInRecords => Set<SignInRecord>();

    public DbSet<FaceCheck> FaceChecks => Set<FaceCheck>();

    public DbSet<FaceFrame> FaceFrames => Set<FaceFrame>();

    public DbSet<PresenceProof> PresenceProofs => Set<PresenceProof>();

    public DbSet<ClaimConsent> ClaimConsents => Set<ClaimConsent>();

    public DbSet<ClaimRequest> ClaimRequests => Set<ClaimRequest>();

    public DbSet<KnownDevice> KnownDevices => Set<KnownDevice>();

    public DbSet<Proposal> Proposals => Set<Proposal>();

    public DbSet<StandingFreeze> StandingFreezes => Set<StandingFreeze>();

    public DbSet<WithdrawalRun> WithdrawalRuns => Set<WithdrawalRun>();

    public DbSet<Dispute> Disputes => Set<Dispute>();

    public DbSet<Unmasking> Unmaskings => Set<Unmasking>();

    public DbSet<LevelChange> LevelChanges => Set<LevelChange>();

    public DbSet<LevelTotal> LevelTotals => Set<LevelTotal>();

    public DbSet<LevelDay> LevelDays => Set<LevelDay>();

    public DbSet<AuditVerification> AuditVerifications => Set<AuditVerification>();

    public override Task<int> SaveChangesAsync(bool acceptAllChangesOnSuccess, CancellationToken cancellationToken = default) =>
        AuditChain.SaveAsync(
            this, acceptAllChangesOnSuccess, accept => StoreAsync(accept, cancellationToken), cancellationToken,
            ChangeTracker.Entries<Evidence>().Any(e => e.State == EntityState.Added) || PersonIndexes.Concern(this) ? PrepareAsync : null);

    /// <summary>
    /// Like <see cref="DbContext.SaveChangesAsync(CancellationToken)"/>, for very many new rows at once: PostgreSQL gets them by COPY. SQLite has nothing better than its prepared inserts.
    /// </summary>
    public async Task SaveManyAsync(CancellationToken cancellationToken)
    {
        copying = Database.IsNpgsql();
        try
        {
            await SaveChangesAsync(cancellationToken);
        }
        finally
        {
            copying = false;
        }
    }

    private async Task<int> StoreAsync(bool acceptAllChanges, CancellationToken cancellationToken) =>
        (copying ? await CopiedRows.StoreAsync(this, cancellationToken) : 0) + await base.SaveChangesAsync(acceptAllChanges, cancellationToken);

    private async Task PrepareAsync(CancellationToken cancellationToken)
    {
        await PersonIndexes.EnterAsync(this, cancellationToken);
        await EvidenceBook.EnterAsync(this, cancellationToken);
    }

    protected override void OnModelCreating(ModelBuilder builder)
    {
        base.OnModelCreating(builder);
        builder.AddOutbox();
        builder.AddAudit();
        builder.AddAuditAnchors();
        builder.AddIdempotency();
        builder.ApplyConfigurationsFromAssembly(typeof(IdentityContext).Assembly);
        builder.AddConsole(Database.IsNpgsql());
    }

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder) => configurationBuilder.UseUtcTimes();
}

internal sealed class SqliteIdentityContext(DbContextOptions<SqliteIdentityContext> options) : IdentityContext(options);

internal sealed class PostgresIdentityContext(DbContextOptions<PostgresIdentityContext> options) : IdentityContext(options);
