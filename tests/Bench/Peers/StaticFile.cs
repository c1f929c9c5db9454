using System.Globalization;
using Microsoft.Extensions.FileProviders;

namespace Yinxin.Bench.Peers;

/// <summary>The peer of everything that is served from memory: ASP.NET Core's own static files on Kestrel.</summary>
internal static class StaticFile
{
    public static async Task RunAsync(string port, string directory)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add("http://localhost:" + int.Parse(port, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture));
        app.UseStaticFiles(new StaticFileOptions { FileProvider = new PhysicalFileProvider(directory), ServeUnknownFileTypes = true, DefaultContentType = "application/ocsp-response" });
        await app.RunAsync();
    }
}
