using System.Net;
using System.Net.Sockets;

namespace Yinxin.Launch.Platform;

/// <summary>What would otherwise surface as a stack trace is checked before anything starts, and said plainly.</summary>
internal static class Preconditions
{
    public static void Check(PlatformOptions options)
    {
        Writable(options.DataDirectory);
        if (options.BasePort is < 1 or > 65535 - 10)
        {
            throw new PlatformException($"--port {options.BasePort}: must lie between 1 and 65525.", $"--port {options.BasePort}：应在 1 至 65525 之间。");
        }

        if (options.DatabaseProvider == "postgres" && string.IsNullOrWhiteSpace(options.Connection))
        {
            throw new PlatformException("--database postgres needs --connection \"Host=…;Username=…;Password=…\".", "使用 --database postgres 时须给出 --connection。");
        }

        if (!IsLoopback(options.Host) && !options.Https && !options.OwnCertificate)
        {
            throw new PlatformException(
                $"--host {options.Host}: other machines can reach this address, so it needs HTTPS: give --certificate FILE, or --certificate own for one that the platform's own CA issues.",
                $"--host {options.Host}：其他机器可访问该地址，必须使用 HTTPS：请用 --certificate 指定证书文件，或用 --certificate own 由本平台签发。");
        }

        foreach (var file in new[] { options.CertificatePath, options.CertificateKeyPath, options.TrustedRootsPath }.OfType<string>().Where(f => !File.Exists(f)))
        {
            throw new PlatformException($"{file} is not there.", $"找不到文件 {file}。");
        }

        foreach (var app in PlatformApp.All)
        {
            PortFree(options.BasePort + app.PortOffset, app.Name);
        }
    }

    public static bool IsLoopback(string host) =>
        host == "localhost" || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));

    private static void Writable(string directory)
    {
        try
        {
            Directory.CreateDirectory(directory);
            var probe = Path.Combine(directory, $".write-{Guid.NewGuid():N}");
            File.WriteAllText(probe, "");
            File.Delete(probe);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw new PlatformException($"{directory} is not writable: {e.Message}", $"目录 {directory} 不可写：{e.Message}", e);
        }
    }

    private static void PortFree(int port, string app)
    {
        try
        {
            using var probe = new TcpListener(IPAddress.Loopback, port);
            probe.ExclusiveAddressUse = true;
            probe.Start();
        }
        catch (SocketException e)
        {
            throw new PlatformException(
                $"Port {port} ({app}) is taken by another program. Choose another with --port N.",
                $"端口 {port}（{app}）已被其他程序占用，请用 --port 另选。", e);
        }
    }
}
