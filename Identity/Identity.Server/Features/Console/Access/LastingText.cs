using System.Text.RegularExpressions;
using Yinxin.Identity.Server.Data;
using Yinxin.ServiceDefaults.Identifiers;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Console.Access;

/// <summary>
/// What officials say in their own words where it stays in the clear and is never erased: the audit's chain, proposals, decisions, notes of policies. Whom it is about stands there by key,
/// so that an account that is closed leaves nothing of its owner behind; an ID or phone number in the text would.
/// </summary>
internal static partial class LastingText
{
    public static readonly Problem Personal = new(
        "identity.text.personal", 422,
        "此处文字会长期保留且不能删除，请去掉身份证号、手机号；账号和申请已随编号记录。",
        "This text is kept for good and cannot be erased: please leave out ID and phone numbers. Account and request are recorded by their keys.");

    /// <summary>Whether the text holds what looks like an ID or phone number; blanks and what else people write between digits do not hide it.</summary>
    public static bool NamesSomebody(string text) =>
        PersonalShapes.IsWithin(text) || PersonalShapes.IsWithin(BetweenDigits().Replace(Dates().Replace(TypedText.Normalise(text), "日"), ""));

    /// <param name="text">As it was typed.</param>
    /// <param name="least">Characters at least.</param>
    /// <param name="most">Characters at most.</param>
    /// <param name="length">What is wrong when it is shorter or longer.</param>
    /// <returns>What is wrong; null when it can be kept.</returns>
    public static Problem? Fault(string? text, int least, int most, Problem length) =>
        text?.Trim() is { } kept && kept.Length >= least && kept.Length <= most ? NamesSomebody(kept) ? Personal : null : length;

    [GeneratedRegex(@"(?<=\d)[\s\p{Pd}\p{Cf}.·_/]+(?=\d)", RegexOptions.None, 1000)]
    private static partial Regex BetweenDigits();

    /// <summary>A date of this century, whose digits are no part of the number behind it. Not behind digits: there it may be the middle of an ID number.</summary>
    [GeneratedRegex(@"(?<!\d[\s\p{Pd}\p{Cf}.·_/]*)20\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?!\d)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Dates();
}
