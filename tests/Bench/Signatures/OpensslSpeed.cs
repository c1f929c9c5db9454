using System.Diagnostics;
using System.Globalization;
using Yinxin.Trust.Suites;

namespace Yinxin.Bench.Signatures;

/// <summary>What <c>openssl speed</c> says of an algorithm, for a second of user time on one core.</summary>
internal static class OpensslSpeed
{
    public static async Task<(double Sign, double Verify)> MeasureAsync(SignatureAlgorithm algorithm)
    {
        var name = algorithm switch
        {
            SignatureAlgorithm.Es256 => "ecdsap256",
            SignatureAlgorithm.Es384 => "ecdsap384",
            SignatureAlgorithm.Rs256 or SignatureAlgorithm.Ps256 => "rsa3072",
            SignatureAlgorithm.Ed25519 => "ed25519",
            SignatureAlgorithm.Sm2 => "sm2",
            _ => throw new ArgumentOutOfRangeException(nameof(algorithm)),
        };
        using var process = Process.Start(new ProcessStartInfo("openssl", ["speed", "-mr", "-seconds", "1", name]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })
            ?? throw new InvalidOperationException("openssl did not start.");
        var output = process.StandardOutput.ReadToEndAsync();
        await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();

        // +F4:number:bits:…:signatures a second:verifications a second
        var fields = (await output).Split('\n').Last(line => line.StartsWith("+F", StringComparison.Ordinal)).Split(':');
        return (double.Parse(fields[^2], CultureInfo.InvariantCulture), double.Parse(fields[^1], CultureInfo.InvariantCulture));
    }
}
