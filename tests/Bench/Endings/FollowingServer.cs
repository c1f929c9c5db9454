using System.Globalization;
using Microsoft.AspNetCore.Authentication;
using Yinxin.Identity.Client.SignIn;
using Yinxin.ServiceDefaults.Hosting;
using Yinxin.ServiceDefaults.Tokens;

namespace Yinxin.Bench.Endings;

/// <summary>The smallest servers that follow the feed of endings as the platform's own do: an API by <c>AddApiTokens</c>, an app by <c>AddYinxinSignIn</c>. Each runs in a process of its own.</summary>
internal static class FollowingServer
{
    public const string Api = "api";
    public const string App = "app";
    public const string Secret = "0123456789abcdef0123456789abcdef0123";

    /// <summary>Of an API: asks for nothing but a token that is good.</summary>
    public const string PlainPath = "/plain";

    /// <summary>Of the app: the access token that it holds for who is signed in.</summary>
    public const string TokenPath = "/token";

    /// <summary>Of both: how often the feed was asked.</summary>
    public const string QuestionsPath = "/questions";

    /// <summary>The client of that name in ServiceDefaults.</summary>
    private const string EndingsClient = "endings";

    public static async Task RunAsync(string kind, string address, string identity, string directory)
    {
        var builder = YinxinHost.CreateBuilder("Yinxin.Bench", [], configure =>
        {
            configure.Configuration.AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
            {
                ["App:Address"] = address,
                ["App:DataDirectory"] = directory,
                ["App:MasterKey"] = Convert.ToBase64String(new byte[32]),
                ["Addresses:Identity"] = identity,
                ["Tokens:ClientId"] = ClientOf(kind),
                ["Tokens:ClientSecret"] = Secret,
            });
            configure.Logging.SetMinimumLevel(LogLevel.Error);
        });
        if (kind == App)
        {
            builder.AddYinxinSignIn(options => options.Scopes.Add("license.read"));
            builder.Services.AddAntiforgery();
        }
        else
        {
            builder.Services.AddApiTokens(builder.Configuration, "yinxin-license");
        }

        builder.Services.AddHttpClient(EndingsClient).AddHttpMessageHandler(() => new CountedQuestions());
        await using var app = builder.Build();
        app.UseYinxinDefaults();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapGet(QuestionsPath, () => CountedQuestions.Asked.ToString(CultureInfo.InvariantCulture));
        if (kind == App)
        {
            app.MapYinxinSignIn();
            app.MapGet(TokenPath, async Task<IResult> (HttpContext context) => Results.Text(await context.GetTokenAsync("access_token"))).RequireAuthorization();
        }
        else
        {
            app.MapGet(PlainPath, () => "done").RequireAuthorization(ApiTokens.Scope("license.read"));
        }

        await app.RunAsync();
    }

    /// <summary>Its client at Identity.</summary>
    public static string ClientOf(string kind) => "bench-" + kind;

    private sealed class CountedQuestions : DelegatingHandler
    {
        private static int asked;

        public static int Asked => Volatile.Read(ref asked);

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref asked);
            return base.SendAsync(request, cancellationToken);
        }
    }
}
