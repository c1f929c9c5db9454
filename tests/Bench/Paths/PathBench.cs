using System.Diagnostics;
using Yinxin.Trust.Certificates;
using Yinxin.Trust.Certificates.Paths;
using Yinxin.Trust.Certificates.Paths.Revocation;
using Yinxin.Trust.Suites;

namespace Yinxin.Bench.Paths;

/// <summary>Certification paths of three certificates with their revocation lists, validated by one core, in both suites.</summary>
internal static class PathBench
{
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(3);

    public static Task<IReadOnlyList<Figure>> RunAsync(Workplace workplace)
    {
        _ = workplace;
        var figures = new List<Figure>();
        foreach (var suite in new[] { SignatureSuite.International, SignatureSuite.Sm })
        {
            figures.AddRange(Measure(suite));
        }

        return Task.FromResult<IReadOnlyList<Figure>>(figures);
    }

    private static IEnumerable<Figure> Measure(SignatureSuite suite)
    {
        using var pki = new Hierarchy(suite);
        var end = pki.Issue();
        var requirements = new PathRequirements(DateTimeOffset.UtcNow);
        var kept = Rate(() => CertificatePath.Validate(end, [pki.Issuing], [pki.Root], requirements, pki.Crls).Valid);
        yield return new($"{suite.Name()}: chain, revocation cached", kept, "1/s", Target: "≥ 2,000");

        // Certificates that were never seen as objects, though their signatures were: read, hashed and compared anew.
        var (endDer, issuingDer, rootDer) = (end.GetEncoded(), pki.Issuing.GetEncoded(), pki.Root.GetEncoded());
        var lists = new CrlSource([.. pki.Crls.Select(RevocationList.Of)]);
        var read = Rate(() => PathValidator.Validate(PathProfile.Rfc5280, new PathRequest(PathCertificate.Read(endDer), [PathCertificate.Read(issuingDer)], [PathCertificate.Read(rootDer)], DateTimeOffset.UtcNow) { Revocation = lists }).Valid);
        yield return new($"{suite.Name()}: chain read anew each time", read, "1/s");
        yield return new($"{suite.Name()}: end certificates never seen", Strangers(pki), "1/s");
        yield return new($"{suite.Name()}: memory left after a million", Growth(() => CertificatePath.Validate(end, [pki.Issuing], [pki.Root], requirements, pki.Crls)), "kB", Target: "flat");
    }

    /// <summary>Each with a signature of its own to verify; the issuing CA is known.</summary>
    private static double Strangers(Hierarchy pki)
    {
        var certificates = Enumerable.Range(0, 2000).Select(_ => pki.Issue()).ToList();
        var requirements = new PathRequirements(DateTimeOffset.UtcNow);
        var watch = Stopwatch.StartNew();
        foreach (var certificate in certificates)
        {
            if (!CertificatePath.Validate(certificate, [pki.Issuing], [pki.Root], requirements, pki.Crls).Valid)
            {
                throw new InvalidOperationException("A path is not valid.");
            }
        }

        return certificates.Count / watch.Elapsed.TotalSeconds;
    }

    private static double Rate(Func<bool> validate)
    {
        Repeat(validate, TimeSpan.FromSeconds(1));
        var watch = Stopwatch.StartNew();
        return Repeat(validate, Round) / watch.Elapsed.TotalSeconds;
    }

    private static int Repeat(Func<bool> validate, TimeSpan time)
    {
        var watch = Stopwatch.StartNew();
        var count = 0;
        for (; watch.Elapsed < time; count++)
        {
            if (!validate())
            {
                throw new InvalidOperationException("A path is not valid.");
            }
        }

        return count;
    }

    private static double Growth(Func<PathResult> validate)
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 0; i < 1_000_000; i++)
        {
            validate();
        }

        return (GC.GetTotalMemory(forceFullCollection: true) - before) / 1024.0;
    }
}
