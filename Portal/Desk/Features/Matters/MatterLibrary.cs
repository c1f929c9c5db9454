using System.Reflection;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Yinxin.Desk.Data;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Desk.Features.Matters;

/// <summary>GET /api/matters and /api/matters/{code}: public, from one source for portal, hall and others.</summary>
internal static class MatterLibrary
{
    private const int LargestPage = 50;
    public static readonly Problem Unknown = new("matter.unknown", 404, "没有该事项。", "There is no such matter.");

    public static void Map(WebApplication app)
    {
        app.MapGet("/api/matters", SearchAsync);
        app.MapGet("/api/matters/{code}", async (string code, DeskContext database, CancellationToken cancellationToken) =>
            Results.Content((await FindAsync(database, code, cancellationToken)).Json, "application/json"));
    }

    public static async Task<MatterRecord> FindAsync(DeskContext database, string code, CancellationToken cancellationToken) =>
        await database.Matters.AsNoTracking().SingleOrDefaultAsync(m => m.ImplementationCode == code, cancellationToken) ?? throw Unknown.Exception();

    /// <summary>Every pair of neighbouring letters of a name; the same cut for both databases, so both find two-character words.</summary>
    public static IEnumerable<string> Tokens(string text)
    {
        var words = text.ToLowerInvariant().Split([' ', '(', ')', '（', '）', '、', '-', ','], StringSplitOptions.RemoveEmptyEntries);
        foreach (var word in words)
        {
            if (word[0] < 0x2E80)
            {
                yield return word[..Math.Min(30, word.Length)];
                continue;
            }

            for (var i = 0; i + 1 < word.Length; i++)
            {
                yield return word.Substring(i, 2);
            }

            if (word.Length == 1)
            {
                yield return word;
            }
        }
    }

    private static async Task<object> SearchAsync(string? q, string? @object, int? page, int? size, DeskContext database, CancellationToken cancellationToken)
    {
        var matters = database.Matters.AsNoTracking();
        foreach (var token in Tokens(q ?? "").Distinct(StringComparer.Ordinal).Take(8))
        {
            matters = token[0] < 0x2E80
                ? matters.Where(m => database.MatterTokens.Any(t => t.ImplementationCode == m.ImplementationCode && t.Token.StartsWith(token)))
                : matters.Where(m => database.MatterTokens.Any(t => t.ImplementationCode == m.ImplementationCode && t.Token == token));
        }

        if (@object is { Length: > 0 and < 40 })
        {
            var wanted = $" {@object} ";
            matters = matters.Where(m => m.ServiceObjects.Contains(wanted));
        }

        var number = Math.Clamp(page ?? 1, 1, 10_000);
        var length = Math.Clamp(size ?? 10, 1, LargestPage);
        var total = await matters.CountAsync(cancellationToken);
        var found = await matters.OrderBy(m => m.Order).Skip((number - 1) * length).Take(length).ToListAsync(cancellationToken);
        return new
        {
            page = number,
            pageSize = length,
            total,
            items = found.Select(m =>
            {
                var matter = Matter.Parse(m.Json);
                return new
                {
                    m.ImplementationCode,
                    m.Name,
                    m.NameEn,
                    body = m.BodyName,
                    m.Online,
                    matter.ServiceObjects,
                    matter.PromisedLimit,
                    fee = matter.FeeFen,
                    level = matter.RequiredAssurance.GetValueOrDefault("apply"),
                    applicable = matter.Form.Count > 0,
                };
            }),
        };
    }
}

/// <summary>Brings the sample matters in at first run.</summary>
internal sealed class MatterImport(IServiceProvider services) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await using var scope = services.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<DeskContext>();
        if (await database.Matters.AnyAsync(cancellationToken))
        {
            return;
        }

        await using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("sample-matters.json")!;
        using var document = await JsonDocument.ParseAsync(stream, cancellationToken: cancellationToken);
        var order = 0;
        foreach (var element in document.RootElement.GetProperty("matters").EnumerateArray())
        {
            var matter = Matter.Parse(element.GetRawText());
            database.Matters.Add(new MatterRecord
            {
                ImplementationCode = matter.ImplementationCode,
                // Matters that can be applied for here stand first.
                Order = (matter.Form.Count > 0 ? 0 : 1000) + order++,
                Name = matter.Name,
                NameEn = matter.NameEn,
                BodyUscc = matter.ImplementingBody.Uscc,
                BodyName = matter.ImplementingBody.Name,
                ServiceObjects = $" {string.Join(' ', matter.ServiceObjects)} ",
                Online = matter.IsOnline,
                Json = element.GetRawText(),
            });
            var tokens = MatterLibrary.Tokens($"{matter.Name} {matter.NameEn} {matter.ImplementingBody.Name} {matter.Result?.Name}");
            database.MatterTokens.AddRange(tokens.Distinct(StringComparer.Ordinal).Select(t => new MatterToken { Token = t, ImplementationCode = matter.ImplementationCode }));
        }

        await database.SaveChangesAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
