using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Yinxin.Identity.Tests.Hosting;
using Yinxin.Testing;

namespace Yinxin.Identity.Tests.Disputes;

/// <summary>Stands between a node and the population library: what a test does meanwhile is done before a question is passed on.</summary>
internal sealed class SlowPopulation : IAsyncDisposable
{
    private readonly HttpClient library = new();
    private readonly WebApplication app;

    /// <summary>Once: a question that is asked again waits for the same.</summary>
    private readonly Lazy<Task> meanwhile;

    private SlowPopulation(Uri checks, Func<Task> meanwhile)
    {
        this.meanwhile = new Lazy<Task>(meanwhile);
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls(Address);
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        app = builder.Build();
        app.MapPost("/population/v1/checks", (HttpContext http) => PassOnAsync(http, checks));
    }

    public string Address { get; } = $"http://localhost:{FreePort.Next()}";

    public static async Task<SlowPopulation> StartAsync(IdentityFixture identity, Func<Task> meanwhile)
    {
        var population = new SlowPopulation(new Uri(identity.Sandbox.Address + "/population/v1/checks"), meanwhile);
        await population.app.StartAsync();
        return population;
    }

    /// <summary>What a node is told so that it asks here.</summary>
    public (string Key, string? Value) Setting => ("Authorities:Population:Address", Address);

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        library.Dispose();
    }

    /// <summary>As it came: the answer is signed for these bytes and this nonce.</summary>
    private async Task PassOnAsync(HttpContext http, Uri checks)
    {
        using var asked = new MemoryStream();
        await http.Request.Body.CopyToAsync(asked);
        await meanwhile.Value;
        using var question = new HttpRequestMessage(HttpMethod.Post, checks) { Content = new ByteArrayContent(asked.ToArray()) };
        question.Content.Headers.TryAddWithoutValidation("Content-Type", http.Request.ContentType);
        foreach (var name in (string[])["Accept", "X-Api-Key", "X-Request-Nonce"])
        {
            question.Headers.TryAddWithoutValidation(name, http.Request.Headers[name].ToString());
        }

        using var answer = await library.SendAsync(question);
        http.Response.StatusCode = (int)answer.StatusCode;
        http.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
        await answer.Content.CopyToAsync(http.Response.Body);
    }
}
