using Microsoft.AspNetCore.Http;

namespace Yinxin.Identity.Client.Forms;

/// <summary>The fields of a form that was interrupted by a sign-in, for pages that do not use <c>asp-for</c>.</summary>
/// <param name="Fields">Names and values as they were posted.</param>
public sealed record KeptForm(IReadOnlyDictionary<string, string[]> Fields)
{
    /// <summary>The first value of a field, or null.</summary>
    public string? this[string name] => Fields.TryGetValue(name, out var values) ? values.FirstOrDefault() : null;
}

/// <summary>Reads kept fields while a page is rendered.</summary>
public static class KeptFormExtensions
{
    /// <summary>What was typed before the sign-in came between; null when nothing was.</summary>
    public static KeptForm? KeptForm(this HttpContext context) => context.Items[typeof(KeptForm)] as KeptForm;
}
