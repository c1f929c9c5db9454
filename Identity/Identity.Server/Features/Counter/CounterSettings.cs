using System.ComponentModel.DataAnnotations;

namespace Yinxin.Identity.Server.Features.Counter;

/// <summary>Section <c>Counter</c>.</summary>
internal sealed class CounterSettings
{
    public const string Section = "Counter";

    /// <summary>
    /// ID numbers that one official may look up at a counter within an hour without doing anything for whoever's they are: of nobody, of another name, found and left. More than a queue has
    /// of them.
    /// </summary>
    [Range(1, 100_000)]
    public int LookupsPerHour { get; set; } = 60;
}
