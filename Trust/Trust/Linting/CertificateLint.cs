using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.X509;
using Yinxin.Trust.Certificates;
using Yinxin.Trust.Suites;
using ISigner = Yinxin.Trust.Suites.ISigner;

namespace Yinxin.Trust.Linting;

/// <summary>A certificate that breaks rules is not signed.</summary>
/// <param name="broken">The rules.</param>
public sealed class CertificateLintException(IReadOnlyList<LintRule> broken)
    : Exception("The certificate would break: " + string.Join("; ", broken.Select(r => $"{r.Code} ({r.Source}): {r.Demand}")))
{
    /// <summary>The rules, in their order.</summary>
    public IReadOnlyList<LintRule> Broken { get; } = broken;
}

/// <summary>Judges certificates before they are signed: once the CA's key has signed one, it is in the world.</summary>
public static class CertificateLint
{
    /// <summary>Every rule.</summary>
    public static IReadOnlyList<LintRule> Rules { get; } = [.. Rfc5280Rules.All, .. PurposeRules.All, .. SubscriberRules.All, .. NationalRules.All];

    /// <summary>The rules that a certificate breaks.</summary>
    public static IReadOnlyList<LintRule> Check(LintSubject subject) => [.. Rules.Where(r => !Holds(r, subject))];

    /// <summary>Judges what a generator is about to make; the signature's value is filled with zeros for it.</summary>
    /// <exception cref="CertificateLintException">It breaks a rule.</exception>
    internal static void Demand(X509V3CertificateGenerator generator, ISigner signer, CertificateProfile profile)
    {
        if (Check(new LintSubject(generator.Generate(new Unsigned(signer)), profile)) is { Count: > 0 } broken)
        {
            throw new CertificateLintException(broken);
        }
    }

    private static bool Holds(LintRule rule, LintSubject subject)
    {
        try
        {
            return !rule.Applies(subject) || rule.Holds(subject);
        }
        catch (Exception e) when (Malformed.Is(e))
        {
            // What cannot be read does not meet a demand.
            return false;
        }
    }

    private sealed class Unsigned(ISigner signer) : ISignatureFactory
    {
        public object AlgorithmDetails => signer.Algorithm.Identifier();

        public IStreamCalculator<IBlockResult> CreateCalculator() => new Calculator();

        private sealed class Calculator : IStreamCalculator<IBlockResult>
        {
            public Stream Stream => Stream.Null;

            public IBlockResult GetResult() => new Zeros();
        }

        private sealed class Zeros : IBlockResult
        {
            private const int Length = 64;

            public byte[] Collect() => new byte[Length];

            public int Collect(byte[] buf, int off) => Length;

            public int Collect(Span<byte> output) => Length;

            public int GetMaxResultLength() => Length;
        }
    }
}
