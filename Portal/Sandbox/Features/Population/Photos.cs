using Yinxin.Sandbox.Signing;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Sandbox.Features.Population;

/// <summary>The photos on file: handed out to who knows ID number and name, and given by testers for synthetic persons.</summary>
internal static class Photos
{
    private static readonly Problem Refused = new(
        "sandbox.photo", 422, "照片须为不超过 64 KB 的 JPEG，且身份证号码须在库中。", "A photo is a JPEG of at most 64 KB, of somebody in the register; at most 200 are kept.");

    public static void Map(RouteGroupBuilder api)
    {
        api.MapPost("/population/v1/photos", (Request request, Registers.Registers registers, PhotoFile photos) =>
        {
            if (registers.Person(request.IdNumber) is not { } person)
            {
                return new Answer("notFound", null, Receipts.New("P"));
            }

            var photo = person.Name == request.Name ? photos.Find(person.IdNumber) : null;
            return new Answer(person.Name != request.Name ? "mismatch" : photo is null ? "noPhoto" : "match", photo, Receipts.New("P"));
        });
        // Whose it is stands in the query: paths come into logs and traces.
        api.MapPut("/population/v1/photos", async (string idNumber, HttpRequest request, Registers.Registers registers, PhotoFile photos) =>
        {
            using var memory = new MemoryStream();
            await request.Body.CopyToAsync(memory, request.HttpContext.RequestAborted);
            return registers.Person(idNumber) is not null && photos.TryKeep(idNumber, memory.ToArray()) ? Results.NoContent() : throw Refused.Exception();
        });
    }

    internal sealed record Request(string? IdNumber, string? Name);

    /// <param name="Result"><c>match</c>, <c>mismatch</c>, <c>notFound</c> or <c>noPhoto</c>.</param>
    /// <param name="Photo">A JPEG; only with <c>match</c>.</param>
    /// <param name="Receipt">Number of the answer.</param>
    internal sealed record Answer(string Result, byte[]? Photo, string Receipt) : IAnswer;
}
