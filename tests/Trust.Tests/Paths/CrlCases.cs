using System.Security.Cryptography;
using Yinxin.Trust.Suites;

namespace Yinxin.Trust.Tests.Paths;

/// <summary>The classes of x509-limbo's crl::, rfc5280::crl:: and webpki::crl::, and delta lists.</summary>
internal static class CrlCases
{
    private const string Id = "crl::";
    private const string Uri = "http://example.com/partition.crl";
    private static readonly byte[] Stranger = [0x11, 0x22, 0x33];

    public static void Add(Cases c)
    {
        Entries(c);
        Form(c);
        Signers(c);
        Times(c);
        Partitions(c);
        Deltas(c);
    }

    private static ListDraft List(Issued issuer) => new() { SignedBy = issuer.Key, Issuer = issuer.Subject };

    /// <summary>One root, one end certificate, one list.</summary>
    private static void One(Cases c, string id, bool good, Func<ListDraft, Issued, ListDraft> make, Action<Draft>? change = null)
    {
        var root = c.Make.Root();
        var leaf = c.Make.Leaf(root, change);
        c.Add(Id + id, good ? "SUCCESS" : "FAILURE", [root], leaf, [], CaseOptions.ForLists(make(List(root), leaf).Issue()));
    }

    private static void Entries(Cases c)
    {
        One(c, "revoked-certificate-with-crl", false, (l, leaf) => l.Revoke(leaf));
        One(c, "certificate-not-on-crl", true, (l, _) => l.Revoke(Stranger));
        One(c, "crl-empty", true, (l, _) => l);
        One(c, "crl-very-large", true, (l, _) =>
        {
            for (var i = 0; i < 10_000; i++)
            {
                l.Revoke([0x10, (byte)(i >> 8), (byte)i]);
            }

            return l;
        });
        One(c, "revocation-date-in-future", false, (l, leaf) => l.Revoke(leaf, Cases.Moment.AddDays(1)));
        One(c, "revocation-date-before-not-before", false, (l, leaf) => l.Revoke(leaf, Cases.Moment.AddDays(-60)), d => d.NotBefore = Cases.Moment.AddDays(-30));
        One(c, "entry-unknown-critical-extension", false, (l, leaf) => l.Revoke(leaf, null, (X.Private, true, [])));
        One(c, "entry-unknown-noncritical-extension", false, (l, leaf) => l.Revoke(leaf, null, (X.Private, false, [])));
        One(c, "crl-duplicate-revoked-serial", false, (l, _) => l.Revoke(Stranger).Revoke(Stranger));
        var (one, two) = (c.Make.Root(name: "Root CA 1"), c.Make.Root(name: "Root CA 2"));
        var leaf = c.Make.Leaf(one);
        c.Add(Id + "certificate-serial-on-crl-different-issuer", "SUCCESS", [one, two], leaf, [], CaseOptions.ForLists(List(one).Issue(), List(two).Revoke(leaf).Issue()));
        var ica = c.Make.Intermediate(one);
        c.Bad(Id + "revoked-intermediate", one, c.Make.Leaf(ica), CaseOptions.ForLists(List(one).Revoke(ica).Issue(), List(ica).Issue()), ica);
    }

    private static void Form(Cases c)
    {
        One(c, "crlnumber-missing", false, (l, _) =>
        {
            l.Extensions.Clear();
            return l.Revoke(Stranger);
        });
        One(c, "crlnumber-critical", false, (l, _) => l.Add(X.CrlNumber, Der.Integer(1), critical: true));
        One(c, "crl-unknown-critical-extension", false, (l, _) => l.Add(X.Private, [], critical: true));
        One(c, "crl-unknown-noncritical-extension", true, (l, _) => l.Add(X.Private, [], critical: false));

        // A list that cannot be read says nothing, as if it had not come.
        One(c, "crl-invalid-version", true, (l, leaf) =>
        {
            l.Version = 5;
            return l.Revoke(leaf);
        });
        One(c, "crl-missing-next-update", true, (l, leaf) =>
        {
            l.NextUpdate = null;
            return l.Revoke(leaf);
        });
    }

    private static void Signers(Cases c)
    {
        var root = c.Make.Root();
        var leaf = c.Make.Leaf(root);
        c.Bad(Id + "crl-invalid-signature", root, leaf, CaseOptions.ForLists(new ListDraft { SignedBy = c.Make.NewKey(), Issuer = root.Subject }.Issue()));
        var other = c.Make.Root(name: "Root CA 2");
        c.Add(Id + "crl-wrong-signing-key", "FAILURE", [root, other], leaf, [], CaseOptions.ForLists(new ListDraft { SignedBy = other.Key, Issuer = root.Subject }.Issue()));
        foreach (var (id, good, bits) in new (string, bool, int[]?)[] { ("issuer-missing-crlsign", false, [5]), ("issuer-no-keyusage-extension", true, null), ("issuer-valid-crlsign-and-keycertsign", true, [5, 6]) })
        {
            var issuer = c.Make.Root(d => _ = bits is null ? d.Drop(X.KeyUsage) : d.Set(X.KeyUsage, Der.KeyUsage(bits)));
            c.Add(Id + id, good ? "SUCCESS" : "FAILURE", [issuer], c.Make.Leaf(issuer), [], CaseOptions.ForLists(List(issuer).Issue()));
        }

        var listKey = c.Make.Intermediate(root, change: d => d.Set(X.KeyUsage, Der.KeyUsage(6)).Drop(X.BasicConstraints), name: "test-root");
        c.Good(Id + "separate-key-of-the-same-name", root, leaf, CaseOptions.ForLists(List(listKey).Issue()), listKey);
        var stranger = c.Make.Root();
        c.Bad(Id + "separate-key-of-another-anchor", root, leaf, CaseOptions.ForLists(List(stranger).Issue()), stranger);
    }

