using System.Net;
using System.Text.RegularExpressions;

namespace Yinxin.Bench.Load;

/// <summary>What a form sends back of its page without anybody typing it: the token, and which edition of the rules it showed.</summary>
internal static partial class FormPage
{
    /// <summary>A form to send, with what was typed.</summary>
    public static FormUrlEncodedContent Filled(string page, IEnumerable<(string Name, string Value)> fields) => new(
        Hidden().Matches(page).Select(m => KeyValuePair.Create(m.Groups["name"].Value, WebUtility.HtmlDecode(m.Groups["value"].Value)))
            .DistinctBy(f => f.Key, StringComparer.Ordinal) // the token stands in each form of a page
            .Concat(fields.Select(f => KeyValuePair.Create(f.Name, f.Value))));

    [GeneratedRegex("name=\"(?<name>__RequestVerificationToken|Editions?)\"[^>]*value=\"(?<value>[^\"]+)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Hidden();
}
