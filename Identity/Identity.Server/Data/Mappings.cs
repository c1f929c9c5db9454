using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Yinxin.Identity.Server.Data;

internal sealed class AccountMapping : IEntityTypeConfiguration<Account>
{
    public void Configure(EntityTypeBuilder<Account> builder)
    {
        builder.ToTable("Accounts");
        builder.Ignore(a => a.DisplayName);
        builder.Ignore(a => a.HasInitialPassword);
        builder.HasOne(a => a.Person).WithOne().HasForeignKey<Person>(p => p.Id);
        builder.HasOne(a => a.StaffMember).WithOne().HasForeignKey<StaffMember>(s => s.Id);
    }
}

internal sealed class PersonMapping : IEntityTypeConfiguration<Person>
{
    public void Configure(EntityTypeBuilder<Person> builder)
    {
        builder.Property(p => p.Id).ValueGeneratedNever();
        builder.Ignore(p => p.HasPhone);
        builder.Ignore(p => p.Name);
        builder.Ignore(p => p.Reader);
        builder.HasOne(p => p.Secret).WithOne().HasForeignKey<PersonSecret>(s => s.PersonId);
        builder.Property(p => p.ClearName).HasColumnName("Name");
        builder.HasIndex(p => p.IdNumberIndexNext).IsUnique();
        builder.HasIndex(p => p.PhoneIndexNext).IsUnique();
        builder.HasIndex(p => p.IdNumberIndex).IsUnique();
        builder.HasIndex(p => p.PhoneIndex).IsUnique();
        // With the key behind it, a page of one name is read from the index alone.
        builder.HasIndex(p => new { p.NameIndex, p.Id });
    }
}

internal sealed class StaffMemberMapping : IEntityTypeConfiguration<StaffMember>
{
    public void Configure(EntityTypeBuilder<StaffMember> builder)
    {
        builder.Property(s => s.Id).ValueGeneratedNever();
        builder.Property(s => s.Hall).HasMaxLength(100);
        builder.Property(s => s.HallLevel).HasMaxLength(20);
        builder.HasIndex(s => s.Name);
    }
}

internal sealed class OrganisationMapping : IEntityTypeConfiguration<Organisation>
{
    public void Configure(EntityTypeBuilder<Organisation> builder)
    {
        builder.Property(o => o.Id).ValueGeneratedNever();
        builder.HasIndex(o => o.Uscc).IsUnique();
        builder.HasOne(o => o.LegalRepresentative).WithMany().HasForeignKey(o => o.LegalRepresentativeId).OnDelete(DeleteBehavior.Restrict);
    }
}

internal sealed class EvidenceMapping : IEntityTypeConfiguration<Evidence>
{
    public void Configure(EntityTypeBuilder<Evidence> builder)
    {
        builder.Property(e => e.Id).ValueGeneratedNever();
        builder.Property(e => e.State).HasConversion<string>();
        builder.Property(e => e.Result).HasConversion<string>().HasDefaultValue(EvidenceResult.Agreed).HasSentinel(EvidenceResult.Agreed);
        builder.Property(e => e.Hash).HasMaxLength(64);
        builder.Property(e => e.PreviousHash).HasMaxLength(64);
        builder.HasIndex(e => new { e.SubjectId, e.Place }).IsUnique();
        builder.HasIndex(e => e.ReferenceAtSource);
        // What one official vouched for; of all evidence it is little.
        builder.HasIndex(e => new { e.AssuredBy, e.Id }, "IX_Evidence_Counter").HasFilter("\"Kind\" = 'counter'");
        // What one import brought, account by account: the keys of the records follow the days on which they were verified, and would tear an account's apart.
        builder.HasIndex(e => new { e.ImportId, e.SubjectId }).HasFilter("\"ImportId\" IS NOT NULL");
    }
}

internal sealed class SubjectGradeMapping : IEntityTypeConfiguration<SubjectGrade>
{
    public void Configure(EntityTypeBuilder<SubjectGrade> builder)
    {
        builder.ToTable("Grades");
        builder.HasKey(g => g.SubjectId);
        builder.Property(g => g.SubjectId).ValueGeneratedNever();
        builder.Property(g => g.Kind).HasConversion<string>().HasMaxLength(20);
        builder.Property(g => g.Level).HasConversion<string>().HasMaxLength(20);
        // With the subject: an import gives many one end, and what walks them goes on within it.
        builder.HasIndex(g => new { g.ChangesAt, g.SubjectId });
        builder.HasIndex(g => new { g.Kind, g.Level });
    }
}

