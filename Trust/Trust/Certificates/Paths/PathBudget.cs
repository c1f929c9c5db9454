namespace Yinxin.Trust.Certificates.Paths;

/// <summary>How much work one validation may cost: meshes of cross certificates and long lists of names are made to take for ever.</summary>
/// <param name="signatures">Signatures that may be verified.</param>
/// <param name="steps">Certificates that may be looked at as issuers.</param>
/// <param name="comparisons">Names that may be compared with subtrees.</param>
internal sealed class PathBudget(int signatures, int steps, int comparisons)
{
    private readonly Dictionary<(PathCertificate Subject, PathCertificate Issuer), bool> verified = [];
    private int signaturesLeft = signatures;
    private int stepsLeft = steps;
    private int comparisonsLeft = comparisons;

    /// <exception cref="PathBudgetException">Spent.</exception>
    public void Step(int count = 1)
    {
        if ((stepsLeft -= count) < 0)
        {
            throw new PathBudgetException("More combinations of certificates than are tried.");
        }
    }

    /// <exception cref="PathBudgetException">Spent.</exception>
    public void CompareNames()
    {
        if (--comparisonsLeft < 0)
        {
            throw new PathBudgetException("More names and name constraints than are compared.");
        }
    }

    /// <exception cref="PathBudgetException">Spent.</exception>
    public void VerifySignature()
    {
        if (--signaturesLeft < 0)
        {
            throw new PathBudgetException("More signatures than are verified.");
        }
    }

    /// <summary>Each pair is verified once in a validation, however many paths go through it.</summary>
    public bool Once(PathCertificate subject, PathCertificate issuer, Func<bool> verify)
    {
        if (verified.TryGetValue((subject, issuer), out var known))
        {
            return known;
        }

        VerifySignature();
        return verified[(subject, issuer)] = verify();
    }
}

/// <summary>A validation would cost more than it may.</summary>
internal sealed class PathBudgetException(string message) : Exception(message);
