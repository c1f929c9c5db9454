using System.Numerics;

namespace Yinxin.Trust.Suites.Verification;

/// <summary>
/// Keys of a broken generator in widely used smart cards (CVE-2017-15361, "ROCA"): their primes are powers of 65537 modulo many small primes, and so is
/// the modulus. Such a key can be factored. By chance another modulus looks like that once in some 2^27 keys.
/// </summary>
internal static class Roca
{
    private static readonly (int Prime, bool[] Powers)[] Fingerprint = [.. SmallPrimes().Select(p => (p, Powers(p)))];

    public static bool IsWeak(BigInteger modulus) => Array.TrueForAll(Fingerprint, f => f.Powers[(int)(modulus % f.Prime)]);

    private static bool[] Powers(int prime)
    {
        var powers = new bool[prime];
        for (var power = 1; !powers[power]; power = power * (65537 % prime) % prime)
        {
            powers[power] = true;
        }

        return powers;
    }

    private static IEnumerable<int> SmallPrimes() =>
        Enumerable.Range(3, 165).Where(n => Enumerable.Range(2, n - 2).TakeWhile(d => d * d <= n).All(d => n % d != 0));
}
