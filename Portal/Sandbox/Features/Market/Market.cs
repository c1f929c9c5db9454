using Yinxin.Sandbox.Features.Population;
using Yinxin.Sandbox.Registers;

namespace Yinxin.Sandbox.Features.Market;

/// <summary>Market registration: an organisation and its legal representative.</summary>
internal static class Market
{
    public static void Map(RouteGroupBuilder api)
    {
        api.MapPost("/market/v1/checks", (Request request, Registers.Registers registers) =>
        {
            if (registers.Organisation(request.Uscc) is not { Register: RegisteredOrganisation.Market, Status: RegisteredOrganisation.Active } organisation)
            {
                return new CheckAnswer("notFound", [], Receipts.New("M"));
            }

            List<string> differing = [];
            if (organisation.Name != request.Name)
            {
                differing.Add("name");
            }

            if (!string.IsNullOrEmpty(request.RegistrationNumber) && organisation.RegistrationNumber != request.RegistrationNumber)
            {
                differing.Add("registrationNumber");
            }

            if (organisation.LegalRepresentative.Name != request.LegalRepresentative?.Name || organisation.LegalRepresentative.IdNumber != request.LegalRepresentative?.IdNumber)
            {
                differing.Add("legalRepresentative");
            }

            return new CheckAnswer(differing.Count == 0 ? "match" : "mismatch", differing, Receipts.New("M"));
        });
        api.MapGet("/market/v1/organisations/{uscc}", (string uscc, Registers.Registers registers) => registers.Organisation(uscc) is { } organisation
            ? Results.Ok(new { organisation.Uscc, organisation.Name, organisation.Status, legalRepresentativeNameMasked = organisation.LegalRepresentative.Name[..1] + "**" })
            : Results.NotFound());
    }

    internal sealed record Request(string? Uscc, string? Name, string? RegistrationNumber, Representative? LegalRepresentative);

    internal sealed record Representative(string? Name, string? IdNumber);
}
