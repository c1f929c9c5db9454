using Microsoft.EntityFrameworkCore;
using Yinxin.Sandbox.Data;
using Yinxin.Sandbox.Features.Population;
using Yinxin.Sandbox.Registers;
using Yinxin.Sandbox.Signing;
using Yinxin.ServiceDefaults.Outbox;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Sandbox.Features.Changes;

/// <summary>
/// What changes in the registers: <c>POST /changes/v1/samples</c> makes a death, a change of name (of a person or an organisation), a dissolution or a new legal representative happen, or an authority take back
/// an answer that it gave; subscribers are told at once by a signed push, and each authority has a signed feed to compare with at night.
/// </summary>
internal static class Changes
{
    private const string Withdrawn = "withdrawn";
    private const string NameChanged = "name-changed";
    private const int LongestOrganisationName = 100;
    private const int MostAtOnce = 25;
    private static readonly Problem Bad = new(
        "sandbox.change", 422, "变更内容不正确。",
        "kind deceased or name-changed (with name) and idNumber, or dissolved, name-changed (with name) or representative-changed (with representativeIdNumber) and uscc, of the registers; or kind withdrawn with authority and receipt.");

    public static void Map(RouteGroupBuilder api)
    {
        api.MapPost("/changes/v1/samples", MakeAsync);
        foreach (var authority in AuthorityKeys.Names)
        {
            api.MapPost($"/{authority}/v1/changes", async (FeedRequest request, SandboxContext database, AuthorityKeys keys, TimeProvider time) =>
            {
                var changes = await database.Changes.AsNoTracking().Where(c => c.Authority == authority && c.Number > request.After)
                    .OrderBy(c => c.Number).Take(Math.Clamp(request.Take, 1, MostAtOnce)).ToListAsync();
                return new Feed(Receipts.New("L"), [.. changes.Select(c => ChangePush.Statement(c, keys, time))]);
            });
        }
    }

    /// <summary>Enters a change into the registers.</summary>
    public static bool Apply(RegisterChange change, Registers.Registers registers)
    {
        if (change.Kind == Withdrawn)
        {
            // No register changes by it: it is about an answer.
            return change is { Receipt.Length: > 0 and <= 200, IdNumber: null, Uscc: null } && AuthorityKeys.Names.Contains(change.Authority, StringComparer.Ordinal);
        }

        if (change.IdNumber is not null)
        {
            if (registers.Person(change.IdNumber) is not { } person)
            {
                return false;
            }

            registers.Change(change.Kind == "deceased" ? person with { Status = RegisteredPerson.Deceased } : person with { Name = change.Name ?? person.Name });
            return change.Kind == "deceased" || (change.Kind == NameChanged && change.Name is { Length: > 0 and <= 50 });
        }

        if (registers.Organisation(change.Uscc) is not { } organisation)
        {
            return false;
        }

        if (change.Kind == "dissolved")
        {
            registers.Change(organisation with { Status = RegisteredOrganisation.Dissolved });
            return true;
        }

        if (change.Kind == NameChanged)
        {
            if (change.Name is not { Length: > 0 and <= LongestOrganisationName } name)
            {
                return false;
            }

            registers.Change(organisation with { Name = name });
            return true;
        }

        if (change.Kind != "representative-changed" || registers.Person(change.RepresentativeIdNumber) is not { } representative)
        {
            return false;
        }

        registers.Change(organisation with { LegalRepresentative = representative });
        return true;
    }

    private static async Task<IResult> MakeAsync(Request request, SandboxContext database, Registers.Registers registers, TimeProvider time)
    {
        var now = time.GetUtcNow();
        var change = new RegisterChange
        {
            Id = Guid.CreateVersion7(now).ToString("N"),
            Authority = request.Kind == Withdrawn ? request.Authority ?? "" : request.IdNumber is not null ? "population" : request.Uscc?[0] switch { '1' => "staffing", '5' => "civil-affairs", _ => "market" },
            Kind = request.Kind ?? "",
            At = now,
            IdNumber = request.IdNumber,
            Uscc = request.Uscc,
            Name = request.Name,
            RepresentativeIdNumber = request.RepresentativeIdNumber,
            Receipt = request.Receipt,
        };
        if (!Apply(change, registers))
        {
            throw Bad.Exception();
        }

        database.Changes.Add(change);
        if (request.Push ?? true)
        {
            database.Add(OutboxMessage.Create(ChangePush.KindName, change.Id, change.Id, now));
        }

        await database.SaveChangesAsync();
        return Results.Ok(new { change.Id, change.Number });
    }

    internal sealed record Request(string? Kind, string? IdNumber, string? Uscc, string? Name, string? RepresentativeIdNumber, bool? Push, string? Authority = null, string? Receipt = null);

    internal sealed record FeedRequest(long After, int Take);

    /// <param name="Receipt">Number of the answer.</param>
    /// <param name="Statements">Each change signed by itself: whoever keeps one as a receipt keeps nobody else's.</param>
    internal sealed record Feed(string Receipt, IReadOnlyList<string> Statements) : IAnswer;

    internal sealed record Told(string Id, long Number, string Kind, DateTimeOffset At, string? IdNumber, string? Uscc, string? Name, string? RepresentativeIdNumber, string? Receipt)
    {
        public static Told Of(RegisterChange c) => new(c.Id, c.Number, c.Kind, c.At, c.IdNumber, c.Uscc, c.Name, c.RepresentativeIdNumber, c.Receipt);
    }
}
