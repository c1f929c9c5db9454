using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance.Policy;
using Yinxin.Identity.Server.Features.Assurance.Regradings;
using Yinxin.Identity.Server.Features.Console.Access;
using Yinxin.Identity.Server.Features.Endings;
using Yinxin.Identity.Server.Features.Officials;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Endings;

namespace Yinxin.Identity.Server.Features.Assurance.Administration;

/// <summary>How a policy is changed, for the API and the console alike: proposed, tried on everybody, put in force by another official. Who may call it is the caller's question.</summary>
internal sealed class PolicyAdministration(IdentityContext database, AssurancePolicies policies, EndingsLog endings, IAuditTrail audit, TimeProvider time)
{
    /// <exception cref="Yinxin.ServiceDefaults.Problems.ProblemException">One of <see cref="PolicyProblems"/>; the invalid document's with <c>member</c> and <c>reason</c>.</exception>
    public async Task<AssurancePolicyVersion> ProposeAsync(Session session, string document, string? why, CancellationToken cancellationToken)
    {
        if (why?.Trim() is not { Length: > 0 and <= 500 } note)
        {
            throw PolicyProblems.NoNote.Exception();
        }

        if (LastingText.NamesSomebody(note))
        {
            throw LastingText.Personal.Exception();
        }

        try
        {
            AssurancePolicyReading.Read(Encoding.UTF8.GetBytes(document));
        }
        catch (AssurancePolicyException e)
        {
            var problem = PolicyProblems.Invalid.Exception();
            problem.Extensions["member"] = e.Member;
            problem.Extensions["reason"] = e.Reason;
            throw problem;
        }

        var current = (await policies.InForceAsync(database, cancellationToken)).Version;
        var inForce = await database.AssurancePolicyVersions.Where(p => p.Version == current).Select(p => p.Document).FirstAsync(cancellationToken);
        if (JsonElement.DeepEquals(JsonSerializer.Deserialize<JsonElement>(inForce), JsonSerializer.Deserialize<JsonElement>(document)))
        {
            throw PolicyProblems.Unchanged.Exception();
        }

        var proposed = new AssurancePolicyVersion
        {
            Version = await database.AssurancePolicyVersions.MaxAsync(p => p.Version, cancellationToken) + 1,
            Document = document,
            Digest = AssurancePolicies.DigestOf(document),
            Note = note,
            ProposedBy = session.AccountId.ToString(),
            ProposedAt = time.GetUtcNow(),
        };
        database.AssurancePolicyVersions.Add(proposed);
        audit.Add(new AuditEntry("policy.proposed", $"assurance-policy/{proposed.Version}", proposed.ProposedBy, session.Account!.DisplayName, new { proposed.Digest, note }));
        try
        {
            await database.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException)
        {
            throw PolicyProblems.Conflict.Exception();
        }

        return proposed;
    }

    /// <summary>Whom would it raise or lower, against the policy in force: accounts, organisations, and those who are signed in.</summary>
    /// <exception cref="Yinxin.ServiceDefaults.Problems.ProblemException">One of <see cref="PolicyProblems"/>.</exception>
    public async Task<Regrading> DryRunAsync(Session session, int version, CancellationToken cancellationToken)
    {
        await WaitingAsync(version, cancellationToken);
        if (await database.Regradings.AnyAsync(r => r.PolicyVersion == version && r.State == RegradingState.Running, cancellationToken))
        {
            throw PolicyProblems.Running.Exception();
        }

        // Asked of the database and not of what this node remembers, or it could be compared with one that was just replaced elsewhere.
        var inForce = await database.AssurancePolicyVersions.Where(p => p.ActivatedAt != null && p.RetiredAt == null).MaxAsync(p => p.Version, cancellationToken);
        var run = await BeginAsync(version, dryRun: true, inForce, session, cancellationToken);
        audit.Add(new AuditEntry("policy.dryRun", $"assurance-policy/{version}", run.StartedBy, session.Account!.DisplayName, new { run = run.Id, run.Total }));
        await database.SaveChangesAsync(cancellationToken);
        return run;
    }

