namespace Yinxin.Sandbox.Features.Directory;

/// <summary>Lists the synthetic registers, so that a demo or a test can pick somebody. No real authority has this.</summary>
internal static class Directory
{
    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/directory/v1/persons", (int? skip, int? take, Registers.Registers registers) =>
            registers.Persons.Skip(skip ?? 0).Take(Math.Clamp(take ?? 50, 1, 2000)));
        api.MapGet("/directory/v1/organisations", (int? skip, int? take, Registers.Registers registers) =>
            registers.Organisations.Skip(skip ?? 0).Take(Math.Clamp(take ?? 50, 1, 300)));
        api.MapGet("/directory/v1/institutions", (int? skip, int? take, Registers.Registers registers) =>
            registers.Institutions.Skip(skip ?? 0).Take(Math.Clamp(take ?? 50, 1, Registers.Registers.InstitutionCount)));
    }
}