internal sealed class AssurancePolicyVersionMapping : IEntityTypeConfiguration<AssurancePolicyVersion>
{
    public void Configure(EntityTypeBuilder<AssurancePolicyVersion> builder)
    {
        builder.ToTable("AssurancePolicyVersions");
        builder.HasKey(p => p.Version);
        builder.Property(p => p.Version).ValueGeneratedNever();
        builder.Property(p => p.Digest).HasMaxLength(64);
        builder.Property(p => p.Note).HasMaxLength(500);
    }
}

internal sealed class ImportMapping : IEntityTypeConfiguration<Import>
{
    public void Configure(EntityTypeBuilder<Import> builder)
    {
        builder.ToTable("Imports");
        builder.Property(i => i.Id).ValueGeneratedNever();
        builder.Property(i => i.Source).HasMaxLength(40);
        builder.Property(i => i.Digest).HasMaxLength(64);
        builder.HasIndex(i => i.StartedAt);
    }
}

internal sealed class ImportRejectionMapping : IEntityTypeConfiguration<ImportRejection>
{
    public void Configure(EntityTypeBuilder<ImportRejection> builder)
    {
        builder.ToTable("ImportRejections");
        builder.HasKey(r => new { r.ImportId, r.Row });
        builder.Property(r => r.Code).HasMaxLength(60);
        builder.Property(r => r.Field).HasMaxLength(100);
    }
}

internal sealed class AccountLinkMapping : IEntityTypeConfiguration<AccountLink>
{
    public void Configure(EntityTypeBuilder<AccountLink> builder)
    {
        builder.ToTable("AccountLinks");
        builder.HasKey(l => new { l.Source, l.ExternalId });
        builder.Property(l => l.Source).HasMaxLength(40);
        builder.Property(l => l.ExternalId).HasMaxLength(100);
        builder.HasIndex(l => l.AccountId);
    }
}

internal sealed class RegradingMapping : IEntityTypeConfiguration<Regrading>
{
    public void Configure(EntityTypeBuilder<Regrading> builder)
    {
        builder.ToTable("Regradings");
        builder.Property(r => r.Id).ValueGeneratedNever();
        builder.Property(r => r.State).HasConversion<string>().HasMaxLength(20);
        builder.HasIndex(r => new { r.State, r.StartedAt });
        builder.HasIndex(r => r.PolicyVersion);
    }
}

internal sealed class SessionMapping : IEntityTypeConfiguration<Session>
{
    public void Configure(EntityTypeBuilder<Session> builder)
    {
        builder.Property(s => s.Id).ValueGeneratedNever();
        builder.Ignore(s => s.HasTwoFactors);
        builder.Ignore(s => s.HasFactorBesidePhone);
        builder.Ignore(s => s.HasPasskey);
        builder.HasOne(s => s.Account).WithMany().HasForeignKey(s => s.AccountId);
        builder.HasOne(s => s.ActingFor).WithMany().HasForeignKey(s => s.ActingForId).OnDelete(DeleteBehavior.SetNull);
        builder.HasIndex(s => new { s.AccountId, s.EndedAt });
        builder.HasIndex(s => s.ActingMandateId);
    }
}

internal sealed class GrantMapping : IEntityTypeConfiguration<Grant>
{
    public void Configure(EntityTypeBuilder<Grant> builder)
    {
        builder.Property(g => g.Id).ValueGeneratedNever();
        builder.HasOne(g => g.Session).WithMany().HasForeignKey(g => g.SessionId);
        builder.HasIndex(g => g.ActingForId);
    }
}

internal sealed class ClientMapping : IEntityTypeConfiguration<Client>
{
    public void Configure(EntityTypeBuilder<Client> builder)
    {
        builder.Property(c => c.Id).ValueGeneratedNever();
        builder.HasIndex(c => c.ClientId).IsUnique();
        builder.Property(c => c.BackChannelLogoutUri).HasMaxLength(2000);
        builder.Property(c => c.SectorIdentifier).HasMaxLength(255);
    }
}

internal sealed class ProtocolKeyMapping : IEntityTypeConfiguration<ProtocolKey>
{
    public void Configure(EntityTypeBuilder<ProtocolKey> builder)
    {
        builder.Property(k => k.Id).ValueGeneratedNever();
        builder.HasIndex(k => k.KeyId).IsUnique();
    }
}

internal sealed class SignInAttemptsMapping : IEntityTypeConfiguration<SignInAttempts>
{
    public void Configure(EntityTypeBuilder<SignInAttempts> builder)
    {
        builder.HasKey(a => a.Key);
        builder.HasIndex(a => a.LastFailureAt);
    }
}
