using Yinxin.Trust.Suites;

namespace Yinxin.Bench.Signatures;

/// <summary>
/// Signing and verifying by the house's own doors (<see cref="ISigner"/>, <see cref="SignatureVerifier"/>), from the message on, beside BouncyCastle's bare
/// SM2 signer on its fast curve and beside <c>openssl speed</c>, which signs a digest that is there already. All by processor time of one core.
/// </summary>
internal static class SignatureBench
{
    private const int Rounds = 3;

    /// <summary>About the part of a certificate that is signed.</summary>
    private const int MessageLength = 600;

    private static readonly SignatureAlgorithm[] Algorithms =
        [SignatureAlgorithm.Es256, SignatureAlgorithm.Es384, SignatureAlgorithm.Rs256, SignatureAlgorithm.Ed25519, SignatureAlgorithm.Sm2];

    public static async Task<IReadOnlyList<Figure>> RunAsync(Workplace workplace)
    {
        var figures = new List<Figure>();
        foreach (var algorithm in Algorithms)
        {
            using var key = SoftwareSigner.Generate(algorithm);
            figures.AddRange(await MeasureAsync(key));
        }

        return figures;
    }

    private static async Task<IReadOnlyList<Figure>> MeasureAsync(SoftwareSigner key)
    {
        var (algorithm, message) = (key.Algorithm, new byte[MessageLength]);
        var signature = key.Sign(message);
        var publicKey = key.PublicKey.ToArray();
        var bare = algorithm == SignatureAlgorithm.Sm2 ? new BareSm2(key) : null;
        Work sign = new(() => key.Sign(message)), verify = new(() => Demand(SignatureVerifier.Verify(publicKey, algorithm, message, signature)));
        Work? bareSign = bare is null ? null : new(() => bare.Sign(message)), bareVerify = bare is null ? null : new(() => Demand(bare.Verify(message, signature)));
        var openssl = new List<(double Sign, double Verify)>();
        for (var round = 0; round < Rounds; round++)
        {
            // By turns, so that what else the machine does weighs on all.
            foreach (var work in new[] { sign, bareSign, verify, bareVerify })
            {
                work?.Measure();
            }

            openssl.Add(await OpensslSpeed.MeasureAsync(algorithm));
        }

        var name = algorithm.ToString().ToUpperInvariant();
        var speed = (Sign: openssl.Max(o => o.Sign), Verify: openssl.Max(o => o.Verify));
        var target = algorithm switch { SignatureAlgorithm.Es256 => "≥ 0.7", SignatureAlgorithm.Sm2 => "≥ 2", _ => null };
        return
        [
            .. Beside($"{name} sign", sign, bareSign, speed.Sign, target),
            .. Beside($"{name} verify", verify, bareVerify, speed.Verify, target),
        ];
    }

    private static IEnumerable<Figure> Beside(string name, Work ours, Work? bare, double openssl, string? target)
    {
        yield return new Figure(name, ours.Best, "1/s");
        if (bare is not null)
        {
            yield return new Figure($"{name}, BouncyCastle bare", bare.Best, "1/s", ours.Best / bare.Best, "≥ 0.9");
        }

        yield return new Figure($"{name}, openssl speed", openssl, "1/s", ours.Best / openssl, target);
    }

    private static void Demand(bool valid)
    {
        if (!valid)
        {
            throw new InvalidOperationException("A good signature does not verify.");
        }
    }

    /// <summary>Something to be repeated; the best round counts, for the others were disturbed.</summary>
    private sealed class Work(Action once)
    {
        private static readonly TimeSpan Round = TimeSpan.FromSeconds(1);
        private bool warm;

        public double Best { get; private set; }

        public void Measure()
        {
            if (!warm)
            {
                Rate();
                warm = true;
            }

            Best = Math.Max(Best, Rate());
        }

        private double Rate()
        {
            var before = Environment.CpuUsage.TotalTime;
            var watch = System.Diagnostics.Stopwatch.StartNew();
            var count = 0;
            for (; watch.Elapsed < Round; count++)
            {
                once();
            }

            return count / (Environment.CpuUsage.TotalTime - before).TotalSeconds;
        }
    }
}
