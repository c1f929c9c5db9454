namespace Yinxin.Trust.Tests.Paths;

/// <summary>The classes of x509-limbo's pathological:: and cve::: loops, meshes, and lists made to take for ever.</summary>
internal static class PathologicalCases
{
    public static void Add(Cases c)
    {
        var root = c.Make.Root();
        var second = c.Make.Root(name: "root-2");
        var expired = c.Make.Intermediate(second, 1, d => d.NotAfter = new(1988, 11, 25, 0, 0, 0, TimeSpan.Zero), root.Key, "test-root");
        c.Add("pathological::multiple-chains-expired-intermediate", "SUCCESS", [root, second], c.Make.Leaf(root), [expired], new());
        Cycles(c, root);
        Mesh(c, root, 60, sameKey: true);
        Mesh(c, root, 60, sameKey: false);
        CrossSigned(c);
        Constraints(c);
    }

    private static void Cycles(Cases c, Issued root)
    {
        var (one, two) = (c.Make.NewKey(), c.Make.NewKey());
        foreach (var (id, a, b, depth) in new[] { ("distinct-cas", "cycle-1", "cycle-2", (int?)null), ("distinct-cas-max-depth", "cycle-3", "cycle-4", 255), ("same-logical-ca", "cycle-5", "cycle-5", null) })
        {
            var first = c.Make.Intermediate(c.Make.Root(key: two, name: b), key: one, name: a);
            var second = c.Make.Intermediate(c.Make.Root(key: one, name: a), key: two, name: b);
            c.Bad($"pathological::intermediate-cycle-{id}", root, c.Make.Leaf(first), new CaseOptions { Depth = depth }, first, second);
        }
    }

    /// <summary>Every CA has certified every other, and none is certified by the root.</summary>
    private static void Mesh(Cases c, Issued root, int size, bool sameKey)
    {
        var shared = c.Make.NewKey();
        var keys = Enumerable.Range(0, size).Select(_ => sameKey ? shared : c.Make.NewKey()).ToList();
        var cas = keys.Select((key, i) => c.Make.Intermediate(c.Make.Root(key: keys[(i + 1) % size], name: "mesh"), key: key, name: "mesh")).ToArray();
        c.Bad($"pathological::chain-same-subject-{(sameKey ? "same" : "distinct")}-key", root, c.Make.Leaf(cas[0]), null, cas);
    }

    /// <summary>CVE-2024-0567: three CAs that cross-certify each other, one of them trusted.</summary>
    private static void CrossSigned(Cases c)
    {
        string[] names = ["Root A", "Root B", "Root C"];
        var roots = names.Select(n => c.Make.Root(name: n)).ToArray();
        var a1 = c.Make.Intermediate(roots[0], name: "Intermediate A1");
        var crossed = from subject in Enumerable.Range(0, 3)
                      from issuer in Enumerable.Range(0, 3)
                      where subject != issuer
                      select c.Make.Intermediate(roots[issuer], key: roots[subject].Key, name: names[subject]);
        Issued[] all = [a1, .. crossed];
        c.Good("cve::cve-2024-0567", roots[0], c.Make.Leaf(a1), null, all);
        c.Good("cve::cve-2024-0567-other-end", roots[2], c.Make.Leaf(a1), null, all);
    }

    private static void Constraints(Cases c)
    {
        byte[][] Many(string prefix, int count) => [.. Enumerable.Range(0, count).Select(i => Der.Dns($"{prefix}{i}.test"))];
        var limited = c.Make.Root(d => d.Constraints(Many("t", 600), Many("x", 600)));
        c.Bad("pathological::nc-dos", limited, c.Make.Leaf(limited, d => d.Names(Many("t", 600))), CaseOptions.ForName("t0.test"));
        var few = c.Make.Root(d => d.Constraints(Many("t", 100), Many("x", 100)));
        c.Good("pathological::nc-many-but-not-too-many", few, c.Make.Leaf(few, d => d.Names(Many("t", 100))), CaseOptions.ForName("t0.test"));
        var excluding = c.Make.Intermediate(c.Make.Root() is var top ? top : few, change: d => d.Drop(X.AlternativeName).Constraints([Der.Dns("example.com")], [Der.Dns("bar.example.com")]));
        c.Bad("cve::cve-2025-61727", top, c.Make.Leaf(excluding, d => d.Names(Der.Dns("*.example.com"))), CaseOptions.ForName("bar.example.com"), excluding);
        var permitting = c.Make.Intermediate(top, change: d => d.Drop(X.AlternativeName).Constraints([Der.Dns("foo.example.com")]));
        c.Bad("cve::cve-2025-61727-nc-permits-variant", top, c.Make.Leaf(permitting, d => d.Names(Der.Dns("*.example.com"))), CaseOptions.ForName("foo.example.com"), permitting);
    }
}
