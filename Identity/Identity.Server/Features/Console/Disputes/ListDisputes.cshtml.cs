using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Console.Access;
using Yinxin.Identity.Server.Features.Console.Accounts;
using Yinxin.Identity.Server.Features.Console.Counter;
using Yinxin.Identity.Server.Features.Disputes;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Console.Disputes;

/// <summary>Disputes of one state, newest first, page by page behind a key; or found by number or by the whole ID number, which travels in the form's body and is looked up as anywhere else: behind the brake.</summary>
internal sealed class ListDisputesModel(IdentityContext database, NotedSearches searches, IAuditTrail audit, TimeProvider time) : ConsolePage
{
    private const int PageSize = 20;
    private const int IdNumberLength = 18;

    [BindProperty(SupportsGet = true)]
    public DisputeState State { get; set; } = DisputeState.Open;

    [BindProperty(SupportsGet = true)]
    public Guid? Before { get; set; }

    [BindProperty]
    public string? Text { get; set; }

    public bool Searched { get; private set; }

    public DateTimeOffset Now => time.GetUtcNow();

    public IReadOnlyList<(Dispute Dispute, MaskedAccount Account)> Items { get; private set; } = [];

    public Guid? Next { get; private set; }

    /// <summary>A slip is nobody's business before its bearer comes.</summary>
    public static IReadOnlyList<DisputeState> States { get; } = [DisputeState.Open, DisputeState.Granted, DisputeState.Rejected];

    protected override IReadOnlyList<string> Readers => ConsoleRights.ReadDisputes;

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken)
    {
        if (!ModelState.IsValid || !States.Contains(State))
        {
            return BadRequest();
        }

        await ReadAsync(database.Disputes.Where(d => d.State == State && (Before == null || d.Id.CompareTo(Before.Value) < 0)), cancellationToken);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        var text = (Text ?? "").Trim().ToUpperInvariant();
        Guid? account;
        if (text.Length == IdNumberLength)
        {
            try
            {
                var (accounts, _) = await searches.FindAsync(Me, SearchPlace.Disputes, SearchBy.IdNumber, text, after: null, cancellationToken);
                account = accounts is [var only] ? only.Id : null;
            }
            catch (ProblemException e) when (e.Problem.Status == StatusCodes.Status429TooManyRequests)
            {
                await ReadOpenAsync(cancellationToken);
                return Refuse("", e.Problem);
            }

            if (account is { } key)
            {
                await ReadAsync(database.Disputes.Where(d => d.State != DisputeState.Asked && d.AccountId == key), cancellationToken);
            }
        }
        else if (DisputeNumbers.Normalise(text) is { } number)
        {
            await ReadAsync(database.Disputes.Where(d => d.State != DisputeState.Asked && d.Number == number), cancellationToken);
            account = Items is [var one] ? one.Account.Id : null;
        }
        else
        {
            await ReadOpenAsync(cancellationToken);
            return Refuse(nameof(Text), CounterProblemsOfPages.BadSearch);
        }

        (Searched, Next) = (true, null);
        audit.Add(new AuditEntry("dispute.searched", account?.ToString(), Me.Id.ToString(), Me.Name, new { found = Items.Count }));
        await database.SaveChangesAsync(cancellationToken);
        return Page();
    }

    private Task ReadOpenAsync(CancellationToken cancellationToken) => ReadAsync(database.Disputes.Where(d => d.State == DisputeState.Open), cancellationToken);

    private async Task ReadAsync(IQueryable<Dispute> query, CancellationToken cancellationToken)
    {
        var found = await query.AsNoTracking().OrderByDescending(d => d.Id).Take(PageSize + 1).ToListAsync(cancellationToken);
        var shown = found.Take(PageSize).ToList();
        var keys = shown.Select(d => d.AccountId!.Value).Distinct().ToArray();
        var accounts = await database.Users.AsNoTracking().Include(a => a.Person).Where(a => keys.Contains(a.Id)).ToDictionaryAsync(a => a.Id, cancellationToken);
        Items = [.. shown.Select(d => (d, MaskedAccount.Of(accounts[d.AccountId!.Value])))];
        Next = found.Count > PageSize ? shown[^1].Id : null;
    }
}
