using Microsoft.AspNetCore.Antiforgery;
using Yinxin.Web.Components;

namespace Yinxin.Identity.Server.Features.Passwords;

/// <summary><c>POST /passwords/strength</c>: what the meter beside a new password shows. The rule that counts is applied when the form is sent.</summary>
internal static class StrengthEndpoint
{
    public static void MapPasswords(this WebApplication app) => app.MapPost("/passwords/strength", async (HttpContext context, IAntiforgery forgery, ITexts texts) =>
    {
        context.Response.Headers.CacheControl = "no-store";
        if (!await forgery.IsRequestValidAsync(context))
        {
            return Results.BadRequest();
        }

        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var password = form["Password"].ToString();
        if (password.Length > PasswordRules.Longest)
        {
            return Results.BadRequest();
        }

        var fault = PasswordRules.Fault(password);
        var score = fault is null ? PasswordStrength.Score(password) : Math.Min(1, PasswordStrength.Score(password));
        var text = fault?.Text ?? (score < 4 ? texts.Of("可以，再长一些更好", "Good; longer is better") : texts.Of("很强", "Strong"));
        return Results.Json(new { score, text });
    });
}
