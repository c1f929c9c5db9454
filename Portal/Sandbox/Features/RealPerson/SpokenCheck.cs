using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using Yinxin.Sandbox.Features.Population;
using Yinxin.Sandbox.Signing;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.ServiceDefaults.Settings;

namespace Yinxin.Sandbox.Features.RealPerson;

/// <summary>
/// The real-person service with spoken digits: by voiceprint, or before a camera. Here nobody speaks: the page lets the tester say what would have been heard and seen. Everybody in the register
/// has a voiceprint, but whose a tester took away.
/// </summary>
internal static class SpokenCheck
{
    public const string Voice = "voice";
    public const string Video = "video";

    private static readonly Problem Bad = new("sandbox.spokenCheck", 422, "会话内容不正确。", "A session needs method (voice, video), idNumber, name, 4 to 12 digits and a returnUrl of Identity.");

    public static void Map(RouteGroupBuilder api)
    {
        api.MapPost("/real-person/v1/spoken-sessions", (Request request, RealPersonSessions sessions, Voiceprints voiceprints, Registers.Registers registers, IOptions<AddressSettings> addresses) =>
        {
            if (request is not { Method: Voice or Video, IdNumber: not null, Name: not null, Digits: { Count: >= 4 and <= 12 } digits } ||
                !digits.All(d => d is [>= '0' and <= '9']) || !Alipay.Alipay.MayReturnTo(request.ReturnUrl, addresses))
            {
                throw Bad.Exception();
            }

            if (request.Method == Voice && (registers.Person(request.IdNumber) is null || !voiceprints.Has(request.IdNumber)))
            {
                return new Opened(Receipts.New("V"), OnFile: false, SessionId: null, Address: null);
            }

            var id = sessions.Open(request.IdNumber, request.Name, digits, request.ReturnUrl!, request.Method);
            return new Opened(Receipts.New("V"), OnFile: true, id, $"{AddressSettings.Text(addresses.Value.Sandbox)}/real-person/{id}");
        });
        api.MapPost("/real-person/v1/spoken-results", (ResultRequest request, RealPersonSessions sessions, Registers.Registers registers) =>
            sessions.Take(request.SessionId) is { Seen: { } seen, Method: { } method } session && registers.Person(session.IdNumber) is { } person && person.Name == session.Name
                ? Judge(session, method, seen)
                : new Judged("notFound", [], Receipts.New("V"), request.SessionId ?? "", "", 0, false, []));
        // Whose it is stands in the query: paths come into logs and traces.
        api.MapDelete("/real-person/v1/voiceprints", (string idNumber, Voiceprints voiceprints) =>
        {
            voiceprints.TakeAway(idNumber);
            return Results.NoContent();
        });
    }

    private static Judged Judge(RealPersonSession session, string method, string seen) => seen switch
    {
        "right" => new Judged("match", [], Receipts.New("V"), session.Id, method, 0.92, true, session.Actions),
        "other-actions" => new Judged("match", [], Receipts.New("V"), session.Id, method, 0.9, true, [.. session.Actions.Reverse(), "0"]),
        "still-photo" => new Judged("match", [], Receipts.New("V"), session.Id, method, 0.96, false, session.Actions),
        "unlike" => new Judged("match", [], Receipts.New("V"), session.Id, method, 0.55, true, session.Actions),
        _ => new Judged("mismatch", [method == Voice ? "voice" : "face"], Receipts.New("V"), session.Id, method, 0.18, true, session.Actions),
    };

    internal sealed record Request(string? Method, string? IdNumber, string? Name, IReadOnlyList<string>? Digits, string? ReturnUrl);

    internal sealed record ResultRequest(string? SessionId);

    /// <param name="Receipt">Number of the answer.</param>
    /// <param name="OnFile">False: there is no voiceprint to compare with, and no session.</param>
    /// <param name="SessionId">The session's name.</param>
    /// <param name="Address">The page where the person goes.</param>
    internal sealed record Opened(string Receipt, bool OnFile, string? SessionId, string? Address) : IAnswer;

    /// <param name="Result"><c>match</c>, <c>mismatch</c> or <c>notFound</c>.</param>
    /// <param name="Differing"><c>voice</c> or <c>face</c> when it is another's.</param>
    /// <param name="Receipt">Number of the answer.</param>
    /// <param name="SessionId">Which session it judges.</param>
    /// <param name="Method">What was compared.</param>
    /// <param name="Score">Likeness with what is on file, 0 to 1.</param>
    /// <param name="Live">Somebody spoke there, no recording.</param>
    /// <param name="Digits">What was said, in order.</param>
    internal sealed record Judged(
        string Result, IReadOnlyList<string> Differing, string Receipt, string SessionId, string Method, double Score, bool Live, IReadOnlyList<string> Digits) : IAnswer;
}

/// <summary>Whose voiceprint a tester took away, in memory only.</summary>
internal sealed class Voiceprints
{
    private const int Most = 10_000;
    private readonly ConcurrentDictionary<string, bool> gone = new(StringComparer.Ordinal);

    public bool Has(string idNumber) => !gone.ContainsKey(idNumber);

    public void TakeAway(string idNumber)
    {
        if (gone.Count < Most)
        {
            gone[idNumber] = true;
        }
    }
}
