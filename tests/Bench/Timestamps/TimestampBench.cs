using System.Diagnostics;
using System.Security.Cryptography;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.Tsp;
using Org.BouncyCastle.Math;
using Yinxin.Trust.Certificates;
using Yinxin.Trust.Suites;
using Yinxin.Trust.Timestamps;

namespace Yinxin.Bench.Timestamps;

/// <summary>Tokens on one core, from the request's bytes to the answer's, beside the bare signature of the same key and beside <c>openssl ts -reply</c>.</summary>
internal static class TimestampBench
{
    private const int Rounds = 5;
    private const int OpensslRuns = 40;
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(1);

    public static async Task<IReadOnlyList<Figure>> RunAsync(Workplace workplace)
    {
        var figures = new List<Figure>();
        foreach (var suite in Enum.GetValues<SignatureSuite>())
        {
            using var key = SoftwareSigner.Generate(suite);
            var certificate = Certificate(key);
            var authority = new TimestampAuthority(key, [certificate], TimeProvider.System);
            var request = Request(suite);
            var attributes = new byte[200];
            var (tokens, signatures) = (new List<double>(), new List<double>());
            PerSecond(() => authority.Answer(request));
            PerSecond(() => key.Sign(attributes));
            for (var round = 0; round < Rounds; round++)
            {
                // In turn, so that what else the machine does weighs on both.
                tokens.Add(PerSecond(() => authority.Answer(request)));
                signatures.Add(PerSecond(() => key.Sign(attributes)));
            }

            var rate = Median(tokens);
            figures.Add(new Figure($"tokens, {suite.Name()}, one core", rate, "1/s"));
            figures.Add(new Figure($"bare signatures, {suite.Name()}, one core", Median(signatures), "1/s", rate / Median(signatures), "≥ 0.6"));
            if (suite == SignatureSuite.International)
            {
                var openssl = await OpensslAsync(workplace, key, certificate.GetEncoded(), request);
                figures.Add(new Figure("openssl ts -reply, a process each", openssl, "1/s", rate / openssl));
            }
        }

        return figures;
    }

    private static Org.BouncyCastle.X509.X509Certificate Certificate(SoftwareSigner key)
    {
        using var rootKey = SoftwareSigner.Generate(key.Suite);
        var now = DateTimeOffset.UtcNow;
        var root = new CertificateIssuer(rootKey).Issue(new CertificateContent(CertificateProfile.All["root"], DistinguishedName.Of("bench", "Root"), rootKey.PublicKey, now.AddDays(-1), now.AddDays(30)));
        return new CertificateIssuer(rootKey, root).Issue(new CertificateContent(CertificateProfile.All["tsa"], DistinguishedName.Of("bench", "TSA"), key.PublicKey, now.AddDays(-1), now.AddDays(30)));
    }

    private static byte[] Request(SignatureSuite suite) => new TimeStampReq(
        new MessageImprint(suite.DigestAlgorithm(), new byte[32]), null, new DerInteger(new BigInteger(1, RandomNumberGenerator.GetBytes(8))), DerBoolean.True, null).GetDerEncoded();

    private static double PerSecond(Func<byte[]> work)
    {
        var watch = Stopwatch.StartNew();
        var count = 0;
        while (watch.Elapsed < Round)
        {
            work();
            count++;
        }

        return count / watch.Elapsed.TotalSeconds;
    }

    private static async Task<double> OpensslAsync(Workplace workplace, SoftwareSigner key, byte[] certificate, byte[] request)
    {
        var folder = Directory.CreateDirectory(Path.Combine(workplace.DataDirectory, "openssl")).FullName;
        var pkcs8 = key.ExportPkcs8();
        await File.WriteAllTextAsync(Path.Combine(folder, "key.pem"), PemEncoding.WriteString("PRIVATE KEY", pkcs8));
        CryptographicOperations.ZeroMemory(pkcs8);
        await File.WriteAllTextAsync(Path.Combine(folder, "certificate.pem"), PemEncoding.WriteString("CERTIFICATE", certificate));
        await File.WriteAllBytesAsync(Path.Combine(folder, "request.tsq"), request);
        await File.WriteAllTextAsync(Path.Combine(folder, "tsa.cnf"), """
            [tsa]
            default_tsa = here
            [here]
            serial = serial
            signer_cert = certificate.pem
            signer_key = key.pem
            signer_digest = sha256
            default_policy = 1.2.3.4
            digests = sha256
            accuracy = secs:1
            ess_cert_id_alg = sha256
            """);
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < OpensslRuns; i++)
        {
            using var process = Process.Start(new ProcessStartInfo("openssl", ["ts", "-reply", "-config", "tsa.cnf", "-queryfile", "request.tsq", "-out", "reply.tsr"])
            {
                WorkingDirectory = folder,
                RedirectStandardError = true,
                UseShellExecute = false,
            })!;
            var errors = await process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync();
            if (process.ExitCode != 0)
            {
                throw new InvalidOperationException("openssl ts -reply: " + errors);
            }
        }

        return OpensslRuns / watch.Elapsed.TotalSeconds;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
