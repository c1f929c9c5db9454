using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance;
using Yinxin.Identity.Server.Features.Assurance.Regradings;
using Yinxin.Identity.Server.Features.Console.Access;
using Yinxin.Identity.Server.Features.Console.Accounts;
using Yinxin.Web.Components;

namespace Yinxin.Identity.Server.Features.Console.Policies;

/// <summary>How far a run is, and whom it raises or lowers, masked. With script it moves by itself.</summary>
internal sealed class ShowRunModel(IdentityContext database) : ConsolePage
{
    private const int MostExamples = 20;

    public Regrading Run { get; private set; } = null!;

    public IReadOnlyList<Example> Examples { get; private set; } = [];

    /// <summary>What changes for those who are signed in; null in a run in earnest.</summary>
    public SessionChanges? Sessions { get; private set; }

    /// <summary>100 only when it is done.</summary>
    public int Percent => Run.State == RegradingState.Done ? 100 : (int)Math.Min(99, Run.Total == 0 ? 0 : Run.Seen * 100 / Run.Total);

    protected override IReadOnlyList<string> Readers => ConsoleRights.ReadPolicies;

    public async Task<IActionResult> OnGetAsync(Guid id, CancellationToken cancellationToken)
    {
        if (await database.Regradings.AsNoTracking().FirstOrDefaultAsync(r => r.Id == id, cancellationToken) is not { } run)
        {
            return NotFound();
        }

        (Run, Sessions) = (run, SessionChanges.Parse(run.Sessions));
        var stored = (JsonSerializer.Deserialize<List<Stored>>(run.Examples, JsonSerializerOptions.Web) ?? []).Take(MostExamples).ToList();
        var keys = stored.Select(e => e.SubjectId).ToArray();
        var accounts = await database.Users.AsNoTracking().Include(a => a.Person).Where(a => keys.Contains(a.Id)).ToDictionaryAsync(a => a.Id, cancellationToken);
        var organisations = await database.Organisations.AsNoTracking().Where(o => keys.Contains(o.Id)).ToDictionaryAsync(o => o.Id, o => o.Name, cancellationToken);
        Examples = [.. stored.Select(e => Of(e, accounts, organisations))];
        return this.PageOrPart("/Features/Console/Policies/_Run.cshtml");
    }

    private static Example Of(Stored e, Dictionary<Guid, Account> accounts, Dictionary<Guid, string> organisations)
    {
        var (name, href) = accounts.TryGetValue(e.SubjectId, out var account) ? (MaskedAccount.Of(account) is var m ? $"{m.Name} {m.IdNumber}" : "", $"/console/accounts/{e.SubjectId}")
            : organisations.TryGetValue(e.SubjectId, out var organisation) ? (organisation, $"/console/organisations/{e.SubjectId}") : (e.SubjectId.ToString(), null);
        return new Example(name, href, AssuranceNames.Parse(e.Was) ?? AssuranceLevel.None, AssuranceNames.Parse(e.Level) ?? AssuranceLevel.None);
    }

    internal sealed record Example(string Name, string? Href, AssuranceLevel Was, AssuranceLevel Level);

    private sealed record Stored(Guid SubjectId, string Was, string Level);
}
