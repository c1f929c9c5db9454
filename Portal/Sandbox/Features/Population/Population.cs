using Yinxin.Sandbox.Registers;
using Yinxin.Sandbox.Signing;

namespace Yinxin.Sandbox.Features.Population;

/// <summary>The police population service: says whether four elements agree and which do not, never what the right value is.</summary>
internal static class Population
{
    public static void Map(RouteGroupBuilder api)
    {
        Photos.Map(api);
        api.MapPost("/population/v1/checks", Check);
    }

    private static CheckAnswer Check(Request request, Registers.Registers registers)
    {
        if (registers.Person(request.IdNumber) is not { } person)
        {
            return new CheckAnswer("notFound", [], Receipts.New("P"));
        }

        List<string> differing = [];
        Compare("name", person.Name, request.Name);
        Compare("sex", person.Sex, request.Sex);
        Compare("ethnicity", person.Ethnicity, request.Ethnicity);
        Compare("status", person.Status, RegisteredPerson.Living);
        return new CheckAnswer(differing.Count == 0 ? "match" : "mismatch", differing, Receipts.New("P"));

        void Compare(string field, string right, string? given)
        {
            if (right != given)
            {
                differing.Add(field);
            }
        }
    }

    internal sealed record Request(string? IdNumber, string? Name, string? Sex, string? Ethnicity);
}

/// <summary>What every checking authority answers.</summary>
/// <param name="Result"><c>match</c>, <c>mismatch</c> or <c>notFound</c>.</param>
/// <param name="Differing">Names of the fields that do not agree.</param>
/// <param name="Receipt">Number under which the authority keeps the answer.</param>
internal sealed record CheckAnswer(string Result, IReadOnlyList<string> Differing, string Receipt) : IAnswer;

internal static class Receipts
{
    public static string New(string prefix) => $"{prefix}-{Guid.CreateVersion7():N}";
}
