using Yinxin.Sandbox.Features.Population;
using Yinxin.Sandbox.Registers;

namespace Yinxin.Sandbox.Features.Tax;

/// <summary>The tax authority: does this filing account belong to the taxpayer, with this legal representative?</summary>
internal static class Tax
{
    public static void Map(RouteGroupBuilder api) => api.MapPost("/tax/v1/checks", (Request request, Registers.Registers registers) =>
    {
        if (registers.Organisation(request.Uscc) is not { Status: RegisteredOrganisation.Active } organisation || organisation.TaxAccount != request.Account)
        {
            return new CheckAnswer("notFound", [], Receipts.New("T"));
        }

        List<string> differing = [];
        if (organisation.Name != request.Name)
        {
            differing.Add("name");
        }

        if (organisation.LegalRepresentative.IdNumber != request.RepresentativeIdNumber)
        {
            differing.Add("legalRepresentative");
        }

        return new CheckAnswer(differing.Count == 0 ? "match" : "mismatch", differing, Receipts.New("T"));
    });

    internal sealed record Request(string? Uscc, string? Name, string? Account, string? RepresentativeIdNumber);
}
