using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Console.Access;
using Yinxin.ServiceDefaults.Audit;

namespace Yinxin.Identity.Server.Features.Console.AuditSearch;

/// <summary>Where the console shows what records are about, as far as their reader may open it. Looked up for a page of records at once, each kind by its key.</summary>
internal sealed partial class AuditSubjects
{
    private readonly Dictionary<string, string> pages = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> disputes = new(StringComparer.Ordinal);

    public static AuditSubjects None { get; } = new();

    public static async Task<AuditSubjects> LoadAsync(IdentityContext database, ConsoleOfficial reader, IReadOnlyList<AuditRecord> records, CancellationToken cancellationToken)
    {
        var found = new AuditSubjects();
        Guid[] keys = [.. records.Select(r => Guid.TryParse(r.SubjectId, out var key) ? key : Guid.Empty).Where(k => k != Guid.Empty).Distinct()];
        if (keys.Length > 0)
        {
            await found.AddAsync(database, reader, keys, cancellationToken);
        }

        string[] numbers = [.. records.Select(DisputeNumber).OfType<string>().Distinct(StringComparer.Ordinal)];
        if (numbers.Length > 0 && reader.Holds(ConsoleRights.ReadDisputes))
        {
            foreach (var dispute in await database.Disputes.AsNoTracking().Where(d => numbers.Contains(d.Number) && d.State != DisputeState.Asked).Select(d => new { d.Id, d.Number }).ToListAsync(cancellationToken))
            {
                found.disputes[dispute.Number] = $"/console/disputes/{dispute.Id}";
            }
        }

        if (reader.Holds(ConsoleRights.ReadPolicies))
        {
            foreach (var subject in records.Select(r => r.SubjectId).OfType<string>())
            {
                if (Policy().Match(subject) is { Success: true } policy)
                {
                    found.pages[subject] = $"/console/policies/{policy.Groups["version"].Value}";
                }
            }
        }

        return found;
    }

    /// <summary>The page of what the record is about; null where the console has none, or none for its reader.</summary>
    public string? PageOf(AuditRecord record) => record.SubjectId is { } subject ? pages.GetValueOrDefault(subject) : null;

    /// <summary>A record of a dispute is about the account; this is the dispute.</summary>
    public (string Number, string Page)? DisputeOf(AuditRecord record) => DisputeNumber(record) is { } number && disputes.TryGetValue(number, out var page) ? (number, page) : null;

    private async Task AddAsync(IdentityContext database, ConsoleOfficial reader, Guid[] keys, CancellationToken cancellationToken)
    {
        foreach (var account in await database.Users.AsNoTracking().Where(a => keys.Contains(a.Id)).Select(a => new { a.Id, a.Kind }).ToListAsync(cancellationToken))
        {
            Add(account.Id, account.Kind == AccountKind.Staff ? "staff" : "accounts", account.Kind == AccountKind.Staff ? ConsoleRights.ReadStaff : ConsoleRights.ReadAccounts);
        }

        foreach (var organisation in await database.Organisations.AsNoTracking().Where(o => keys.Contains(o.Id)).Select(o => o.Id).ToListAsync(cancellationToken))
        {
            Add(organisation, "organisations", ConsoleRights.ReadAccounts);
        }

        foreach (var mandate in await database.Mandates.AsNoTracking().Where(m => keys.Contains(m.Id)).Select(m => m.Id).ToListAsync(cancellationToken))
        {
            Add(mandate, "mandates", ConsoleRights.ReadAccounts);
        }

        foreach (var dispute in await database.Disputes.AsNoTracking().Where(d => keys.Contains(d.Id) && d.State != DisputeState.Asked).Select(d => d.Id).ToListAsync(cancellationToken))
        {
            Add(dispute, "disputes", ConsoleRights.ReadDisputes);
        }

        foreach (var import in await database.Imports.AsNoTracking().Where(i => keys.Contains(i.Id)).Select(i => i.Id).ToListAsync(cancellationToken))
        {
            Add(import, "imports", ConsoleRights.ReadImports);
        }

        void Add(Guid key, string kind, IReadOnlyList<string> readers)
        {
            if (reader.Holds(readers))
            {
                pages[key.ToString()] = $"/console/{kind}/{key}";
            }
        }
    }

    private static string? DisputeNumber(AuditRecord record)
    {
        if (record.Details is not { } details || !record.Action.StartsWith("dispute.", StringComparison.Ordinal))
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(details);
            return document.RootElement is { ValueKind: JsonValueKind.Object } root && root.TryGetProperty("number", out var number) && number.ValueKind == JsonValueKind.String ? number.GetString() : null;
        }
        catch (JsonException)
        {
            // Whoever edited a record may have left anything there; the page is to show it all the same.
            return null;
        }
    }

    [GeneratedRegex("^assurance-policy/(?<version>[0-9]{1,9})$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Policy();
}
