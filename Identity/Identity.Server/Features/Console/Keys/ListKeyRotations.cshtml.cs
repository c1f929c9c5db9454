using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Console.Access;
using Yinxin.Identity.Server.Features.DataKeys;
using Yinxin.Identity.Server.Features.Protocol.Keys;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Console.Keys;

/// <summary>
/// The keys of tokens, each with its state; and changes of the key under which personal data are encrypted: begun by the system administrator, who sees the progress and none of the data.
/// </summary>
internal sealed class ListKeyRotationsModel(IdentityContext database, KeyRotationStart start, IOptions<ProtocolKeySettings> settings, TimeProvider time) : ConsolePage
{
    private const int Newest = 50;

    public IReadOnlyList<KeyRotation> Items { get; private set; } = [];

    public IReadOnlyList<ShownKey> ProtocolKeys { get; private set; } = [];

    public bool Runs => Items.Any(r => r.Phase != KeyRotationPhase.Done);

    protected override IReadOnlyList<string> Readers => ConsoleRights.ReadProtocolKeys;

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

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        ProtocolKeys = await ShownKey.AllAsync(database, settings.Value, time.GetUtcNow(), cancellationToken);
        Items = Me.Holds(ConsoleRights.ReadKeys)
            ? await database.KeyRotations.AsNoTracking().OrderByDescending(r => r.Version).Take(Newest).ToListAsync(cancellationToken)
            : [];
    }
}
