using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;
using Yinxin.Sandbox.Features.Population;
using Yinxin.Sandbox.Signing;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.ServiceDefaults.Settings;

namespace Yinxin.Sandbox.Features.RealPerson;

/// <summary>
/// The real-person service of the population library: shows the person the actions that the app chose, compares the face with the photo on file and says how sure it is.
/// Here nobody looks into a camera: the page lets the tester say what the camera would have seen.
/// </summary>
internal static class RealPerson
{
    private static readonly Problem Bad = new("sandbox.realPerson", 422, "会话内容不正确。", "A session needs idNumber, name, 1 to 6 actions and a returnUrl of Identity.");

    public static void Map(RouteGroupBuilder api)
    {
        api.MapPost("/real-person/v1/sessions", (Request request, RealPersonSessions sessions, IOptions<AddressSettings> addresses) =>
        {
            if (request is not { IdNumber: not null, Name: not null, Actions: { Count: >= 1 and <= 6 } actions } || !Alipay.Alipay.MayReturnTo(request.ReturnUrl, addresses))
            {
                throw Bad.Exception();
            }

            var id = sessions.Open(request.IdNumber, request.Name, actions, request.ReturnUrl!);
            return new Opened(Receipts.New("F"), id, $"{AddressSettings.Text(addresses.Value.Sandbox)}/real-person/{id}");
        });
        api.MapPost("/real-person/v1/results", (ResultRequest request, RealPersonSessions sessions, Registers.Registers registers) =>
            sessions.Take(request.SessionId) is { Seen: { } seen, Method: null } session && registers.Person(session.IdNumber) is { } person && person.Name == session.Name
                ? Judge(session, seen)
                : new Judged("notFound", [], Receipts.New("F"), request.SessionId ?? "", 0, false, []));
    }

    private static Judged Judge(RealPersonSession session, string seen) => seen switch
    {
        "right" => new Judged("match", [], Receipts.New("F"), session.Id, 0.94, true, session.Actions),
        "other-actions" => new Judged("match", [], Receipts.New("F"), session.Id, 0.93, true, [.. session.Actions.Reverse(), "nod"]),
        "still-photo" => new Judged("match", [], Receipts.New("F"), session.Id, 0.97, false, session.Actions),
        _ => new Judged("mismatch", ["face"], Receipts.New("F"), session.Id, 0.21, true, session.Actions),
    };

    internal sealed record Request(string? IdNumber, string? Name, IReadOnlyList<string>? Actions, string? ReturnUrl);

    internal sealed record ResultRequest(string? SessionId);

    internal sealed record Opened(string Receipt, string SessionId, string Address) : IAnswer;

    /// <param name="Result"><c>match</c>, <c>mismatch</c> or <c>notFound</c>.</param>
    /// <param name="Differing"><c>face</c> when it is another's.</param>
    /// <param name="Receipt">Number of the answer.</param>
    /// <param name="SessionId">Which session it judges.</param>
    /// <param name="Score">Likeness with the photo on file, 0 to 1.</param>
    /// <param name="Live">It was a living person and no picture.</param>
    /// <param name="Actions">What the person did, in order.</param>
    internal sealed record Judged(string Result, IReadOnlyList<string> Differing, string Receipt, string SessionId, double Score, bool Live, IReadOnlyList<string> Actions) : IAnswer;
}

/// <param name="Id">Its name, which nobody guesses.</param>
/// <param name="IdNumber">Who it has to be.</param>
/// <param name="Name">The name given with it.</param>
/// <param name="Actions">What has to be done or said, in order.</param>
/// <param name="ReturnUrl">Where the person goes on.</param>
/// <param name="Until">Its end.</param>
/// <param name="Seen">What the tester said; null: not yet.</param>
/// <param name="Method">Null: actions before a camera; else how digits are spoken (<see cref="SpokenCheck"/>).</param>
internal sealed record RealPersonSession(string Id, string IdNumber, string Name, IReadOnlyList<string> Actions, string ReturnUrl, DateTimeOffset Until, string? Seen, string? Method = null);

/// <summary>Ten minutes each; a result is handed out once.</summary>
internal sealed class RealPersonSessions(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, RealPersonSession> sessions = new(StringComparer.Ordinal);

    public string Open(string idNumber, string name, IReadOnlyList<string> actions, string returnUrl, string? method = null)
    {
        var id = Base64UrlEncoder.Encode(RandomNumberGenerator.GetBytes(18));
        sessions[id] = new RealPersonSession(id, idNumber, name, actions, returnUrl, time.GetUtcNow().AddMinutes(10), Seen: null, method);
        return id;
    }

    public RealPersonSession? Find(string id) => sessions.TryGetValue(id, out var session) && session.Until > time.GetUtcNow() ? session : null;

    public void See(string id, string what) => sessions.AddOrUpdate(id, _ => throw new KeyNotFoundException(), (_, s) => s with { Seen = what });

    public RealPersonSession? Take(string? id) => Find(id ?? "") is not null && sessions.TryRemove(id!, out var session) ? session : null;
}
