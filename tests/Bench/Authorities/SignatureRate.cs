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
        Count(key, data, TimeSpan.FromSeconds(3));
        return Count(key, data, TimeSpan.FromSeconds(3));
    }

    private static double Count(ISigner key, byte[] data, TimeSpan duration)
    {
        using var self = Process.GetCurrentProcess();
        var before = self.TotalProcessorTime;
        var watch = Stopwatch.StartNew();
        var count = 0;
        for (; watch.Elapsed < duration; count++)
        {
            key.Sign(data);
        }

        self.Refresh();
        return count / (self.TotalProcessorTime - before).TotalSeconds;
    }
}
