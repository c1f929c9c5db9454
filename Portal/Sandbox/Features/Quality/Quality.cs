using Yinxin.Sandbox.Features.Population;

namespace Yinxin.Sandbox.Features.Quality;

/// <summary>The register of organisation codes (quality supervision, GB 11714): does the code belong to an organisation of this name?</summary>
internal static class Quality
{
    public static void Map(RouteGroupBuilder api) => api.MapPost("/quality/v1/checks", (Request request, Registers.Registers registers) =>
    {
        if (registers.Organisation(request.Uscc) is not { } organisation)
        {
            return new CheckAnswer("notFound", [], Receipts.New("Q"));
        }

        List<string> differing = [];
        if (organisation.OrganisationCode != request.OrganisationCode)
        {
            differing.Add("organisationCode");
        }

        if (organisation.Name != request.Name)
        {
            differing.Add("name");
        }

        return new CheckAnswer(differing.Count == 0 ? "match" : "mismatch", differing, Receipts.New("Q"));
    });

    internal sealed record Request(string? Uscc, string? OrganisationCode, string? Name);
}
