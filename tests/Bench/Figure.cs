namespace Yinxin.Bench;

/// <summary>One measured value, and its ratio to a peer or a limit of the same run.</summary>
/// <param name="Name">What was measured.</param>
/// <param name="Value">The measured value.</param>
/// <param name="Unit">Its unit, e.g. <c>1/s</c>, <c>ms</c>, <c>MB</c>.</param>
/// <param name="Ratio">Ours divided by the peer's or limit's.</param>
/// <param name="Target">The ratio or value that was aimed at.</param>
internal sealed record Figure(string Name, double Value, string Unit, double? Ratio = null, string? Target = null);
