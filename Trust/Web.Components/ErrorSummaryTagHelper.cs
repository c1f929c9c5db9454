using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace Yinxin.Web.Components;

/// <summary><c>&lt;error-summary /&gt;</c>: every mistake of the form with a link to its field, in the words that stand at the field.</summary>
[HtmlTargetElement("error-summary", TagStructure = TagStructure.WithoutEndTag)]
public sealed class ErrorSummaryTagHelper(ITexts texts) : TagHelper
{
    [ViewContext, HtmlAttributeNotBound]
    public ViewContext ViewContext { get; set; } = null!;

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        var state = ViewContext.ViewData.ModelState;
        if (state.IsValid)
        {
            output.SuppressOutput();
            return;
        }

        output.TagName = "div";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("class", "error-summary");
        output.Attributes.SetAttribute("role", "alert");
        output.Attributes.SetAttribute("tabindex", "-1");
        output.Attributes.SetAttribute("autofocus", null);
        output.Content.AppendHtml("<h2>").Append(texts.Of("请改正以下问题", "There is a problem")).AppendHtml("</h2><ul>");
        foreach (var (key, entry) in state)
        {
            foreach (var error in entry.Errors)
            {
                output.Content.AppendHtml("<li>");
                if (key.Length > 0)
                {
                    output.Content.AppendHtml($"<a href=\"#{FieldId(key)}\">").Append(Message(error)).AppendHtml("</a>");
                }
                else
                {
                    output.Content.Append(Message(error));
                }

                output.Content.AppendHtml("</li>");
            }
        }

        output.Content.AppendHtml("</ul>");
    }

    /// <summary>Fields have ids in Pascal case; a handler's parameter of the same name leaves its key with a small first letter.</summary>
    private static string FieldId(string key) => TagBuilder.CreateSanitizedId(char.ToUpperInvariant(key[0]) + key[1..], "_");

    private string Message(ModelError error) => error.ErrorMessage.Length > 0 ? error.ErrorMessage : texts.Of("内容不正确", "The value is not valid");
}
