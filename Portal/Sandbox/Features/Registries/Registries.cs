using Yinxin.Sandbox.Features.Population;
using Yinxin.Sandbox.Registers;

namespace Yinxin.Sandbox.Features.Registries;

/// <summary>The registers of organisations that are no enterprises: staffing (public institutions) and civil affairs (societies).</summary>
internal static class Registries
{
    public static void Map(RouteGroupBuilder api)
    {
        api.MapPost("/staffing/v1/checks", (Request request, Registers.Registers registers) => Check(request, registers, '1', "S"));
        api.MapPost("/civil-affairs/v1/checks", (Request request, Registers.Registers registers) => Check(request, registers, '5', "C"));
    }

    private static CheckAnswer Check(Request request, Registers.Registers registers, char register, string prefix)
    {
        if (registers.Organisation(request.Uscc) is not { Status: RegisteredOrganisation.Active } organisation || organisation.Register != register)
        {
            return new CheckAnswer("notFound", [], Receipts.New(prefix));
        }

        List<string> differing = [];
        if (organisation.Name != request.Name)
        {
            differing.Add("name");
        }

        if (organisation.LegalRepresentative.Name != request.LegalRepresentative?.Name || organisation.LegalRepresentative.IdNumber != request.LegalRepresentative?.IdNumber)
        {
            differing.Add("legalRepresentative");
        }

        return new CheckAnswer(differing.Count == 0 ? "match" : "mismatch", differing, Receipts.New(prefix));
    }

    internal sealed record Request(string? Uscc, string? Name, Representative? LegalRepresentative);

    internal sealed record Representative(string? Name, string? IdNumber);
}
