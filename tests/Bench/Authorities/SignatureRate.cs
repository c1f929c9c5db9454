using System.Diagnostics;
using Yinxin.Trust.Suites;

namespace Yinxin.Bench.Authorities;

/// <summary>What a key can do at most on one core.</summary>
internal static class SignatureRate
{
    /// <summary>Signatures a second of processor time over 600 bytes, about the part of a certificate that is signed; the warm-up does not count.</summary>
    public static double Measure(ISigner key)
    {
        var data = new byte[600];
        return Measure(() => key.Sign(data));
    }

    /// <summary>As <see cref="Measure(ISigner)"/>, with a verification to each signature: no certificate can be had for less, for whoever asks must prove that the key is his.</summary>
    public static double WithVerification(ISigner key)
    {
        var data = new byte[600];
        var (publicKey, signature) = (key.PublicKey.ToArray(), key.Sign(data));
        return Measure(() =>
        {
            _ = SignatureVerifier.Verify(publicKey, key.Algorithm, data, signature) ? key.Sign(data) : throw new InvalidOperationException("A good signature does not verify.");
        });
    }

    private static double Measure(Action once)
    {
        Count(once, TimeSpan.FromSeconds(2));
        return Count(once, TimeSpan.FromSeconds(3));
    }

    private static double Count(Action once, TimeSpan duration)
    {
        using var self = Process.GetCurrentProcess();
        var before = self.TotalProcessorTime;
        var watch = Stopwatch.StartNew();
        var count = 0;
        for (; watch.Elapsed < duration; count++)
        {
            once();
        }

        self.Refresh();
        return count / (self.TotalProcessorTime - before).TotalSeconds;
    }
}