    /// <summary>Another person than the proposer, who proved themselves a short time ago, puts it in force, and everybody is graded anew.</summary>
    /// <exception cref="Yinxin.ServiceDefaults.Problems.ProblemException">One of <see cref="PolicyProblems"/>.</exception>
    public async Task<Regrading> ActivateAsync(Session session, int version, CancellationToken cancellationToken)
    {
        var proposed = await WaitingAsync(version, cancellationToken);
        var official = session.AccountId.ToString();
        // One person may have two accounts as an official: names count as keys do, as where four eyes decide.
        var name = session.Account!.DisplayName;
        if (proposed.ProposedBy == official || (Guid.TryParse(proposed.ProposedBy, out var proposer) && await OneName.IsOfAsync(database, proposer, name, cancellationToken)))
        {
            throw PolicyProblems.OwnProposal.Exception();
        }

        if (time.GetUtcNow() - session.AuthenticatedAt > ConsolePage.Recent)
        {
            throw PolicyProblems.NotRecent.Exception();
        }

        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        // First, as everywhere: a run that grades has the turn and waits for its row at the end; who had that row and waited for the turn would wait for ever.
        await AuditChain.TakeTurnAsync(database, cancellationToken);
        var now = time.GetUtcNow();
        var current = await database.AssurancePolicyVersions.AsNoTracking().Where(p => p.ActivatedAt != null && p.RetiredAt == null).FirstAsync(cancellationToken);
        if (version < current.Version)
        {
            // Tokens say the version that judged them, and are of before when another one has a higher number: numbers only rise. Proposed again it has one.
            throw PolicyProblems.Passed.Exception();
        }

        var tried = await database.Regradings.AsNoTracking().Where(r => r.PolicyVersion == version && r.DryRun && r.State == RegradingState.Done)
            .OrderByDescending(r => r.StartedAt).FirstOrDefaultAsync(cancellationToken);
        if (tried is null || tried.StartedAt < current.ActivatedAt || (tried.AgainstVersion is { } against && against != current.Version))
        {
            throw PolicyProblems.NoDryRun.Exception();
        }

        // Both conditional: of two administrators at the same moment one finds the row changed.
        var retired = await database.AssurancePolicyVersions.Where(p => p.Version == current.Version && p.RetiredAt == null)
            .ExecuteUpdateAsync(p => p.SetProperty(x => x.RetiredAt, now), cancellationToken);
        var activated = await database.AssurancePolicyVersions.Where(p => p.Version == version && p.ActivatedAt == null)
            .ExecuteUpdateAsync(p => p.SetProperty(x => x.ActivatedAt, now).SetProperty(x => x.ActivatedBy, official), cancellationToken);
        if (retired + activated != 2)
        {
            throw PolicyProblems.Conflict.Exception();
        }

        // A run of the former policy would undo what this one does.
        await database.Regradings.Where(r => !r.DryRun && r.State == RegradingState.Running)
            .ExecuteUpdateAsync(r => r.SetProperty(x => x.State, RegradingState.Stopped).SetProperty(x => x.EndedAt, now).SetProperty(x => x.Turn, x => x.Turn + 1), cancellationToken);
        var run = await BeginAsync(version, dryRun: false, current.Version, session, cancellationToken);

        // One entry for all whom it lowers: every token of before is made anew once, which costs a refresh for each app in use and no entry for each account.
        endings.Add(EndedKinds.Policy, Guid.Empty, version);
        audit.Add(new AuditEntry("policy.activated", $"assurance-policy/{version}", official, session.Account!.DisplayName, new
        {
            proposed.Digest,
            proposed.ProposedBy,
            former = current.Version,
            dryRun = new { tried.Id, tried.Raised, tried.Lowered, sessions = SessionChanges.Parse(tried.Sessions) },
            run = run.Id,
        }));
        await database.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(CancellationToken.None);
        policies.Forget();
        return run;
    }

    private async Task<AssurancePolicyVersion> WaitingAsync(int version, CancellationToken cancellationToken)
    {
        var proposed = await database.AssurancePolicyVersions.AsNoTracking().FirstOrDefaultAsync(p => p.Version == version, cancellationToken) ?? throw PolicyProblems.Unknown.Exception();
        return proposed.ActivatedAt is null ? proposed : throw PolicyProblems.NotWaiting.Exception();
    }

    private async Task<Regrading> BeginAsync(int version, bool dryRun, int against, Session session, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var run = new Regrading
        {
            Id = Guid.CreateVersion7(now),
            PolicyVersion = version,
            DryRun = dryRun,
            AgainstVersion = against,
            Total = await database.Grades.LongCountAsync(cancellationToken),
            StartedBy = session.AccountId.ToString(),
            StartedAt = now,
        };
        database.Regradings.Add(run);
        return run;
    }
}
