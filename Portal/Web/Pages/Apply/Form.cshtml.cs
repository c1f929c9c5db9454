using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Mvc;
using Yinxin.Web.Components;
using Yinxin.Web.Desk;

namespace Yinxin.Web.Pages.Apply;

internal sealed partial class FormModel(DeskApi desk, ITexts texts) : ApplyPage(desk)
{
    public Task OnGetAsync() => LoadAsync();

    /// <summary>Keeps what was typed first, whatever comes of it; then mistakes, then the level, then on.</summary>
    public async Task<IActionResult> OnPostAsync()
    {
        await LoadAsync();
        if (Hindered)
        {
            // The page shows no form then: this one was opened before, and to raise a level would be a way without an end.
            return Redirect(Start);
        }

        var form = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var field in Matter.Form)
        {
            var value = Request.Form[$"Form.{field.Key}"].ToString().Trim().ReplaceLineEndings(" ");
            form[field.Key] = value.Length > field.MaxLength ? value[..field.MaxLength] : value;
            if (field.Required && value.Length == 0)
            {
                Mistake(field, texts.Of($"请填写{field.LabelZh}", $"Enter: {field.LabelEn}"));
            }
            else if (value.Length > field.MaxLength)
            {
                Mistake(field, texts.Of($"{field.LabelZh}最多 {field.MaxLength} 个字", $"{field.LabelEn}: at most {field.MaxLength} characters"));
            }
            else if (value.Any(char.IsControl))
            {
                Mistake(field, texts.Of($"{field.LabelZh}含有不能使用的字符", $"{field.LabelEn} holds characters that cannot be used"));
            }
            else if (field.Type == "tel" && value.Length > 0 && !Telephone().IsMatch(value))
            {
                Mistake(field, texts.Of($"请填写正确的{field.LabelZh}，例如 13900000000", $"{field.LabelEn}: enter a telephone number, such as 13900000000"));
            }
            else if (field.Type == "amount" && value.Length > 0 && !Amount().IsMatch(value))
            {
                Mistake(field, texts.Of($"请填写正确的{field.LabelZh}，例如 60000.00", $"{field.LabelEn}: enter an amount in yuan, such as 60000.00"));
            }
        }

        Draft = Draft with { Form = form };
        await SaveAsync();
        return !ModelState.IsValid ? Mistakes()
            : !LevelReached ? RaiseLevel(Start)
            : Redirect($"{Start}/materials");
    }

    private void Mistake(Matter.FormField field, string message) => ModelState.AddModelError($"Form.{field.Key}", message);

    [GeneratedRegex(@"^(0|[1-9][0-9]{0,8})(\.[0-9]{1,2})?$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 100)]
    private static partial Regex Amount();

    /// <summary>As Desk judges it again at submission.</summary>
    [GeneratedRegex(@"^\+?[0-9][0-9 ()-]{4,24}$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 100)]
    private static partial Regex Telephone();
}
