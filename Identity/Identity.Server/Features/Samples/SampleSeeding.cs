using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance;
using Yinxin.Identity.Server.Features.SignIn;

namespace Yinxin.Identity.Server.Features.Samples;

/// <summary>Makes the sample accounts once: those whose sign-in name exists are left alone. Their evidence says it is a sample.</summary>
internal sealed class SampleSeeding(IServiceScopeFactory scopes, IConfiguration configuration, TimeProvider time) : IHostedService
{
    private const string Source = "sample";

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var samples = configuration.GetSection(SampleAccountSettings.Section).Get<List<SampleAccountSettings>>() ?? [];
        if (samples.Count == 0)
        {
            return;
        }

        await using var scope = scopes.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<IdentityContext>();
        var personal = scope.ServiceProvider.GetRequiredService<PersonalData>();
        var hasher = scope.ServiceProvider.GetRequiredService<IPasswordHasher<Account>>();
        foreach (var sample in samples)
        {
            var name = AccountFinder.Normalise(sample.SignInName);
            if (await database.Users.AnyAsync(a => a.NormalizedUserName == name, cancellationToken))
            {
                continue;
            }

            Add(sample, database, personal, hasher);
            await database.SaveChangesAsync(cancellationToken);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void Add(SampleAccountSettings sample, IdentityContext database, PersonalData personal, IPasswordHasher<Account> hasher)
    {
        var now = time.GetUtcNow();
        var account = new Account
        {
            Id = Guid.CreateVersion7(now),
            Kind = sample.Kind == "staff" ? AccountKind.Staff : AccountKind.Person,
            UserName = sample.SignInName,
            NormalizedUserName = AccountFinder.Normalise(sample.SignInName),
            SecurityStamp = Guid.NewGuid().ToString(),
            CreatedAt = now,
        };
        account.PasswordHash = hasher.HashPassword(account, sample.Password);
        if (account.Kind == AccountKind.Staff)
        {
            account.StaffMember = new StaffMember
            {
                Id = account.Id,
                Name = sample.Name,
                DepartmentUscc = sample.Department?.Uscc ?? "",
                DepartmentName = sample.Department?.Name ?? "",
                Roles = [.. sample.Roles.Split(' ', StringSplitOptions.RemoveEmptyEntries)],
                Hall = string.IsNullOrEmpty(sample.Hall) ? null : sample.Hall,
                HallLevel = string.IsNullOrEmpty(sample.HallLevel) ? null : sample.HallLevel,
                CreatedAt = now,
            };
        }
        else
        {
            var facts = new PersonFacts(sample.Name, sample.Sex, sample.Ethnicity, sample.IdNumber, MobilePhones.Normalise(sample.Phone) ?? sample.Phone);
            account.Person = Person.New(account.Id, facts, personal, now);
            database.Evidence.AddRange(Kinds(sample).Select(kind => NewEvidence(account.Id, kind, now)));
            AddOrganisation(sample, account.Id, database, now);
        }

        database.Users.Add(account);
    }

    private static void AddOrganisation(SampleAccountSettings sample, Guid representative, IdentityContext database, DateTimeOffset now)
    {
        if (sample.Organisation is not { Uscc.Length: > 0 } given)
        {
            return;
        }

        var organisation = new Organisation
        {
            Id = Guid.CreateVersion7(now),
            Uscc = given.Uscc,
            Name = given.Name,
            LegalRepresentativeId = representative,
            CreatedAt = now,
        };
        database.Organisations.Add(organisation);
        List<string> kinds = [EvidenceKinds.MarketRegistryMatch, EvidenceKinds.OrganisationCodeMatch, EvidenceKinds.LegalRepresentativeMatch];
        if (IsIntermediate(sample))
        {
            kinds.Add(EvidenceKinds.Counter);
        }

        database.Evidence.AddRange(kinds.Select(kind => NewEvidence(organisation.Id, kind, now)));
    }

    private static List<string> Kinds(SampleAccountSettings sample)
    {
        List<string> kinds = [EvidenceKinds.PopulationMatch, EvidenceKinds.PhoneCode, EvidenceKinds.Password];
        if (IsIntermediate(sample))
        {
            kinds.Add(EvidenceKinds.Counter);
        }

        return kinds;
    }

    private static bool IsIntermediate(SampleAccountSettings sample) => AssuranceNames.Parse(sample.Level) == AssuranceLevel.Intermediate;

    private static Evidence NewEvidence(Guid subject, string kind, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(now),
        SubjectId = subject,
        Kind = kind,
        Source = Source,
        Method = Source,
        AssuredBy = Source,
        VerifiedAt = now,
        State = EvidenceState.Active,
        MatchedAttributes = Matched(kind),
    };

    /// <summary>As real evidence of the kind names it; else a sample could show no verified claim.</summary>
    private static List<string> Matched(string kind) => kind switch
    {
        EvidenceKinds.PopulationMatch => ["idNumber", "name", "sex", "ethnicity"],
        EvidenceKinds.PhoneCode => ["phone"],
        EvidenceKinds.Counter => ["idNumber", "name"],
        _ => [],
    };
}
