using Yinxin.Sandbox.Features.Population;

namespace Yinxin.Sandbox.Features.HousingFund;

/// <summary>The housing provident fund: does the account belong to this person?</summary>
internal static class HousingFund
{
    public static void Map(RouteGroupBuilder api) => api.MapPost("/housing-fund/v1/checks", (Request request, Registers.Registers registers) =>
    {
        if (registers.Person(request.IdNumber) is not { } person || person.HousingFund != request.Account)
        {
            return new CheckAnswer("notFound", [], Receipts.New("H"));
        }

        return person.Name == request.Name ? new CheckAnswer("match", [], Receipts.New("H")) : new CheckAnswer("mismatch", ["name"], Receipts.New("H"));
    });

    internal sealed record Request(string? Account, string? Name, string? IdNumber);
}
