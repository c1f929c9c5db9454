using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Yinxin.Desk.Data;
using Yinxin.Desk.Features.Cases;
using Yinxin.Desk.Features.Completion;
using Yinxin.Desk.Features.Drafts;
using Yinxin.Desk.Features.Materials;
using Yinxin.Desk.Features.Matters;
using Yinxin.Desk.Features.WorkCalendar;
using Yinxin.Desk.Pages;
using Yinxin.Identity.Client.Presence;
using Yinxin.Identity.Client.SignIn;
using Yinxin.Identity.Client.Tokens;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Database;
using Yinxin.ServiceDefaults.Hosting;
using Yinxin.ServiceDefaults.Outbox;
using Yinxin.ServiceDefaults.Settings;
using Yinxin.ServiceDefaults.Tokens;
using Yinxin.Web.Components;

namespace Yinxin.Desk;

/// <summary>The app as a whole, alone (<c>Program.cs</c>) or inside another program.</summary>
public static class DeskApp
{
    private const string OfficialsOnly = "officials";

    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = YinxinHost.CreateBuilder("Yinxin.Desk", args, configure);
        builder.AddYinxinDatabase<DeskContext, SqliteDeskContext, PostgresDeskContext>();
        builder.Services.AddAudit<DeskContext>();
        builder.Services.AddOutbox<DeskContext>().AddOutboxHandler<BillHandler>().AddOutboxHandler<LicenseHandler>();
        builder.Services.AddApiTokens(builder.Configuration, "yinxin-desk");
        builder.AddYinxinSignIn(signIn =>
        {
            signIn.Address = addresses => addresses.Desk;
            signIn.Scopes.Add("identity.counter");
        });
        builder.Services.AddServiceClient<PaymentClient>(addresses => addresses.Payment, "payment.bill");
        builder.Services.AddServiceClient<LicenseClient>(addresses => addresses.License, "license.issue");
        builder.Services.AddPresence();
        builder.Services.AddUserClient<CounterClient>(addresses => addresses.Identity);
        builder.Services.AddSingleton<WorkCalendar>();
        builder.Services.AddScoped<CaseStore>();
        builder.Services.AddHostedService<MatterImport>();
        builder.Services.AddAuthorizationBuilder().AddPolicy(OfficialsOnly, policy =>
            policy.AddAuthenticationSchemes(YinxinSignIn.CookieScheme).RequireAuthenticatedUser().RequireClaim("kind", "staff"));
        // By address, and by case number in LookupBrake. Wide, because all visitors of the portal, which counts each of them, come from one address.
        builder.Services.AddRequestLimit(MyCases.Lookup, perMinute: 300);
        builder.Services.AddSingleton<LookupBrake>();
        builder.Services.AddKit(new KitOptions("desk", "政务服务管理平台", "Officials' desk")
        {
            Dense = true,
            Columns = [new("/", "办件", "Cases"), new("/counter", "窗口认证", "Window")],
        }).AddRazorPagesOptions(pages => pages.Conventions.AuthorizeFolder("/", OfficialsOnly));

        var app = builder.Build();
        app.UseYinxinDefaults();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseRateLimiter();
        app.MapKit();
        app.MapYinxinSignIn();
        app.MapRazorPages();
        MatterLibrary.Map(app);
        SubmitCase.Map(app);
        MyCases.Map(app);
        Materials.Map(app);
        Drafts.Map(app);
        PaymentNotices.Map(app);
        app.MapGet("/cases/{caseNumber}/materials/{id:guid}", DownloadAsync).RequireAuthorization(OfficialsOnly);
        return app;
    }

    private static async Task<IResult> DownloadAsync(string caseNumber, Guid id, HttpContext http, DeskContext database, IAuditTrail audit, IOptions<AppSettings> settings)
    {
        var official = http.User.RequireSignedInUser();
        var body = official.Department?.Uscc;
        var material = await database.Materials.AsNoTracking().SingleOrDefaultAsync(
            m => m.Id == id && m.CaseNumber == caseNumber && database.Cases.Any(c => c.CaseNumber == caseNumber && c.BodyUscc == body), http.RequestAborted);
        if (material is null)
        {
            return Results.NotFound();
        }

        audit.Add(new AuditEntry("material.read", id.ToString(), official.Subject, official.Name, new { caseNumber }));
        await database.SaveChangesAsync(http.RequestAborted);
        // As attachment: nothing that a stranger uploaded is ever rendered under this origin.
        return Results.File(Materials.PathOf(settings.Value, id), material.ContentType, material.Name);
    }
}
