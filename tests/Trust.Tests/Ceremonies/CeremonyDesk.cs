using System.CommandLine;
using Xunit;
using Yinxin.Testing;
using Yinxin.Trust.Cli;

namespace Yinxin.Trust.Tests.Ceremonies;

/// <summary>A table with three custodians (RSA, P-256, and P-384 under a passphrase, all made by openssl), on which the commands run.</summary>
internal sealed class CeremonyDesk : IDisposable
{
    public const string Address = "http://localhost:7106";
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("yinxin-ceremony-");

    public AdjustableTime Time { get; } = new();

    public static async Task<CeremonyDesk> SetAsync()
    {
        var desk = new CeremonyDesk();
        await desk.CustodianAsync("a", "-newkey", "rsa:2048", "-nodes");
        await desk.CustodianAsync("b", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes");
        await desk.CustodianAsync("c", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-384", "-passout", "pass:open sesame");
        await File.WriteAllTextAsync(desk.At("passphrase"), "open sesame\n");
        return desk;
    }

    public string At(string name) => Path.Combine(folder.FullName, name);

    /// <summary>Runs <c>yinxin trust …</c>; what is not an option and begins with <c>@</c> is a name on this desk.</summary>
    public (int Exit, string Output, string Errors) Run(params string[] arguments)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        var exit = TrustCommand.Create(Time).Parse([.. arguments.Select(a => a.StartsWith('@') ? At(a[1..]) : a)])
            .Invoke(new InvocationConfiguration { Output = output, Error = errors });
        return (exit, output.ToString(), errors.ToString());
    }

    public string Demand(params string[] arguments)
    {
        var (exit, output, errors) = Run(arguments);
        Assert.True(exit == 0, string.Join(' ', arguments) + "\n" + errors);
        return output;
    }

    /// <summary>Demands that the step is refused with this code, in words of both languages.</summary>
    public void Refuses(string code, params string[] arguments)
    {
        var (exit, _, errors) = Run(arguments);
        Assert.Equal(1, exit);
        Assert.StartsWith(code + ": ", errors, StringComparison.Ordinal);
        Assert.Contains(" / ", errors, StringComparison.Ordinal);
    }

    /// <summary>The first step, two of three.</summary>
    public string Init(string directory = "@root") => Demand("init", "--directory", directory, "--custodians", "@a.pem", "@b.pem", "@c.pem", "--threshold", "2", "--address", Address, "--by", "张三", "李四");

    /// <summary>The custodian's share, opened: <c>a</c>, <c>b</c> or <c>c</c>.</summary>
    public string Open(char custodian, string directory = "root")
    {
        var opened = $"{directory}-{custodian}.json";
        if (!File.Exists(At(opened)))
        {
            Demand("open-share", "--share", $"@{directory}/shares/share-{custodian - 'a' + 1}.cms.pem", "--key", $"@{custodian}.key", "--passphrase-file", "@passphrase", "--out", "@" + opened);
        }

        return "@" + opened;
    }

    public Task CustodianAsync(string name, params string[] key) => Openssl(["req", "-x509", .. key, "-keyout", At(name + ".key"), "-out", At(name + ".pem"), "-subj", "/CN=" + name, "-days", "30"]);

    public async Task<string> Openssl(params string[] arguments)
    {
        var (exit, output) = await Judge.RunAsync("openssl", arguments);
        Assert.True(exit == 0, output);
        return output;
    }

    public void Dispose() => folder.Delete(recursive: true);
}
