using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Registration;
using Yinxin.Identity.Server.Features.Sessions;
using Yinxin.ServiceDefaults.Settings;
using Yinxin.Web.Components;

namespace Yinxin.Identity.Server.Features.Passkeys;

/// <summary>What the script of the pages asks before it calls the browser's WebAuthn.</summary>
internal static class PasskeyEndpoints
{
    public static void AddPasskeys(this WebApplicationBuilder builder)
    {
        var addresses = builder.Configuration.GetSection(AddressSettings.Section).Get<AddressSettings>() ?? new AddressSettings();
        builder.Services.AddScoped<PasskeyCeremony>();
        builder.Services.AddScoped<PasskeySignIn>();
        builder.Services.Configure<IdentityPasskeyOptions>(options =>
        {
            options.ServerDomain = addresses.Identity.Host;
            options.UserVerificationRequirement = "required";
            options.ResidentKeyRequirement = "required";
            options.AuthenticatorTimeout = TimeSpan.FromMinutes(5);
            var origin = addresses.Identity.GetLeftPart(UriPartial.Authority);
            options.ValidateOrigin = context => ValueTask.FromResult(!context.CrossOrigin && string.Equals(context.Origin, origin, StringComparison.Ordinal));
        });
    }

    public static void MapPasskeys(this WebApplication app)
    {
        app.MapEmbeddedAssets(typeof(PasskeyEndpoints).Assembly);
        var options = app.MapGroup("/passkeys").AddEndpointFilter(async (context, next) =>
        {
            var forgery = context.HttpContext.RequestServices.GetRequiredService<IAntiforgery>();
            context.HttpContext.Response.Headers.CacheControl = "no-store";
            return await forgery.IsRequestValidAsync(context.HttpContext) ? await next(context) : Results.BadRequest();
        });
        options.MapPost("/request-options", async (HttpContext context, PasskeyCeremony ceremony) => Json(await ceremony.RequestOptionsAsync(context)));
        options.MapPost("/registration-options", async (HttpContext context, PasskeyCeremony ceremony, RegistrationDrafts drafts) =>
            drafts.Read(context) is { PhoneProvenAt: not null } draft ? Json(await ceremony.CreationOptionsAsync(context, draft.Id, draft.Name)) : Results.Conflict());
        options.MapPost("/creation-options", async (HttpContext context, PasskeyCeremony ceremony, IdentityContext database) =>
        {
            var id = context.User.AccountId();
            var account = await database.Users.AsNoTracking().Include(a => a.Person).Include(a => a.StaffMember).FirstAsync(a => a.Id == id, context.RequestAborted);
            return Json(await ceremony.CreationOptionsAsync(context, account.Id, account.DisplayName));
        }).RequireAuthorization();
    }

    private static IResult Json(string text) => Results.Content(text, "application/json");
}
