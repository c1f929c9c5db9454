using System.CommandLine;
using System.Runtime.InteropServices;
using Spectre.Console;
using Yinxin.Launch.Platform;

namespace Yinxin.Launch.Up;

/// <summary><c>yinxin up</c>: every app in one process until Ctrl-C or SIGTERM.</summary>
internal static class UpCommand
{
    private const string Own = "own";

    /// <summary>In the environment, because everyone on the machine can read a command line.</summary>
    private const string PasswordVariable = "YINXIN_CERTIFICATE_PASSWORD";

    public static Command Create()
    {
        var data = PlatformArguments.Data();
        var port = PlatformArguments.Port();
        var database = PlatformArguments.Database();
        var connection = PlatformArguments.Connection();
        var host = new Option<string>("--host") { Description = "Host name in the addresses; anything but loopback needs --certificate.", DefaultValueFactory = _ => "localhost" };
        var certificate = new Option<string?>("--certificate") { Description = "PFX or PEM certificate for HTTPS, or «own»: one that the platform's own CA issues." };
        var key = new Option<string?>("--certificate-key") { Description = "PEM private key of the certificate." };
        var roots = new Option<string?>("--trusted-roots") { Description = "PEM roots that the apps trust when they call each other, for a certificate of a private CA." };
        var verbose = new Option<bool>("--verbose") { Description = "Log more than warnings." };
        var command = new Command("up", "Run every app in one process with sample data.") { data, port, database, connection, host, certificate, key, roots, verbose };
        command.SetAction((arguments, cancellationToken) => RunAsync(
            new PlatformOptions
            {
                DataDirectory = arguments.GetValue(data)!,
                BasePort = arguments.GetValue(port),
                DatabaseProvider = arguments.GetValue(database)!,
                Connection = arguments.GetValue(connection),
                Host = arguments.GetValue(host)!,
                OwnCertificate = arguments.GetValue(certificate) == Own,
                CertificatePath = arguments.GetValue(certificate) is { } file && file != Own ? Path.GetFullPath(file) : null,
                CertificateKeyPath = arguments.GetValue(key) is { } keyFile ? Path.GetFullPath(keyFile) : null,
                CertificatePassword = Environment.GetEnvironmentVariable(PasswordVariable),
                TrustedRootsPath = arguments.GetValue(roots) is { } rootsFile ? Path.GetFullPath(rootsFile) : null,
                LogLevel = arguments.GetValue(verbose) ? LogLevel.Information : LogLevel.Warning,
            },
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(PlatformOptions options, CancellationToken cancellationToken)
    {
        var stop = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            stop.TrySetResult();
        }

        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        await using var platform = await RunningPlatform.StartAsync(options, cancellationToken);
        PlatformTable.Write(platform, Path.GetFullPath(options.DataDirectory));
        await stop.Task;
        AnsiConsole.MarkupLine("[grey]正在停止 … stopping[/]");
        return 0;
    }
}
