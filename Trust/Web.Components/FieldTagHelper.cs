using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace Yinxin.Web.Components;

/// <summary><c>&lt;field name="Phone" label="…" hint="…" value="…"&gt;</c>: label, hint, error and input bound together for screen readers.</summary>
[HtmlTargetElement("field", Attributes = "name,label", TagStructure = TagStructure.NormalOrSelfClosing)]
public sealed class FieldTagHelper : TagHelper
{
    [ViewContext, HtmlAttributeNotBound]
    public ViewContext ViewContext { get; set; } = null!;

    public string Name { get; set; } = "";

    public string Label { get; set; } = "";

    public string? Hint { get; set; }

    public string? Value { get; set; }

    public string Type { get; set; } = "text";

    public string? Autocomplete { get; set; }

    public string? Inputmode { get; set; }

    public bool Required { get; set; } = true;

    public int? Rows { get; set; }

    public int Maxlength { get; set; } = 200;

    /// <summary>Choices of a select: value and text.</summary>
    public IEnumerable<KeyValuePair<string, string>>? Choices { get; set; }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        var id = TagBuilder.CreateSanitizedId(Name, "_");
        ViewContext.ViewData.ModelState.TryGetValue(Name, out var entry);
        var error = entry?.Errors.FirstOrDefault()?.ErrorMessage;
        var value = Type == "password" ? null : entry?.AttemptedValue ?? Value;
        output.TagName = "div";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("class", error is null ? "field" : "field invalid");
        var label = new TagBuilder("label") { Attributes = { ["for"] = id } };
        label.InnerHtml.Append(Label);
        output.Content.AppendHtml(label);
        var described = new List<string>();
        Paragraph(Hint, "hint", id + "-hint");
        Paragraph(error, "error", id + "-error");

        var input = Input(value);
        input.Attributes["id"] = id;
        input.Attributes["name"] = Name;
        if (Required)
        {
            input.Attributes["aria-required"] = "true";
        }

        if (described.Count > 0)
        {
            input.Attributes["aria-describedby"] = string.Join(' ', described);
        }

        if (error is not null)
        {
            input.Attributes["aria-invalid"] = "true";
        }

        if (Autocomplete is not null)
        {
            input.Attributes["autocomplete"] = Autocomplete;
        }

        output.Content.AppendHtml(input);

        void Paragraph(string? text, string cssClass, string elementId)
        {
            if (text is null)
            {
                return;
            }

            var paragraph = new TagBuilder("p") { Attributes = { ["class"] = cssClass, ["id"] = elementId } };
            paragraph.InnerHtml.Append(text);
            output.Content.AppendHtml(paragraph);
            described.Add(elementId);
        }
    }

    private TagBuilder Input(string? value)
    {
        if (Choices is not null)
        {
            var select = new TagBuilder("select");
            foreach (var (key, text) in Choices)
            {
                var option = new TagBuilder("option") { Attributes = { ["value"] = key } };
                if (key == value)
                {
                    option.Attributes["selected"] = "selected";
                }

                option.InnerHtml.Append(text);
                select.InnerHtml.AppendHtml(option);
            }

            return select;
        }

        if (Rows is { } rows)
        {
            var area = new TagBuilder("textarea") { Attributes = { ["rows"] = $"{rows}", ["maxlength"] = $"{Maxlength}" } };
            area.InnerHtml.AppendHtml(HtmlString.NewLine).Append(value ?? "");
            return area;
        }

        var input = new TagBuilder("input") { TagRenderMode = TagRenderMode.SelfClosing, Attributes = { ["type"] = Type, ["maxlength"] = $"{Maxlength}" } };
        if (value is not null)
        {
            input.Attributes["value"] = value;
        }

        if (Inputmode is not null)
        {
            input.Attributes["inputmode"] = Inputmode;
        }

        return input;
    }
}
