using Yinxin.Trust.Cms.Cades;
using Yinxin.Trust.Suites;
using Yinxin.Trust.Tests.Validation;
using Yinxin.Trust.Validation;
using Yinxin.Trust.Validation.Policies;
using static Yinxin.Trust.Tests.Validation.ValidationPki;

namespace Yinxin.Bench.Validation;

/// <summary>
/// Whole signatures through the engine of EN 319 102-1, from the bytes of the CMS to the indication, one core: signatures never seen, with revocation lists
/// that are known already, beside the bare verifications that each cannot do without.
/// </summary>
internal static class ValidationBench
{
    private const int Signatures = 1500;
    private static readonly DateTimeOffset Now = Day(2026, 6, 1);

    public static Task<IReadOnlyList<Figure>> RunAsync(Workplace workplace)
    {
        _ = workplace;
        return Task.FromResult<IReadOnlyList<Figure>>([.. new[] { SignatureSuite.International, SignatureSuite.Sm }.SelectMany(Measure)]);
    }

    private static IEnumerable<Figure> Measure(SignatureSuite suite)
    {
        using var pki = new ValidationPki(suite);
        var material = pki.Material(pki.Lists(Now.AddDays(-1)));
        var (publicKey, message, signature) = (pki.SignerKey.PublicKey.ToArray(), new byte[200], pki.SignerKey.Sign(new byte[200]));
        Rate(Enumerable.Repeat(signature, 10_000), s => SignatureVerifier.Verify(publicKey, suite, message, s));
        var bare = Rate(Enumerable.Repeat(signature, 10_000), s => SignatureVerifier.Verify(publicKey, suite, message, s));
        bool Valid(byte[] cms) => SignatureValidation.Validate(CadesReader.Read(cms, DetachedContent.Of(Content))[0], material, ValidationPolicy.Platform, Now).WithTime.IsPassed;

        Rate(Many(() => pki.Sign()), Valid);
        var basic = Rate(Many(() => pki.Sign()), Valid);
        yield return new($"{suite.Name()}: basic signatures never seen", basic, "1/s");
        yield return new($"{suite.Name()}: one bare verification", bare, "1/s", basic / bare);
        Rate(Many(() => pki.SignAt(Day(2026, 3, 1))), Valid);
        var timestamped = Rate(Many(() => pki.SignAt(Day(2026, 3, 1))), Valid);
        yield return new($"{suite.Name()}: with a timestamp, never seen", timestamped, "1/s");
        yield return new($"{suite.Name()}: two bare verifications", bare / 2, "1/s", timestamped / (bare / 2));
        var seen = pki.SignAt(Day(2026, 3, 1));
        yield return new($"{suite.Name()}: the same again", Rate(Enumerable.Repeat(seen, 4 * Signatures), Valid), "1/s");

        var before = Memory();
        Rate(Enumerable.Repeat(seen, 10 * Signatures), Valid);
        yield return new($"{suite.Name()}: memory left after {10 * Signatures:N0}", (Memory() - before) / 1e3, "kB", Target: "flat");
    }

    private static List<byte[]> Many(Func<byte[]> make) => [.. Enumerable.Range(0, Signatures).Select(_ => make())];

    private static double Rate(IEnumerable<byte[]> signatures, Func<byte[], bool> valid)
    {
        var (before, count) = (Environment.CpuUsage.TotalTime, 0);
        foreach (var signature in signatures)
        {
            count += valid(signature) ? 1 : throw new InvalidOperationException("A good signature does not pass.");
        }

        return count / (Environment.CpuUsage.TotalTime - before).TotalSeconds;
    }

    private static long Memory() => GC.GetTotalMemory(forceFullCollection: true);
}
