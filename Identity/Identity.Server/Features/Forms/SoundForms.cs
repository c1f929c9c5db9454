using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.Extensions.Primitives;
using Yinxin.Identity.Server.Data;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Forms;

/// <summary>
/// For every form of every page, before anything is bound: what is no character (NUL, half of a pair, a noncharacter) is read as a lost one. PostgreSQL refuses such text in any column
/// and in any comparison, and a page that forgot to look would answer 500. No browser sends it, so nobody's input is changed.
/// </summary>
internal sealed class SoundForms : IAsyncPageFilter
{
    private static readonly Problem Malformed = new("http.badRequest", 400, "请求格式不正确。", "The request is malformed.");

    public async Task OnPageHandlerSelectionAsync(PageHandlerSelectedContext context)
    {
        var request = context.HttpContext.Request;
        if (!request.HasFormContentType)
        {
            return;
        }

        var form = await ReadAsync(request);
        if (form.Any(field => !IsSound(field.Value)))
        {
            request.Form = new FormCollection(form.ToDictionary(field => field.Key, field => Mended(field.Value), StringComparer.OrdinalIgnoreCase), form.Files);
        }
    }

    public Task OnPageHandlerExecutionAsync(PageHandlerExecutingContext context, PageHandlerExecutionDelegate next) => next();

    /// <summary>A form that is cut off, or has too many fields, is a bad request; the framework says so only where it reads the form itself, which it does not where the token comes in a header.</summary>
    private static async Task<IFormCollection> ReadAsync(HttpRequest request)
    {
        try
        {
            return await request.ReadFormAsync(request.HttpContext.RequestAborted);
        }
        catch (Exception e) when (e is InvalidDataException or (IOException and not BadHttpRequestException))
        {
            throw Malformed.Exception();
        }
    }

    private static bool IsSound(StringValues values) => values.All(value => value is null || TypedText.IsSound(value));

    private static StringValues Mended(StringValues values)
    {
        string?[] mended = [.. values.Select(value => value is null ? null : TypedText.Sound(value))];
        return new StringValues(mended);
    }
}
