using System.Net;

namespace Yinxin.Trust.Certificates.Paths.Names;

/// <summary>
/// permitted_subtrees and excluded_subtrees of RFC 5280 §6.1: what is permitted narrows from CA to CA, what is excluded grows. Each CA's permitted
/// list is kept by itself, since a name must lie in one subtree of every list.
/// </summary>
internal sealed class NameSpace(PathBudget budget)
{
    private readonly List<IReadOnlyList<GeneralName>> permitted = [];
    private readonly List<GeneralName> excluded = [];

    public void Narrow(NameConstraintsValue? constraints)
    {
        if (constraints is null)
        {
            return;
        }

        if (constraints.Permitted.Count > 0)
        {
            permitted.Add(constraints.Permitted);
        }

        excluded.AddRange(constraints.Excluded);
    }

    /// <summary>What is wrong with the names of a certificate, or null.</summary>
    public PathProblem? Check(PathCertificate certificate)
    {
        if (permitted.Count == 0 && excluded.Count == 0)
        {
            return null;
        }

        foreach (var name in Names(certificate))
        {
            if (Excludes(name))
            {
                return new PathProblem(PathStep.NameConstraints, "excluded", $"{certificate.Subject}: the name {Show(name)} is excluded by a CA above.");
            }

            if (!Permits(name))
            {
                return new PathProblem(PathStep.NameConstraints, "notPermitted", $"{certificate.Subject}: the name {Show(name)} is not permitted by a CA above.");
            }
        }

        return null;
    }

    /// <summary>Every alternative name, the subject if there is one, and its mailboxes if there are none among the alternative names (RFC 5280 §4.2.1.10). A common name is no host name (RFC 9525).</summary>
    private static IEnumerable<GeneralName> Names(PathCertificate certificate)
    {
        if (!certificate.Subject.IsEmpty)
        {
            yield return new GeneralName(GeneralNameKind.Directory, "", default, certificate.Subject);
        }

        foreach (var name in certificate.AlternativeNames)
        {
            yield return name;
        }

        if (!certificate.Extensions.ContainsKey(Oids.SubjectAlternativeName))
        {
            foreach (var mailbox in certificate.Subject.Values(Oids.EmailAddress))
            {
                yield return new GeneralName(GeneralNameKind.Mail, mailbox, default, null);
            }
        }
    }

    private bool Excludes(GeneralName name)
    {
        foreach (var subtree in excluded)
        {
            budget.CompareNames();
            if (subtree.Kind == name.Kind && Subtrees.Contains(name, subtree, excluding: true) is not false)
            {
                return true;
            }
        }

        return false;
    }

    private bool Permits(GeneralName name)
    {
        foreach (var list in permitted)
        {
            var concerned = false;
            var inside = false;
            foreach (var subtree in list)
            {
                budget.CompareNames();
                concerned |= subtree.Kind == name.Kind;
                inside |= subtree.Kind == name.Kind && Subtrees.Contains(name, subtree, excluding: false) is true;
            }

            if (concerned && !inside)
            {
                return false;
            }
        }

        return true;
    }

    private static string Show(GeneralName name) => name.Directory?.ToString()
        ?? (name.Text.Length > 0 ? name.Text : name is { Kind: GeneralNameKind.Ip, Bytes.Length: 4 or 16 } ? new IPAddress(name.Bytes.Span).ToString() : Convert.ToHexString(name.Bytes.Span));
}
