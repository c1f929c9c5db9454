using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Yinxin.Identity.Server.Features.Authorities;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.SourceChanges;

/// <summary>
/// <c>POST /api/source-events</c>: an authority tells of a change at once. The body is a JWS of that authority, made just now; its number makes it count once, so neither
/// a second delivery nor a recorded one does anything.
/// </summary>
internal static class SourcePush
{
    private const int Longest = 16 * 1024;

    private static readonly Problem NotBelieved = new("identity.sourceEvent.notBelieved", 401, "通知的签名、签发者或时间不正确。", "The event's signature, issuer or time is not right.");
    private static readonly Problem NotSound = new("identity.sourceEvent.notSound", 422, "通知内容不完整，或超出该机构的登记范围。", "The event is incomplete, or is not of this authority's register.");
    private static readonly Problem WrongMedia = new("identity.sourceEvent.mediaType", 415, "请以 application/jwt 提交。", "Send it as application/jwt.");

    internal sealed record Answer(string Outcome);

    public static void MapSourcePush(this WebApplication app) => app.MapPost("/api/source-events", ReceiveAsync).AllowAnonymous().DisableAntiforgery();

    private static async Task<IResult> ReceiveAsync(HttpContext http, SourceStatements statements, SourceChangeBook book, ILogger<SourceChangeBook> log, CancellationToken cancellationToken)
    {
        if (http.Request.ContentType?.Split(';')[0].Trim() != SignedStatements.MediaType)
        {
            throw WrongMedia.Exception();
        }

        var statement = await ReadAsync(http.Request, cancellationToken);
        var authority = statement is null ? null : Claimed(statement);
        if (authority is null)
        {
            throw NotBelieved.Exception();
        }

        var (change, refusal) = await statements.ReadAsync(authority, statement!);
        if (refusal is not null)
        {
            log.LogWarning("An event of {Authority} is not believed: {Refusal}", authority.Issuer, refusal);
            throw NotBelieved.Exception();
        }

        if (change is null || !SourceChangeKinds.IsSound(authority, change))
        {
            throw NotSound.Exception();
        }

        return Results.Ok(new Answer(await book.EnterAsync(authority, change, statement!, "push", cancellationToken)));
    }

    private static async Task<string?> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.ContentLength > Longest)
        {
            return null;
        }

        using var reader = new StreamReader(request.Body);
        var buffer = new char[Longest + 1];
        var length = await reader.ReadBlockAsync(buffer, cancellationToken);
        return length is > 0 and <= Longest ? new string(buffer, 0, length).Trim() : null;
    }

    /// <summary>Whose keys the signature is to be checked with; a lie is found by that check.</summary>
    private static Authority? Claimed(string statement)
    {
        try
        {
            var issuer = new JsonWebToken(statement).Issuer;
            return SourceChangeKinds.Authorities.FirstOrDefault(a => a.Issuer == issuer);
        }
        catch (Exception e) when (e is ArgumentException or JsonException or FormatException)
        {
            return null;
        }
    }
}
