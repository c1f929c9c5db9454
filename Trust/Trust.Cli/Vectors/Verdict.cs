namespace Yinxin.Trust.Cli.Vectors;

/// <summary>What we say of one test.</summary>
/// <param name="Accepted">Null when the test is not about a signature.</param>
/// <param name="Why">The reason, for a person.</param>
internal sealed record Verdict(bool? Accepted, string Why)
{
    public static Verdict Refused(string why) => new(false, why);

    public static Verdict Of(bool verified) => verified
        ? new(true, "The signature verifies.")
        : new(false, "The signature does not verify: it is malformed, out of range, or not made by this key.");
}

/// <summary>One test with our verdict.</summary>
/// <param name="TcId">Its number in the file.</param>
/// <param name="Verdict">What we say.</param>
/// <param name="Expected">What the file says: valid, invalid or acceptable.</param>
internal sealed record VectorResult(long TcId, Verdict Verdict, string Expected)
{
    public bool Agrees => Verdict.Accepted is null || Expected == "acceptable" || Verdict.Accepted == (Expected == "valid");
}
