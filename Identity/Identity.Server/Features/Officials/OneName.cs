using System.Globalization;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;

namespace Yinxin.Identity.Server.Features.Officials;

/// <summary>
/// One name is one person: officials' accounts are bound to no ID number, so where one person may not act twice their name tells. Compared is what a reader sees, for a name that differs by a blank
/// or by a character without a shape is the same to whoever reads it.
/// </summary>
internal static class OneName
{
    /// <summary>Letters of Unicode that show nothing: Hangul's fillers, which no category tells from others.</summary>
    private static readonly HashSet<int> Blank = [0x115F, 0x1160, 0x3164, 0xFFA0];

    public static bool Is(string name, string other) => Key(name) == Key(other);

    /// <summary>Whether an official of that key has this name.</summary>
    public static async Task<bool> IsOfAsync(IdentityContext database, Guid? official, string name, CancellationToken cancellationToken) =>
        await database.StaffMembers.Where(s => s.Id == official).Select(s => s.Name).FirstOrDefaultAsync(cancellationToken) is { } theirs && Is(theirs, name);

    /// <summary>A name as it is kept: in the compatibility form, without blanks around it or between Han characters.</summary>
    /// <returns>Null when it holds a character that nobody sees, or none that anybody does.</returns>
    public static string? Read(string typed)
    {
        // Line ends and the like around it are no part of a name that somebody pasted.
        var name = typed.Trim();
        if (!TypedText.IsSound(name) || name.EnumerateRunes().Any(IsHidden))
        {
            return null;
        }

        var runes = TypedText.Normalise(name).EnumerateRunes().ToList();
        var kept = new StringBuilder(name.Length);
        for (var i = 0; i < runes.Count; i++)
        {
            if (!Rune.IsWhiteSpace(runes[i]))
            {
                kept.Append(runes[i].ToString());
                continue;
            }

            var (before, after) = (runes.FindLastIndex(i, r => !Rune.IsWhiteSpace(r)), runes.FindIndex(i, r => !Rune.IsWhiteSpace(r)));
            if (before >= 0 && after >= 0 && !(IsHan(runes[before]) && IsHan(runes[after])) && before == i - 1)
            {
                kept.Append(' ');
            }
        }

        return Key(name).Length == 0 ? null : kept.ToString();
    }

    /// <summary>What is compared: no case, no blanks, no marks between the parts of a name (阿不都·热合曼 is written with any of several dots), nothing that has no shape.</summary>
    private static string Key(string name)
    {
        var key = new StringBuilder(name.Length);
        foreach (var rune in TypedText.Normalise(name).EnumerateRunes())
        {
            if (!IsHidden(rune) && !Rune.IsWhiteSpace(rune) && !Rune.IsPunctuation(rune))
            {
                key.Append(Rune.ToUpperInvariant(rune).ToString());
            }
        }

        return key.ToString();
    }

    /// <summary>Controls, characters that only steer others, selectors of variants, letters without a shape.</summary>
    private static bool IsHidden(Rune rune) => Blank.Contains(rune.Value)
        || rune.Value is 0x034F or 0x17B4 or 0x17B5 or 0x2065 or (>= 0x180B and <= 0x180F) or (>= 0xFE00 and <= 0xFE0F) or (>= 0xFFF0 and <= 0xFFF8) or (>= 0xE0000 and <= 0xE0FFF)
        || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    private static bool IsHan(Rune rune) => rune.Value is (>= 0x3400 and <= 0x9FFF) or (>= 0xF900 and <= 0xFAFF) or (>= 0x20000 and <= 0x3FFFF) or 0x3007;
}
