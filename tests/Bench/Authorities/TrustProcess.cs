using System.Globalization;
using Yinxin.Bench.Load;
using Yinxin.Testing;

namespace Yinxin.Bench.Authorities;

/// <summary>Trust.Server alone in a process of its own.</summary>
internal sealed class TrustProcess : IAsyncDisposable
{
    private readonly ChildProcess process;

    private TrustProcess(ChildProcess process, Uri address)
    {
        this.process = process;
        Address = address;
    }

    public Uri Address { get; }

    public ChildProcess Process => process;

    public static async Task<TrustProcess> StartAsync(Workplace workplace, string identity, params (string Key, string Value)[] settings)
    {
        var address = new Uri(FormattableString.Invariant($"http://localhost:{FreePort.Next()}/"));
        List<(string Key, string Value)> all =
        [
            ("App:Address", address.ToString()), ("App:DataDirectory", Path.Combine(workplace.DataDirectory, "trust")), ("App:MasterKey", Convert.ToBase64String(new byte[32])),
            ("Addresses:Trust", address.ToString()), ("Addresses:Identity", identity), .. settings,
        ];
        return new TrustProcess(await StartAsync("Yinxin.Trust.Server.dll", all.Select(s => $"--{s.Key}={s.Value}"), new Uri(address, "health/ready")), address);
    }

    /// <summary>A program of this folder.</summary>
    public static Task<ChildProcess> StartAsync(string dll, IEnumerable<string> arguments, Uri ready) =>
        ChildProcess.StartAsync("dotnet", [Path.Combine(AppContext.BaseDirectory, dll), .. arguments], ready);

    public ValueTask DisposeAsync() => process.DisposeAsync();

    public static string Port(Uri address) => address.Port.ToString(CultureInfo.InvariantCulture);
}
