using Yinxin.Sandbox.Features.Population;

namespace Yinxin.Sandbox.Features.BankCard;

/// <summary>The card network's real-name check: card, name, ID number and phone.</summary>
internal static class BankCard
{
    public static void Map(RouteGroupBuilder api) => api.MapPost("/bank-card/v1/checks", (Request request, Registers.Registers registers) =>
    {
        if (registers.Person(request.IdNumber) is not { } person || person.BankCard != request.CardNumber)
        {
            return new CheckAnswer("notFound", [], Receipts.New("B"));
        }

        List<string> differing = [];
        if (person.Name != request.Name)
        {
            differing.Add("name");
        }

        if (person.Phone != request.Phone)
        {
            differing.Add("phone");
        }

        return new CheckAnswer(differing.Count == 0 ? "match" : "mismatch", differing, Receipts.New("B"));
    });

    internal sealed record Request(string? CardNumber, string? Name, string? IdNumber, string? Phone);
}
