using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Yinxin.Identity.Client.Assurance;
using Yinxin.Identity.Tests.Hosting;
using Yinxin.ServiceDefaults.Hosting;
using Yinxin.ServiceDefaults.Tokens;

namespace Yinxin.Identity.Tests.Client;

/// <summary>An API behind the sample app, with demands of its own; and some that lie.</summary>
internal static class StepUpApi
{
    public static string AddressOf(IdentityFixture identity) => $"http://localhost:{identity.BasePort + 8}";

    public static async Task<WebApplication> StartAsync(IdentityFixture identity, string dataDirectory)
    {
        var builder = YinxinHost.CreateBuilder("Yinxin.Identity.Tests", [], configure =>
        {
            configure.Configuration.AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
            {
                ["App:Address"] = AddressOf(identity),
                ["App:DataDirectory"] = dataDirectory,
                ["App:MasterKey"] = Convert.ToBase64String(new byte[32]),
                ["Addresses:Identity"] = identity.Issuer,
                ["Tokens:ClientId"] = "api",
                ["Tokens:ClientSecret"] = IdentityFixture.Secret,
            });
            configure.Services.AddSingleton<TimeProvider>(identity.Time);
            configure.Logging.SetMinimumLevel(LogLevel.Error);
        });
        builder.Services.AddApiTokens(builder.Configuration, "yinxin-desk");
        builder.Services.AddAssurance();
        var app = builder.Build();
        app.UseYinxinDefaults();
        app.UseAuthentication();
        app.UseAuthorization();
        var api = app.MapGroup("").RequireAuthorization(ApiTokens.Scope("case.apply"));
        api.MapGet("/level", () => "done").RequireAssurance(AssuranceLevel.Intermediate);
        api.MapGet("/both", () => "done").RequireAssurance(AssuranceLevel.Intermediate, TimeSpan.FromMinutes(5));
        api.MapGet("/never", (HttpContext context) => Refuse(context, "Bearer error=\"insufficient_user_authentication\", acr_values=\"urn:yinxin:assurance:primary\""));
        api.MapGet("/forged", (HttpContext context) => Refuse(context, "Bearer error=\"insufficient_user_authentication\", acr_values=\"urn:evil &prompt=none\""));
        await app.StartAsync();
        return app;
    }

    private static IResult Refuse(HttpContext context, string challenge)
    {
        context.Response.Headers.WWWAuthenticate = challenge;
        return Results.StatusCode(StatusCodes.Status401Unauthorized);
    }

    /// <summary>The sample app's client of it.</summary>
    internal sealed class Caller(HttpClient http)
    {
        public async Task<string> ReadAsync(string name)
        {
            using var response = await http.GetAsync(new Uri(name, UriKind.Relative));
            return response.IsSuccessStatusCode ? await response.Content.ReadAsStringAsync() : $"{(int)response.StatusCode}";
        }
    }
}
