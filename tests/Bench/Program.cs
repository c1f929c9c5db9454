using System.Globalization;
using System.Text.Json;
using Yinxin.Bench;
using Yinxin.Bench.Accounts;
using Yinxin.Bench.Authorities;
using Yinxin.Bench.Endings;
using Yinxin.Bench.Faces;
using Yinxin.Bench.Licences;
using Yinxin.Bench.Log;
using Yinxin.Bench.Paths;
using Yinxin.Bench.Peers;
using Yinxin.Bench.Resting;
using Yinxin.Bench.Signatures;
using Yinxin.Bench.Timestamps;
using Yinxin.Bench.Tokens;
using Yinxin.Bench.Validation;

if (args is ["peer-openiddict", var port])
{
    await BareOpenIddict.RunAsync(int.Parse(port, CultureInfo.InvariantCulture));
    return 0;
}

if (args is ["peer-static", var staticPort, var directory])
{
    await StaticFile.RunAsync(staticPort, directory);
    return 0;
}

if (args is ["peer-following", var kind, var address, var identity, var followerDirectory])
{
    await FollowingServer.RunAsync(kind, address, identity, followerDirectory);
    return 0;
}

var benches = new Dictionary<string, Func<Workplace, Task<IReadOnlyList<Figure>>>>(StringComparer.Ordinal)
{
    ["accounts"] = AccountBench.RunAsync,
    ["registration"] = RegistrationBench.RunAsync,
    ["endings"] = EndingsBench.RunAsync,
    ["tokens"] = TokenBench.RunAsync,
    ["licences"] = LicenceBench.RunAsync,
    ["paths"] = PathBench.RunAsync,
    ["platform"] = PlatformBench.RunAsync,
    ["signatures"] = SignatureBench.RunAsync,
    ["validation"] = ValidationBench.RunAsync,
    ["timestamps"] = TimestampBench.RunAsync,
    ["ocsp"] = OcspBench.RunAsync,
    ["certificates"] = CertificateBench.RunAsync,
    ["faces"] = FaceBench.RunAsync,
    ["log"] = LogBench.RunAsync,
};
var json = args.Contains("--json");
var names = args.Where(a => !a.StartsWith("--", StringComparison.Ordinal)).DefaultIfEmpty("").ToList();
var chosen = benches.Where(b => names.Contains("") || names.Contains(b.Key)).ToList();
if (chosen.Count == 0)
{
    Console.Error.WriteLine($"No such benchmark; there are: {string.Join(", ", benches.Keys)}");
    return 2;
}

var missed = new List<string>();
foreach (var (name, run) in chosen)
{
    using var workplace = new Workplace();
    var figures = await run(workplace);
    foreach (var figure in figures)
    {
        Console.WriteLine(json
            ? JsonSerializer.Serialize(new { bench = name, figure.Name, figure.Value, figure.Unit, figure.Ratio, figure.Target }, JsonSerializerOptions.Web)
            : string.Create(CultureInfo.InvariantCulture, $"{name,-10} {figure.Name,-48} {figure.Value,12:N1} {figure.Unit,-5} {(figure.Ratio is { } ratio ? $"ours ÷ this = {ratio:N2}" : "")} {figure.Target}"));
    }

    missed.AddRange(figures.Where(f => f.IsMissed).Select(f => string.Create(CultureInfo.InvariantCulture, $"{name}: {f.Name}: {f.Value:N2} {f.Unit}, ratio {f.Ratio:N2}, aim {f.Target}")));
}

// So that a run at night notices.
missed.ForEach(m => Console.Error.WriteLine("Missed: " + m));
return missed.Count == 0 ? 0 : 1;
