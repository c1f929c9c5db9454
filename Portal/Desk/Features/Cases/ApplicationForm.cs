using System.Text.RegularExpressions;
using Yinxin.Desk.Features.Matters;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Desk.Features.Cases;

/// <summary>What an applicant filled in, held against the matter's form: only its fields, each of its kind and length.</summary>
internal static partial class ApplicationForm
{
    private static readonly Problem Wrong = new("case.form", 422, "表单内容不完整或格式不正确。", "The form is incomplete or a field is not of its kind.");

    /// <summary>The form as it is kept.</summary>
    /// <exception cref="ProblemException"><c>case.form</c>; the extension <c>fields</c> names every wrong field.</exception>
    public static Dictionary<string, string> Check(Matter matter, IReadOnlyDictionary<string, string>? given)
    {
        var form = matter.Form.ToDictionary(f => f.Key, f => given?.GetValueOrDefault(f.Key)?.Trim().ReplaceLineEndings(" ") ?? "", StringComparer.Ordinal);
        var wrong = matter.Form.Where(f => !IsRight(f, form[f.Key])).Select(f => f.Key).ToList();
        if (wrong.Count > 0)
        {
            var exception = Wrong.Exception();
            exception.Extensions["fields"] = wrong;
            throw exception;
        }

        return form;
    }

    private static bool IsRight(Matter.FormField field, string value) =>
        value.Length == 0 ? !field.Required : value.Length <= field.MaxLength && !value.Any(char.IsControl) && field.Type switch
        {
            "tel" => Telephone().IsMatch(value),
            "amount" => Amount().IsMatch(value),
            _ => true,
        };

    /// <summary>Yuan, with at most two decimals.</summary>
    [GeneratedRegex(@"^(0|[1-9][0-9]{0,8})(\.[0-9]{1,2})?$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 100)]
    private static partial Regex Amount();

    /// <summary>Mobile, land line with area code, extension; not its existence.</summary>
    [GeneratedRegex(@"^\+?[0-9][0-9 ()-]{4,24}$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 100)]
    private static partial Regex Telephone();
}
