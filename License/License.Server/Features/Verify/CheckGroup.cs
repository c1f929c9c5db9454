namespace Yinxin.License.Server.Features.Verify;

/// <summary>The checks of one part of a licence: a person reads a handful of lines first, and each step behind a line when one wants to know.</summary>
/// <param name="TitleZh">For people.</param>
/// <param name="TitleEn">For people.</param>
/// <param name="Checks">In the order in which they were made.</param>
internal sealed record CheckGroup(string TitleZh, string TitleEn, IReadOnlyList<PublicCheck> Checks)
{
    private static readonly (string TitleZh, string TitleEn, Func<string, bool> Holds)[] Parts =
    [
        ("文件签名", "Signature of the file", code => StartsWithAny(code, "file.", "pdf.", "signature.", "certificate.")),
        ("签名时间戳", "Timestamp of the signature", code => StartsWithAny(code, "timestamp.")),
        ("电子印章", "Electronic seal", code => StartsWithAny(code, "seal/")),
        ("证照数据与状态", "Licence data and status", _ => true),
    ];

    public int Passed => Checks.Count(c => c.Result == "passed");

    public string Result => Checks.Any(c => c.Result == "failed") ? "failed" : Passed == Checks.Count ? "passed" : "cannotTell";

    /// <summary>Each check belongs to the first part that holds its code; parts without a check are left out.</summary>
    public static IReadOnlyList<CheckGroup> Of(IReadOnlyList<PublicCheck> checks) =>
        [
            .. checks.GroupBy(check => Array.FindIndex(Parts, part => part.Holds(check.Code))).OrderBy(found => found.Key)
                .Select(found => new CheckGroup(Parts[found.Key].TitleZh, Parts[found.Key].TitleEn, [.. found])),
        ];

    private static bool StartsWithAny(string code, params ReadOnlySpan<string> prefixes)
    {
        foreach (var prefix in prefixes)
        {
            if (code.StartsWith(prefix, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }
}
