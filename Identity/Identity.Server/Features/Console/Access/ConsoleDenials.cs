using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Sessions;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Console.Access;

/// <summary>A try beyond one's role is an event; only officials are noted, so that no stranger fills the audit.</summary>
internal static class ConsoleDenials
{
    /// <summary>In a scope of its own: what the refused handler may have begun to change is not saved with it.</summary>
    public static async Task NoteAsync(HttpContext http, string code)
    {
        if (http.User.Kind() != AccountKind.Staff || http.User.AccountId() is not { } actor)
        {
            return;
        }

        await using var scope = http.RequestServices.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<IdentityContext>();
        var name = await database.StaffMembers.Where(s => s.Id == actor).Select(s => s.Name).FirstOrDefaultAsync(http.RequestAborted);
        scope.ServiceProvider.GetRequiredService<IAuditTrail>().Add(
            new AuditEntry("console.denied", SubjectId: null, actor.ToString(), name, new { path = http.Request.Path.Value, method = http.Request.Method }, Result: code));
        await database.SaveChangesAsync(http.RequestAborted);
    }
}

/// <summary>The same for the console's files, which are no pages.</summary>
internal sealed class NoteDenials : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (ProblemException e) when (e.Problem.Status == StatusCodes.Status403Forbidden)
        {
            await ConsoleDenials.NoteAsync(context.HttpContext, e.Problem.Code);
            throw;
        }
    }
}
