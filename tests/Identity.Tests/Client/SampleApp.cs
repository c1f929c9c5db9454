using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Caching.Distributed;
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
    /// <param name="identity">The server.</param>
    /// <param name="dataDirectory">Of the app; nodes of one app share it.</param>
    /// <param name="portOffset">Only at 0 people can sign in: that address is registered.</param>
    /// <param name="tickets">What nodes share; null: a memory of its own.</param>
    /// <param name="follows">Whether it follows the feed of endings, as the platform's apps do; for that it needs a service's client.</param>
    /// <param name="between">Stands between the app and Identity where tokens are renewed.</param>
    public static async Task<WebApplication> StartAsync(
        IdentityFixture identity, string dataDirectory, int portOffset = 0, IDistributedCache? tickets = null, bool follows = false, DelegatingHandler? between = null)
    {
        var address = $"http://localhost:{identity.BasePort + portOffset}";
        var builder = YinxinHost.CreateBuilder("Yinxin.Identity.Tests", [], configure =>
        {
            configure.Configuration.AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
            {
                ["App:Address"] = address,
                ["App:DataDirectory"] = dataDirectory,
                ["App:MasterKey"] = Convert.ToBase64String(new byte[32]),
                ["Addresses:Identity"] = identity.Issuer,
                ["Addresses:Desk"] = StepUpApi.AddressOf(identity),
                ["Tokens:ClientId"] = follows ? "api" : "web",
                ["Tokens:ClientSecret"] = IdentityFixture.Secret,
            });
            configure.Services.AddSingleton<TimeProvider>(identity.Time);
            if (tickets is not null)
            {
                configure.Services.AddSingleton(tickets);
            }

            configure.Logging.SetMinimumLevel(LogLevel.Error);
        });
        builder.AddYinxinSignIn(options =>
        {
            options.ClientId = "web";
            options.Scopes.Add("case.apply");
        });
        if (between is not null)
        {
            builder.Services.AddHttpClient("yinxin-token-refresh").AddHttpMessageHandler(() => between);
        }

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
        app.MapMethods("/note", ["GET", "POST"], async (HttpContext context, KeptForms forms) => (await forms.TakeAsync(context))?["name"][0] ?? "empty")
            .DisableAntiforgery().RequireAuthorization();
        app.MapMethods("/kept", ["GET", "POST"], async (HttpContext context, KeptForms forms) => Results.Json(await forms.TakeAsync(context) ?? new Dictionary<string, string[]>()))
            .DisableAntiforgery().RequireAssurance(AssuranceLevel.Intermediate);
        app.MapGet("/recent", () => "done").RequireAssurance(AssuranceLevel.Primary, TimeSpan.FromMinutes(5));
        app.MapGet("/pay", () => "done").RequireAuthorization(new RequireAssuranceAttribute(AssuranceLevel.Intermediate) { OfPerson = true });
        app.MapControllers();
        await app.StartAsync();
        return app;
    }
}
