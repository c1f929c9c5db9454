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

/// <summary>What an applicant has typed so far, one draft a matter and whom it is for, encrypted.</summary>
internal static class Drafts
{
    private const int Largest = 64 * 1024;
    private static readonly Problem None = new("draft.none", 404, "没有草稿。", "There is no draft.");
    private static readonly Problem TooLarge = new("draft.tooLarge", 413, "草稿过大。", "The draft is too large.");

    public static void Map(WebApplication app)
    {
        var drafts = app.MapGroup("/api/my/drafts/{code}").RequireAuthorization(ApiTokens.Scope("case.apply")).RequirePower(ActingPower.Apply);
        drafts.MapGet("", async (string code, HttpContext http, DeskContext database, CaseStore store) =>
        {
            http.User.DemandMatter(code);
            return await FindAsync(code, http, database) is { } draft ? Results.Json(store.Open<JsonElement>(draft.Content)) : throw None.Exception();
        });
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
                var user = http.User.RequireSignedInUser();
                database.Drafts.Add(draft = new DraftRecord { Subject = user.Subject, Organisation = OrganisationOf(user), ImplementationCode = code });
            }

            draft.Content = store.Close(content);
            draft.SavedAt = time.GetUtcNow();
            await database.SaveChangesAsync(http.RequestAborted);
            return Results.NoContent();
        });
        drafts.MapDelete("", async (string code, HttpContext http, DeskContext database) =>
        {
            http.User.DemandMatter(code);
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
        var user = http.User.RequireSignedInUser();
        return Of(database, user, code).SingleOrDefaultAsync(http.RequestAborted);
    }

    /// <summary>The draft of this person for whom they act now.</summary>
    public static IQueryable<DraftRecord> Of(DeskContext database, SignedInUser user, string code)
    {
        var (subject, organisation) = (user.Subject, OrganisationOf(user));
        return database.Drafts.Where(d => d.Subject == subject && d.Organisation == organisation && d.ImplementationCode == code);
    }

    private static string OrganisationOf(SignedInUser user) => user.ActingFor?.Organisation.Uscc ?? "";
}
