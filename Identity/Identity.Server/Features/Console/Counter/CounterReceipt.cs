namespace Yinxin.Identity.Server.Features.Console.Counter;

/// <summary>What is printed for the person after an act at a counter.</summary>
/// <param name="What">The act, in words.</param>
/// <param name="Person">Masked name and ID number.</param>
/// <param name="At">When.</param>
/// <param name="Hall">Where.</param>
/// <param name="Window">Which window.</param>
/// <param name="Official">Who answers for it.</param>
/// <param name="Lines">Further lines: word and value.</param>
/// <param name="Secret">A ticket or code that is shown this once; null without one.</param>
/// <param name="SecretHint">What it is for.</param>
internal sealed record CounterReceipt(
    string What, string Person, DateTimeOffset At, string Hall, string Window, string Official, IReadOnlyList<(string Word, string Value)> Lines, string? Secret = null, string? SecretHint = null);
