using Microsoft.AspNetCore.Mvc.Filters;

namespace Yinxin.Identity.Client.Forms;

/// <summary>Puts kept fields into the model state of the page, where form tag helpers (<c>asp-for</c>) find them before anything else.</summary>
internal sealed class KeptFormFilter(KeptForms forms) : IAsyncPageFilter
{
    public Task OnPageHandlerSelectionAsync(PageHandlerSelectedContext context) => Task.CompletedTask;

    public async Task OnPageHandlerExecutionAsync(PageHandlerExecutingContext context, PageHandlerExecutionDelegate next)
    {
        var executed = await next();
        if (executed.Exception is not null || await forms.TakeAsync(context.HttpContext) is not { } fields)
        {
            return;
        }

        // After the handler: it may have filled the model from a draft, and what was typed last wins.
        context.HttpContext.Items[typeof(KeptForm)] = new KeptForm(fields);
        foreach (var (name, values) in fields)
        {
            context.ModelState.SetModelValue(name, values.Length == 1 ? values[0] : values, string.Join(',', values));
            context.ModelState.MarkFieldSkipped(name);
        }
    }
}
