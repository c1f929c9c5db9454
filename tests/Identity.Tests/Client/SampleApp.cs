using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Yinxin.Identity.Client.Assurance;
using Yinxin.Identity.Client.Forms;
using Yinxin.Identity.Client.SignIn;
using Yinxin.Identity.Client.Tokens;
using Yinxin.Identity.Tests.Hosting;
using Yinxin.ServiceDefaults.Hosting;

namespace Yinxin.Identity.Tests.Client;

/// <summary>The smallest app that signs people in through Identity.Client.</summary>
internal static class SampleApp
{
    public static async Task<WebApplication> StartAsync(IdentityFixture identity, string dataDirectory)
    {
        var address = $"http://localhost:{identity.BasePort}";
        var builder = YinxinHost.CreateBuilder("Yinxin.Identity.Tests", [], configure =>
        {
            configure.Configuration.AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
            {
                ["App:Address"] = address,
                ["App:DataDirectory"] = dataDirectory,
                ["App:MasterKey"] = Convert.ToBase64String(new byte[32]),
                ["Addresses:Identity"] = identity.Issuer,
                ["Addresses:Desk"] = StepUpApi.AddressOf(identity),
                ["Tokens:ClientId"] = "web",
                ["Tokens:ClientSecret"] = IdentityFixture.Secret,
            });
            configure.Services.AddSingleton<TimeProvider>(identity.Time);
            configure.Logging.SetMinimumLevel(LogLevel.Error);
        });
        builder.AddYinxinSignIn(options => options.Scopes.Add("case.apply"));
        builder.Services.AddAntiforgery();
        builder.Services.AddHttpContextAccessor();
        builder.Services.AddUserClient<StepUpApi.Caller>(addresses => addresses.Desk);
        builder.Services.AddControllers().AddApplicationPart(typeof(SampleApp).Assembly);
        var app = builder.Build();
        app.UseYinxinDefaults();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapYinxinSignIn();
        app.MapGet("/me", (HttpContext context) => context.User.RequireSignedInUser()).RequireAuthorization();
        app.MapGet("/token", async Task<IResult> (HttpContext context) => Results.Text(await context.GetTokenAsync("access_token"))).RequireAuthorization();
        app.MapGet("/form-token", (HttpContext context, IAntiforgery antiforgery) => antiforgery.GetAndStoreTokens(context).RequestToken);
        app.MapPost("/apply", () => "done").DisableAntiforgery().RequireAssurance(AssuranceLevel.Intermediate);
        app.MapGet("/apply", async (HttpContext context, KeptForms forms) => (await forms.TakeAsync(context))?["name"][0] ?? "empty")
            .RequireAssurance(AssuranceLevel.Intermediate);
        app.MapMethods("/behind/{name}", ["GET", "POST"], async (string name, StepUpApi.Caller api, HttpContext context, KeptForms forms) =>
            await api.ReadAsync(name) + " " + ((await forms.TakeAsync(context))?["name"][0] ?? "empty")).DisableAntiforgery().RequireAuthorization();
        app.MapGet("/recent", () => "done").RequireAssurance(AssuranceLevel.Primary, TimeSpan.FromMinutes(5));
        app.MapControllers();
        await app.StartAsync();
        return app;
    }
}