    private static void Times(Cases c)
    {
        One(c, "this-update-in-future", false, (l, _) => Between(l, 1, 30));
        One(c, "next-update-in-past", false, (l, _) => Between(l, -60, -30));
        One(c, "crl-validity-no-overlap", false, (l, _) => Between(l, -365, -180), d => d.NotBefore = Cases.Moment.AddDays(-30));
    }

    private static ListDraft Between(ListDraft l, int from, int to)
    {
        (l.ThisUpdate, l.NextUpdate) = (Cases.Moment.AddDays(from), Cases.Moment.AddDays(to));
        return l;
    }

    private static byte[] Scope(byte[][]? names = null, byte[]? relative = null, params byte[][] flags) =>
        Der.Sequence((names is null ? [] : new[] { Der.Tagged(0, Der.Tagged(0, [.. names.SelectMany(n => n)])) }).Concat(relative is null ? [] : [Der.Tagged(0, relative)]).Concat(flags));

    private static byte[] Flag(int number) => Der.Tagged(number, [0xFF], constructed: false);

    private static void Partitions(Cases c)
    {
        Action<Draft> At(params byte[][] names) => d => d.Set(X.DistributionPoints, Der.DistributionPoints(names));
        void Case(string id, bool good, byte[] scope, Action<Draft>? change) => One(c, id, good, (l, _) => l.Add(X.IssuingPoint, scope, critical: true), change);
        Case("idp-cdp-scope-match", true, Scope([Der.Uri(Uri)]), At(Der.Uri(Uri)));
        Case("idp-cdp-scope-mismatch", false, Scope([Der.Uri("http://example.com/other.crl")]), At(Der.Uri(Uri)));
        Case("idp-present-certificate-missing-cdp", false, Scope([Der.Uri(Uri)]), null);
        Case("idp-only-contains-ca-certs-ee-target", false, Scope(flags: Flag(2)), null);
        Case("idp-only-contains-user-certs-ee-target", true, Scope(flags: Flag(1)), null);
        Case("idp-only-contains-attribute-certs", false, Scope(flags: Flag(5)), null);
        Case("idp-present-certificate-cdp-non-uri-generalname", false, Scope([Der.Uri(Uri)]), At(Der.Uri(Uri), Der.Dns("example.com")));
        Case("idp-fullname-non-uri-generalname", false, Scope([Der.Uri(Uri), Der.Dns("example.com")]), At(Der.Uri(Uri)));
        Case("idp-indirect-crl", false, Scope([Der.Uri(Uri)], flags: Flag(4)), At(Der.Uri(Uri)));
        Case("idp-only-some-reasons-no-complete-crl", false, Scope([Der.Uri(Uri)], flags: Der.Tagged(3, [6, 0x40], constructed: false)), At(Der.Uri(Uri)));
        Case("idp-uri-not-byte-identical", false, Scope([Der.Uri("http://example.com/crls/shard.crl")]), At(Der.Uri("http://example.com/crls/%73hard.crl")));
        Case("idp-name-relative-to-crl-issuer", false, Scope(relative: Der.Tagged(1, Der.Sequence(Der.Oid("2.5.4.3"), [0x0C, 1, 0x70]))), null);
        var root = c.Make.Root();
        var ica = c.Make.Intermediate(root);
        var userList = List(root).Add(X.IssuingPoint, Scope(flags: Flag(1)), critical: true).Issue();
        c.Bad(Id + "idp-only-contains-user-certs-ca-target", root, c.Make.Leaf(ica), CaseOptions.ForLists(userList, List(ica).Issue()), ica);
    }

    private static void Deltas(Cases c)
    {
        void Case(string id, bool good, Func<ListDraft, Issued, ListDraft> full, Func<ListDraft, Issued, ListDraft> delta, int number = 2, int builtOn = 1)
        {
            var root = c.Make.Root();
            var leaf = c.Make.Leaf(root);
            var second = delta(List(root), leaf).Add(X.CrlNumber, Der.Integer(number), critical: false).Add("2.5.29.27", Der.Integer(builtOn), critical: true);
            c.Add("rfc5280::crl::" + id, good ? "SUCCESS" : "FAILURE", [root], leaf, [], CaseOptions.ForLists(full(List(root), leaf).Issue(), second.Issue()));
        }

        Case("delta-revokes", false, (l, _) => l, (l, leaf) => l.Revoke(leaf));
        Case("delta-removes", true, (l, leaf) => l.Revoke(leaf, null, ("2.5.29.21", false, [0x0A, 1, 6])), (l, leaf) => l.Revoke(leaf, null, ("2.5.29.21", false, [0x0A, 1, 8])));
        Case("delta-of-a-later-list-does-not-count", true, (l, _) => l, (l, leaf) => l.Revoke(leaf), number: 9, builtOn: 5);
        Case("delta-alone-is-not-enough", false, (l, _) => Between(l, -60, -30), (l, _) => l);
    }
}
