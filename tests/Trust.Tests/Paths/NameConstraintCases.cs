namespace Yinxin.Trust.Tests.Paths;

/// <summary>The classes of x509-limbo's rfc5280::nc::.</summary>
internal static class NameConstraintCases
{
    private const string Id = "rfc5280::nc::";

    public static void Add(Cases c)
    {
        Simple(c);
        Directories(c);
        SelfIssued(c);
        Malformed(c);
        Chains(c);
        Mail(c);
        Others(c);
    }

    /// <summary>One CA with constraints, one end certificate with names.</summary>
    private static void One(Cases c, string id, bool good, byte[][]? permitted, byte[][]? excluded, byte[][] names, string peer, string kind = "DNS")
    {
        var root = c.Make.Root(d => d.Constraints(permitted, excluded));
        c.Add(Id + id, good ? "SUCCESS" : "FAILURE", [root], c.Make.Leaf(root, d => d.Names(names)), [], CaseOptions.ForName(peer, kind));
    }

    private static void Simple(Cases c)
    {
        byte[][] example = [Der.Dns("example.com")];
        One(c, "permitted-dns-mismatch", false, example, null, [Der.Dns("not-example.com")], "not-example.com");
        One(c, "excluded-dns-match", false, null, example, example, "example.com");
        One(c, "permitted-dns-match", true, example, null, example, "example.com");
        One(c, "permitted-dns-match-more", true, example, null, [Der.Dns("foo.bar.example.com")], "foo.bar.example.com");
        One(c, "permitted-dns-match-other-case", true, [Der.Dns("EXAMPLE.com")], null, [Der.Dns("foo.example.COM")], "foo.example.com");
        One(c, "excluded-dns-match-second", false, null, [Der.Dns("not-allowed.example.com")], [Der.Dns("example.com"), Der.Dns("not-allowed.example.com")], "example.com");
        One(c, "excluded-match-permitted-and-excluded", false, example, example, example, "example.com");
        One(c, "permitted-dns-wildcard", true, example, null, [Der.Dns("*.example.com")], "foo.example.com");
        One(c, "nc-forbids-dnsname-wildcard-san", false, null, [Der.Dns("foo.example.com")], [Der.Dns("*.example.com")], "bar.example.com");
        One(c, "excluded-all-dns", false, null, [Der.Dns("")], example, "example.com");
        One(c, "permitted-ip-mismatch", false, [Der.Range("192.0.2.0", "255.255.255.0")], null, [Der.Ip("192.0.3.1")], "192.0.3.1", "IP");
        One(c, "permitted-ipv4-match", true, [Der.Range("192.0.2.0", "255.255.255.0")], null, [Der.Ip("192.0.2.1")], "192.0.2.1", "IP");
        One(c, "excluded-ipv4-match", false, null, [Der.Range("192.0.2.0", "255.255.255.0")], [Der.Ip("192.0.2.1")], "192.0.2.1", "IP");
        var one = Der.Range("::1", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
        One(c, "permitted-ipv6-match", true, [one], null, [Der.Ip("::1")], "::1", "IP");
        One(c, "excluded-ipv6-match", false, null, [one], [Der.Ip("::1")], "::1", "IP");
        One(c, "permitted-different-constraint-type", true, [Der.Range("192.0.2.0", "255.255.255.0")], null, example, "example.com");
        One(c, "excluded-different-constraint-type", true, null, [Der.Range("192.0.2.0", "255.255.255.0")], example, "example.com");
        One(c, "permitted-uri-exact", true, [Der.Uri("example.com")], null, [Der.Dns("example.com"), Der.Uri("http://example.com/x")], "example.com");
        One(c, "permitted-uri-below-is-not-exact", false, [Der.Uri("example.com")], null, [Der.Dns("example.com"), Der.Uri("http://a.example.com/x")], "example.com");
        One(c, "permitted-uri-below", true, [Der.Uri(".example.com")], null, [Der.Dns("example.com"), Der.Uri("http://a.example.com/x")], "example.com");
        One(c, "permitted-uri-without-host", false, [Der.Uri(".example.com")], null, [Der.Dns("example.com"), Der.Uri("urn:a:b")], "example.com");
        One(c, "excluded-uri-with-address", false, null, [Der.Uri("example.org")], [Der.Dns("example.com"), Der.Uri("http://192.0.2.1/")], "example.com");
        var soft = c.Make.Root(d => d.Constraints(example, critical: false));
        c.Bad(Id + "permitted-dns-match-noncritical", soft, c.Make.Leaf(soft));
        var root = c.Make.Root();
        c.Bad(Id + "not-allowed-in-ee-noncritical", root, c.Make.Leaf(root, d => d.Constraints(example, critical: false)));
        c.Bad(Id + "not-allowed-in-ee-critical", root, c.Make.Leaf(root, d => d.Constraints(example)));
    }

    private static void Directories(Cases c)
    {
        byte[] Foo() => Der.Directory(Der.Name("foo"));
        void Case(string id, bool good, byte[][]? permitted, byte[][]? excluded, string subject, string alternative)
        {
            var root = c.Make.Root(d => d.Constraints(permitted, excluded));
            var leaf = c.Make.Leaf(root, d =>
            {
                d.Subject = Der.Name(subject);
                d.Names(Der.Directory(Der.Name(alternative)));
            });
            c.Add(Id + id, good ? "SUCCESS" : "FAILURE", [root], leaf, [], new CaseOptions { Name = null });
        }

        Case("permitted-dn-mismatch", false, [Foo()], null, "not-foo", "not-foo");
        Case("excluded-dn-match", false, null, [Foo()], "foo", "foo");
        Case("permitted-dn-match", true, [Foo()], null, "foo", "foo");
        Case("permitted-dn-match-other-case", true, [Foo()], null, " FOO", "Foo ");
        Case("permitted-dn-match-subject-san-mismatch", false, [Foo()], null, "not-foo", "foo");
        Case("excluded-dn-match-sub-mismatch", false, null, [Foo()], "foo", "not-foo");
    }

    private static void SelfIssued(Cases c)
    {
        var root = c.Make.Root(d => d.Names(Der.Dns("not-example.com")).Constraints([Der.Dns("example.com")]), name: "not-example.com");
        var again = c.Make.Intermediate(root, change: d => d.Names(Der.Dns("not-example.com")), name: "not-example.com");
        c.Good(Id + "permitted-self-issued", root, c.Make.Leaf(again), null, again);
        var plain = c.Make.Root(d => d.Constraints([Der.Dns("example.com")]));
        var ica = c.Make.Intermediate(plain, change: d => d.Names(Der.Dns("not-example.com")), name: "not-example.com");
        c.Bad(Id + "excluded-self-issued-leaf", plain, c.Make.Leaf(ica, d =>
        {
            d.Subject = Der.Name("not-example.com");
            d.Names(Der.Dns("not-example.com"));
        }), CaseOptions.ForName("not-example.com"), ica);
    }

    private static void Malformed(Cases c)
    {
        One(c, "invalid-dnsname-wildcard", false, [Der.Dns("*.example.com")], null, [Der.Dns("foo.example.com")], "foo.example.com");
        One(c, "invalid-dnsname-leading-period", false, [Der.Dns(".example.com")], null, [Der.Dns("foo.example.com")], "foo.example.com");
        One(c, "invalid-ipv4-address", false, [Der.Ip("127.0.0.1")], null, [Der.Ip("127.0.0.1")], "127.0.0.1", "IP");
        One(c, "invalid-ipv6-address", false, [Der.Ip("::1")], null, [Der.Ip("::1")], "::1", "IP");
        One(c, "invalid-ip-mask", false, [Der.Range("127.0.0.0", "255.0.255.0")], null, [Der.Ip("127.0.0.1")], "127.0.0.1", "IP");
        One(c, "both-null", false, null, null, [Der.Dns("example.com")], "example.com");
        One(c, "both-empty-sequences", false, [], [], [Der.Dns("example.com")], "example.com");
        One(c, "permitted-empty-sequence-excluded-nonempty", false, [], [Der.Dns("example.org")], [Der.Dns("example.com")], "example.com");
        var root = c.Make.Root();
        byte[][] dns = [Der.Dns("example.com")];
        foreach (var (id, permitted, names, peer, kind) in new[]
        {
            ("nc-permits-invalid-dns-san", dns, new[] { Der.Dns(".example.com"), Der.Dns("foo.example.com") }, "foo.example.com", "DNS"),
            ("nc-permits-invalid-ip-san", [Der.Range("192.0.2.0", "255.255.255.0")], [Der.Range("192.0.2.0", "255.255.255.0"), Der.Ip("192.0.2.1")], "192.0.2.1", "IP"),
        })
        {
            var ica = c.Make.Intermediate(root, change: d => d.Constraints(permitted));
            c.Bad(Id + id, root, c.Make.Leaf(ica, d => d.Names(names)), CaseOptions.ForName(peer, kind), ica);
        }

        var minimum = c.Make.Root(d => d.Set(X.NameConstraints, Der.Sequence(Der.Tagged(0, Der.Sequence(Der.Dns("example.com"), Der.Tagged(0, [1], constructed: false)))), critical: true));
        c.Bad(Id + "minimum-given", minimum, c.Make.Leaf(minimum));
    }

    private static void Chains(Cases c)
    {
        byte[] permitted = Der.Dns("permitted.example.com"), forbidden = Der.Dns("forbidden.example.com"), foo = Der.Dns("foo.example.com"), bar = Der.Dns("bar.example.com");
        foreach (var inRoot in new[] { false, true })
        {
            var root = c.Make.Root(d => Constrain(d, inRoot));
            var ica1 = c.Make.Intermediate(root, change: d => Constrain(d, !inRoot));
            var ica2 = c.Make.Intermediate(ica1, change: d => d.Names(forbidden));
            c.Bad($"{Id}intermediate-with-san-rejected-by-{(inRoot ? "root" : "intermediate")}-nc", root, c.Make.Leaf(ica2, d => d.Names(permitted)), CaseOptions.ForName("permitted.example.com"), ica1, ica2);
        }

        void Constrain(Draft d, bool here)
        {
            if (here)
            {
                d.Constraints([permitted], [forbidden]);
            }
        }

        foreach (var (id, upper, lower) in new[] { ("narrows", new[] { foo, bar }, new[] { bar }), ("widens", [bar], [foo, bar]) })
        {
            var root = c.Make.Root(d => d.Drop(X.AlternativeName));
            var ica1 = c.Make.Intermediate(root, change: d => d.Drop(X.AlternativeName).Constraints(upper));
            var ica2 = c.Make.Intermediate(ica1, change: d => d.Drop(X.AlternativeName).Constraints(lower));
            c.Bad($"{Id}restrictive-permits-in-intermediates-{id}", root, c.Make.Leaf(ica2, d => d.Names(foo)), CaseOptions.ForName("foo.example.com"), ica1, ica2);
        }

        Alternatives(c, forbidden, permitted);
    }

    private static void Alternatives(Cases c, byte[] forbidden, byte[] permitted)
    {
        var (discarded, trusted) = (c.Make.Root(d => d.Drop(X.AlternativeName)), c.Make.Root(d => d.Drop(X.AlternativeName)));
        var limited = c.Make.Intermediate(trusted, change: d => d.Drop(X.AlternativeName).Constraints([permitted], [forbidden]));
        var key = c.Make.NewKey();
        var dead = c.Make.Intermediate(discarded, change: d => d.Names(forbidden), key: key, name: "an-intermediate");
        var alive = c.Make.Intermediate(limited, change: d => d.Drop(X.AlternativeName), key: key, name: "an-intermediate");
        var leaf = c.Make.Leaf(dead, d => d.Names(permitted));
        c.Good(Id + "nc-forbids-alternate-chain-ica", trusted, leaf, CaseOptions.ForName("permitted.example.com"), limited, dead, alive);
        var underForbidden = c.Make.Intermediate(limited, change: d => d.Names(forbidden), key: key, name: "an-intermediate");
        var free = c.Make.Intermediate(discarded, change: d => d.Names(Der.Dns("unconstrained.example.com")), key: key, name: "an-intermediate");
        c.Add(Id + "nc-forbids-same-chain-ica", "SUCCESS", [trusted, discarded], leaf, [limited, underForbidden, free], CaseOptions.ForName("permitted.example.com"));
    }

    private static void Mail(Cases c)
    {
        void Case(string id, bool good, byte[][] permitted, string mailbox, params byte[][] names)
        {
            var root = c.Make.Root(d => d.Drop(X.AlternativeName));
            var ica = c.Make.Intermediate(root, change: d => d.Drop(X.AlternativeName).Constraints(permitted));
            var leaf = c.Make.Leaf(ica, d => d.Names(names).Set(X.ExtendedKeyUsage, Der.Oids(X.ClientAuth)));
            c.Add(Id + id, good ? "SUCCESS" : "FAILURE", [root], leaf, [ica], CaseOptions.ForMail(mailbox, "clientAuth"));
        }

        Case("nc-permits-email-exact", true, [Der.Mail("foo@example.com")], "foo@example.com", Der.Mail("foo@example.com"));
        Case("nc-permits-email-exact-other-local-case", false, [Der.Mail("foo@example.com")], "Foo@example.com", Der.Mail("Foo@example.com"));
        Case("nc-permits-email-domain", true, [Der.Mail("example.com")], "foo@example.com", Der.Mail("foo@example.com"));
        Case("nc-permits-email-domain-only-itself", false, [Der.Mail("example.com")], "foo@a.example.com", Der.Mail("foo@a.example.com"));
        Case("nc-permits-email-below", true, [Der.Mail(".example.com")], "foo@a.example.com", Der.Mail("foo@a.example.com"));
        Case("nc-permits-email-literal-asterisk-exact-match", true, [Der.Mail("*@example.com")], "*@example.com", Der.Mail("*@example.com"));
        Case("nc-permits-email-literal-asterisk-is-no-wildcard", false, [Der.Mail("*@example.com")], "foo@example.com", Der.Mail("foo@example.com"));
        Case("nc-permits-email-literal-mid-asterisk", true, [Der.Mail("f*o@example.com")], "f*o@example.com", Der.Mail("f*o@example.com"));
        Case("invalid-email-address", false, [Der.Mail("invalid@invalid@example.com")], "example@example.com", Der.Mail("example@example.com"));
        Case("nc-permits-invalid-email-san", false, [Der.Mail("example.com")], "good@example.com,alsogood@example.com", Der.Mail("good@example.com"), Der.Mail("alsogood@example.com"), Der.Mail("invalid@address@example.com"));
        Case("nc-all-names-wanted", true, [Der.Mail("example.com")], "good@example.com,alsogood@example.com", Der.Mail("good@example.com"), Der.Mail("alsogood@example.com"));
        Case("nc-one-name-missing", false, [Der.Mail("example.com")], "good@example.com,other@example.com", Der.Mail("good@example.com"));
        var root = c.Make.Root(d => d.Drop(X.AlternativeName).Constraints([Der.Mail("example.com")]));
        var subject = Der.Names(("2.5.4.3", "example.com", System.Formats.Asn1.UniversalTagNumber.UTF8String), ("1.2.840.113549.1.9.1", "a@example.org", System.Formats.Asn1.UniversalTagNumber.IA5String));
        c.Bad(Id + "email-in-subject-without-san", root, c.Make.Leaf(root, d =>
        {
            d.Subject = subject;
            d.Drop(X.AlternativeName);
        }), new CaseOptions { Name = null });
    }

    private static void Others(Cases c)
    {
        var root = c.Make.Root(d => d.Drop(X.AlternativeName));
        var ica = c.Make.Intermediate(root, change: d => d.Drop(X.AlternativeName).Constraints([Der.Dns("example.com")], [Der.Other("1.3.6.1.4.1.55738.666.3")]));
        c.Bad(Id + "nc-forbids-othername", root, c.Make.Leaf(ica, d => d.Names(Der.Dns("example.com"), Der.Other("1.3.6.1.4.1.55738.666.3"))), null, ica);
        c.Good(Id + "nc-forbids-othername-noop", root, c.Make.Leaf(ica), null, ica);
    }
}
