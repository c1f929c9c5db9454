using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Yinxin.LogWriter;
using Yinxin.Trust.Server;
using Yinxin.Trust.Server.Features.Log;

// Appends to a log until it is killed: LogWriter create|write|finish DIRECTORY PROVIDER CONNECTION. «create» makes the database, «finish» publishes what is left.
var (command, directory, provider, connection) = (args[0], args[1], args[2], args[3]);
await using var app = TrustServerApp.Build([], builder =>
{
    builder.Configuration.AddInMemoryCollection([
        new("App:DataDirectory", directory), new("App:MasterKey", Convert.ToBase64String(new byte[32])), new("Log:Origin", "log.example/killed"),
        new("Database:Provider", provider), new("Database:ConnectionString", connection),
        // A holder that was killed must not be waited for.
        new("Log:Lease", "00:00:00.050"),
    ]);
    // Only errors, and on the error output: the other one is for the parent.
    builder.Logging.ClearProviders();
    builder.Logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace).SetMinimumLevel(LogLevel.Error);
});

// The log's parts and the migrator, as the app wires them; no web server, no authorities: a start must be cheap.
var parts = app.Services.GetServices<IHostedService>().Where(s => s is LogKeys or LogAppender or LogSequencer || (command == "create" && s.GetType().Name.StartsWith("DatabaseMigrator", StringComparison.Ordinal))).ToList();
foreach (var part in parts)
{
    await part.StartAsync(CancellationToken.None);
}

if (command == "create")
{
    return 0;
}

using var writer = new Writer(app.Services.GetRequiredService<LogAppender>(), app.Services.GetRequiredService<LogStore>(), app.Services.GetRequiredService<LogProgress>());
if (command == "finish")
{
    await writer.FinishAsync();
    return 0;
}

// Bounded, should nobody kill it.
await writer.WriteAsync(int.Parse(args.ElementAtOrDefault(4) ?? "60", CultureInfo.InvariantCulture));
return 0;
