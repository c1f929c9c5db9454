using Yinxin.Sandbox.Features.Population;

namespace Yinxin.Sandbox.Features.Carrier;

/// <summary>The mobile carriers: is the number registered to this person?</summary>
internal static class Carrier
{
    public static void Map(RouteGroupBuilder api) => api.MapPost("/carrier/v1/checks", (Request request, Registers.Registers registers) =>
    {
        // A number that stands at nobody's name is taken for the asker's further one: somebody who changes the number has bought a new card.
        if (registers.Person(request.IdNumber) is not { } person || (person.Phone != request.Phone && registers.Persons.Any(p => p.Phone == request.Phone)))
        {
            return new CheckAnswer("notFound", [], Receipts.New("K"));
        }

        return person.Name == request.Name ? new CheckAnswer("match", [], Receipts.New("K")) : new CheckAnswer("mismatch", ["name"], Receipts.New("K"));
    });

    internal sealed record Request(string? Phone, string? Name, string? IdNumber);
}
