using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Console.Access;
using Yinxin.Identity.Server.Features.DataKeys;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Console.Keys;

/// <summary>Changes of the key under which personal data are encrypted: begun by the system administrator, who sees the progress and none of the data.</summary>
internal sealed class ListKeyRotationsModel(IdentityContext database, KeyRotationStart start, TimeProvider time) : ConsolePage
{
    private const int Newest = 50;

    public IReadOnlyList<KeyRotation> Items { get; private set; } = [];

    public bool Runs => Items.Any(r => r.Phase != KeyRotationPhase.Done);

    protected override IReadOnlyList<string> Readers => ConsoleRights.ReadKeys;

    public Task OnGetAsync(CancellationToken cancellationToken) => ReadAsync(cancellationToken);

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        Demand(ConsoleRights.ChangeKeys);
        if (SignInAgain(time) is { } proof)
        {
            return proof;
        }

        try
        {
            await start.BeginAsync(Me.Id, Me.Name, cancellationToken);
            return LocalRedirect("/console/keys");
        }
        catch (ProblemException e) when (e.Problem == KeyRotationStart.Running)
        {
            await ReadAsync(cancellationToken);
            return Refuse("", e.Problem);
        }
    }

    /// <summary>100 only when the former key is destroyed.</summary>
    public static int Percent(KeyRotation run) => RotateKeys.View.Of(run).Percent;

    private async Task ReadAsync(CancellationToken cancellationToken) =>
        Items = await database.KeyRotations.AsNoTracking().OrderByDescending(r => r.Version).Take(Newest).ToListAsync(cancellationToken);
}
