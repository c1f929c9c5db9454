using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Yinxin.Desk.Data;
using Yinxin.Desk.Features.Cases;
using Yinxin.Desk.Features.Matters;
using Yinxin.Identity.Client.Mandates;
using Yinxin.Identity.Client.SignIn;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.ServiceDefaults.Tokens;

namespace Yinxin.Desk.Features.Drafts;

/// <summary>What an applicant has typed so far, one draft a matter, encrypted.</summary>
internal static class Drafts
{
    private const int Largest = 64 * 1024;
    private static readonly Problem None = new("draft.none", 404, "没有草稿。", "There is no draft.");
    private static readonly Problem TooLarge = new("draft.tooLarge", 413, "草稿过大。", "The draft is too large.");

    public static void Map(WebApplication app)
    {
        var drafts = app.MapGroup("/api/my/drafts/{code}").RequireAuthorization(ApiTokens.Scope("case.apply")).RequirePower(ActingPower.Apply);
        drafts.MapGet("", async (string code, HttpContext http, DeskContext database, CaseStore store) =>
            await FindAsync(code, http, database) is { } draft ? Results.Json(store.Open<JsonElement>(draft.Content)) : throw None.Exception());
        drafts.MapPut("", async (string code, JsonElement content, HttpContext http, DeskContext database, CaseStore store, TimeProvider time) =>
        {
            if (content.GetRawText().Length > Largest)
            {
                throw TooLarge.Exception();
            }

            await MatterLibrary.FindAsync(database, code, http.RequestAborted);
            http.User.DemandMatter(code);
            var draft = await FindAsync(code, http, database);
            if (draft is null)
            {
                database.Drafts.Add(draft = new DraftRecord { Subject = http.User.RequireSignedInUser().Subject, ImplementationCode = code });
            }

            draft.Content = store.Close(content);
            draft.SavedAt = time.GetUtcNow();
            await database.SaveChangesAsync(http.RequestAborted);
            return Results.NoContent();
        });
        drafts.MapDelete("", async (string code, HttpContext http, DeskContext database) =>
        {
            if (await FindAsync(code, http, database) is { } draft)
            {
                database.Drafts.Remove(draft);
                await database.SaveChangesAsync(http.RequestAborted);
            }

            return Results.NoContent();
        });
    }

    private static Task<DraftRecord?> FindAsync(string code, HttpContext http, DeskContext database)
    {
        var subject = http.User.RequireSignedInUser().Subject;
        return database.Drafts.SingleOrDefaultAsync(d => d.Subject == subject && d.ImplementationCode == code, http.RequestAborted);
    }
}
