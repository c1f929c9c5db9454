using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance;
using Yinxin.Identity.Server.Features.Protocol.Token;
using Yinxin.Identity.Server.Features.Raising.Ways;
using Yinxin.Identity.Server.Features.Sessions;

namespace Yinxin.Identity.Server.Features.MyAccount;

/// <summary>What Identity knows of the person, masked, what the level rests on, what is missing for the next, and the ways to change it.</summary>
[Authorize]
internal sealed class AccountModel(IdentityContext database, SessionStore sessions, SessionLevels levels, GradeReader grades, RaisingWays ways) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public string? Done { get; set; }

    public Session Current { get; private set; } = new();

    /// <summary>What the account is at.</summary>
    public AssuranceLevel Level { get; private set; }

    /// <summary>What this sign-in carries of it.</summary>
    public AssuranceLevel SignInLevel { get; private set; }

    /// <summary>The same with its reasons.</summary>
    public Grade? Grade { get; private set; }

    /// <summary>How it can be renewed, or carried by something else as well.</summary>
    public IReadOnlyList<(RaisingWay Way, string Address)> Renewals { get; private set; } = [];

    /// <summary>A match stands that compared neither sex nor ethnicity (a register's notice of a new name, a record that a city handed over): no application gets these until they are compared.</summary>
    public bool LacksSex => Grade?.Carrying.Where(c => c.Record.Kind == EvidenceKinds.PopulationMatch).ToList() is { Count: > 0 } matches && !matches.Exists(c => c.Record.MatchedAttributes.Contains("sex", StringComparer.Ordinal));

    /// <summary>Unread notices.</summary>
    public int Unread { get; private set; }

    /// <summary>Whether a recovery waits that this session can stop.</summary>
    public bool RecoveryWaits { get; private set; }

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        Current = await sessions.FindLiveAsync(User.SessionId()!.Value, cancellationToken)
            ?? throw new InvalidOperationException("The session ended during the request.");
        Unread = await database.Notices.CountAsync(n => n.AccountId == Current.AccountId && n.ReadAt == null, cancellationToken);
        RecoveryWaits = await database.RecoveryRequests.AnyAsync(r => r.AccountId == Current.AccountId && r.State == RecoveryState.Waiting, cancellationToken);
        var level = await levels.OfAsync(Current, acting: null, cancellationToken);
        (Level, SignInLevel) = (level.Account, level.Effective);
        if (Current.Account!.Kind == AccountKind.Person)
        {
            var policy = await grades.PolicyAsync(cancellationToken);
            Grade = await grades.OfAsync(policy, SubjectKind.Person, Current.AccountId, cancellationToken);
            Renewals = ways.OpenRenewals(Grade, policy.Document, organisation: null, "/account");
        }
    }
}
