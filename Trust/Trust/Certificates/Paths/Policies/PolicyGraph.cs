namespace Yinxin.Trust.Certificates.Paths.Policies;

/// <summary>
/// The valid policy graph of RFC 9618: as the tree of RFC 5280 §6.1.2, but each policy stands once at each depth, so that mappings cannot make it
/// grow beyond policies times path length.
/// </summary>
internal sealed class PolicyGraph
{
    private readonly List<Dictionary<string, PolicyNode>> depths = [new(StringComparer.Ordinal) { [Oids.AnyPolicy] = new(Oids.AnyPolicy, [], []) }];
    private IReadOnlyList<string> anyNotices = [];

    /// <summary>No policy is left (the graph is NULL).</summary>
    public bool IsEmpty { get; private set; }

    private Dictionary<string, PolicyNode> Last => depths[^1];

    /// <summary>§6.1.3 d and e for one certificate.</summary>
    /// <param name="policies">Its policies; null when it names none.</param>
    /// <param name="anyCounts">Whether anyPolicy stands for all that the issuer has.</param>
    public void Add(IReadOnlyList<CertificatePolicy>? policies, bool anyCounts)
    {
        anyNotices = policies?.FirstOrDefault(p => p.Oid == Oids.AnyPolicy)?.Notices ?? [];
        if (policies is null)
        {
            IsEmpty = true;
        }

        if (IsEmpty)
        {
            return;
        }

        var above = Last;
        var here = new Dictionary<string, PolicyNode>(StringComparer.Ordinal);
        var expected = Expected(above);
        foreach (var policy in policies!.Where(p => p.Oid != Oids.AnyPolicy))
        {
            if (expected.TryGetValue(policy.Oid, out var parents))
            {
                here[policy.Oid] = new PolicyNode(policy.Oid, parents, policy.Notices);
            }
            else if (above.TryGetValue(Oids.AnyPolicy, out var any))
            {
                here[policy.Oid] = new PolicyNode(policy.Oid, [any], policy.Notices);
            }
        }

        if (anyCounts && policies!.Any(p => p.Oid == Oids.AnyPolicy))
        {
            foreach (var (oid, parents) in expected.Where(e => !here.ContainsKey(e.Key)))
            {
                here[oid] = new PolicyNode(oid, parents, anyNotices);
            }
        }

        depths.Add(here);
        Prune();
    }

    /// <summary>§6.1.4 b: the issuer's policies go on under other names, or not at all where mapping is inhibited.</summary>
    public void Map(IReadOnlyList<(string Issuer, string Subject)> mappings, bool allowed)
    {
        if (IsEmpty || mappings.Count == 0)
        {
            return;
        }

        foreach (var mapping in mappings.GroupBy(m => m.Issuer, m => m.Subject, StringComparer.Ordinal))
        {
            if (!allowed)
            {
                Last.Remove(mapping.Key);
            }
            else if (Last.TryGetValue(mapping.Key, out var node))
            {
                node.Expected = mapping.ToHashSet(StringComparer.Ordinal);
            }
            else if (Last.ContainsKey(Oids.AnyPolicy) && depths.Count > 1 && depths[^2].TryGetValue(Oids.AnyPolicy, out var any))
            {
                Last[mapping.Key] = new PolicyNode(mapping.Key, [any], anyNotices) { Expected = mapping.ToHashSet(StringComparer.Ordinal) };
            }
        }

        Prune();
    }

    /// <summary>§6.1.5 g: the policies under which the path is valid for this user, named as the anchor's domain names them.</summary>
    /// <param name="wanted">user-initial-policy-set; null for any.</param>
    public (IReadOnlySet<string> Policies, IReadOnlyList<string> Notices) For(IReadOnlySet<string>? wanted)
    {
        if (IsEmpty)
        {
            return (new HashSet<string>(), []);
        }

        var named = depths.SelectMany(d => d.Values).Where(n => n.Policy != Oids.AnyPolicy && n.Parents.Any(p => p.Policy == Oids.AnyPolicy)).ToList();
        var any = Last.GetValueOrDefault(Oids.AnyPolicy);
        var chosen = named.Where(n => wanted is null || wanted.Contains(n.Policy)).ToHashSet();
        var policies = chosen.Select(n => n.Policy).ToHashSet(StringComparer.Ordinal);
        if (any is not null)
        {
            policies.UnionWith(wanted ?? new HashSet<string>(StringComparer.Ordinal) { Oids.AnyPolicy });
        }

        return (policies, [.. Notices(chosen, any, wanted).Distinct(StringComparer.Ordinal)]);
    }

    /// <summary>The notices of the chosen policies, of what they were mapped to below, and of the anyPolicy above that they came from.</summary>
    private IEnumerable<string> Notices(HashSet<PolicyNode> chosen, PolicyNode? any, IReadOnlySet<string>? wanted)
    {
        var reached = new HashSet<PolicyNode>(chosen);
        foreach (var node in depths.SelectMany(d => d.Values).Where(n => n.Parents.Any(reached.Contains)))
        {
            reached.Add(node);
        }

        var coversAll = any is not null && (wanted is null || wanted.Any(w => !chosen.Any(c => c.Policy == w)));
        return chosen.SelectMany(n => n.Parents).Concat(reached).Concat(coversAll ? [any!] : []).SelectMany(n => n.Notices);
    }

    private static Dictionary<string, List<PolicyNode>> Expected(Dictionary<string, PolicyNode> nodes)
    {
        var expected = new Dictionary<string, List<PolicyNode>>(StringComparer.Ordinal);
        foreach (var node in nodes.Values)
        {
            foreach (var oid in node.Expected)
            {
                if (!expected.TryGetValue(oid, out var parents))
                {
                    expected[oid] = parents = [];
                }

                parents.Add(node);
            }
        }

        return expected;
    }

    /// <summary>A node that nothing at the next depth came from goes, from the bottom up; when the first goes, all is gone.</summary>
    private void Prune()
    {
        for (var depth = depths.Count - 2; depth >= 0; depth--)
        {
            var parents = depths[depth + 1].Values.SelectMany(n => n.Parents).ToHashSet();
            foreach (var childless in depths[depth].Values.Where(n => !parents.Contains(n)).ToList())
            {
                depths[depth].Remove(childless.Policy);
            }
        }

        IsEmpty = depths[0].Count == 0 || Last.Count == 0;
    }

    private sealed class PolicyNode(string policy, IReadOnlyList<PolicyNode> parents, IReadOnlyList<string> notices)
    {
        public string Policy { get; } = policy;

        public IReadOnlyList<PolicyNode> Parents { get; } = parents;

        public IReadOnlyList<string> Notices { get; } = notices;

        public IReadOnlySet<string> Expected { get; set; } = new HashSet<string>(StringComparer.Ordinal) { policy };
    }
}
