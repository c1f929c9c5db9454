using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Console.Access;
using Yinxin.Identity.Server.Features.Imports;

namespace Yinxin.Identity.Server.Features.Console.Imports;

/// <summary>What was handed over, the newest first, page by page behind a key.</summary>
internal sealed class ListImportsModel(IdentityContext database, ImportSenders senders, TimeProvider time) : ConsolePage
{
    private const int PageSize = 20;

    [BindProperty(SupportsGet = true)]
    public Guid? Before { get; set; }

    public IReadOnlyList<Import> Items { get; private set; } = [];

    /// <summary>Who began them, in words.</summary>
    public IReadOnlyDictionary<string, string> Senders { get; private set; } = new Dictionary<string, string>(StringComparer.Ordinal);

    public Guid? Next { get; private set; }

    public DateTimeOffset Now { get; } = time.GetUtcNow();

    protected override IReadOnlyList<string> Readers => ConsoleRights.ReadImports;

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken)
    {
        if (!ModelState.IsValid)
        {
            return BadRequest();
        }

        var from = Before is null ? null : await database.Imports.AsNoTracking().FirstOrDefaultAsync(i => i.Id == Before, cancellationToken);
        if (Before is not null && from is null)
        {
            return NotFound();
        }

        var found = await ImportEndpoints.NewestBefore(database.Imports.AsNoTracking(), from).Take(PageSize + 1).ToListAsync(cancellationToken);
        Items = [.. found.Take(PageSize)];
        Senders = await senders.NamesAsync(Items, cancellationToken);
        Next = found.Count > PageSize ? found[PageSize - 1].Id : null;
        return Page();
    }
}
