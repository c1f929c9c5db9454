namespace Yinxin.Trust.Certificates.Paths.Profiles;

/// <summary>What is demanded of certificates beyond the algorithm, each rule with its clause.</summary>
internal sealed class ProfileRules(PathProfile profile, List<PathProblem> problems)
{
    /// <param name="path">From the end up to the anchor.</param>
    public void Check(IReadOnlyList<PathCertificate> path)
    {
        for (var i = 0; i < path.Count && profile.IssuerRules; i++)
        {
            var role = i == 0 ? PathRole.End : i == path.Count - 1 ? PathRole.Anchor : PathRole.Authority;
            problems.AddRange(IssuerRules.Check(path[i], role, profile).Select(why => Problem(path[i], why)));
        }

        if (profile.Subscriber == SubscriberRules.WebServer)
        {
            problems.AddRange(WebServerRules.Check(path).Select(p => Problem(p.Certificate, p.Why)));
        }
        else if (profile.Subscriber == SubscriberRules.Mail)
        {
            problems.AddRange(MailRules.Check(path).Select(p => Problem(p.Certificate, p.Why)));
        }
    }

    private PathProblem Problem(PathCertificate certificate, string why) => new(PathStep.Profile, profile.Name, $"{certificate.Subject}: {why}.");
}

/// <summary>Where a certificate stands in its path.</summary>
internal enum PathRole
{
    /// <summary>Last.</summary>
    End,

    /// <summary>Between end and anchor.</summary>
    Authority,

    /// <summary>First.</summary>
    Anchor,
}
