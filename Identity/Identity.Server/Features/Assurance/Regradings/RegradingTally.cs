using System.Text.Json;
using Yinxin.Identity.Server.Data;

namespace Yinxin.Identity.Server.Features.Assurance.Regradings;

/// <summary>Counts what a batch changes, on top of what the run has counted.</summary>
internal sealed class RegradingTally(Regrading run, int mostExamples)
{
    private readonly SortedDictionary<string, long> changes = new(JsonSerializer.Deserialize<Dictionary<string, long>>(run.Changes) ?? [], StringComparer.Ordinal);
    private readonly List<Example> examples = JsonSerializer.Deserialize<List<Example>>(run.Examples, JsonSerializerOptions.Web) ?? [];

    public long Raised { get; private set; }

    public long Lowered { get; private set; }

    public string Changes => JsonSerializer.Serialize(changes);

    public string Examples => JsonSerializer.Serialize(examples, JsonSerializerOptions.Web);

    public void Add(Guid subject, SubjectKind kind, AssuranceLevel was, AssuranceLevel level)
    {
        if (was == level)
        {
            return;
        }

        Raised += level > was ? 1 : 0;
        Lowered += level < was ? 1 : 0;
        var change = $"{JsonNamingPolicy.CamelCase.ConvertName(kind.ToString())}:{AssuranceNames.Name(was)}>{AssuranceNames.Name(level)}";
        changes[change] = changes.GetValueOrDefault(change) + 1;
        if (examples.Count < mostExamples)
        {
            examples.Add(new Example(subject, AssuranceNames.Name(was), AssuranceNames.Name(level)));
        }
    }

    private sealed record Example(Guid SubjectId, string Was, string Level);
}
