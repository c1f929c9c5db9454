using System.Net;
using System.Text;
using Yinxin.Trust.Suites;

namespace Yinxin.Trust.Tests.Paths;

/// <summary>The classes of x509-limbo's webpki:: and smime::.</summary>
internal static class WebPkiCases
{
    private const string Id = "webpki::";

    public static void Add(Cases c)
    {
        PeerNames(c);
        CommonNames(c);
        Purposes(c);
        Roots(c);
        Keys(c);
        Shapes(c);
        Mail(c);
    }

    /// <summary>A leaf without a common name, so that only the alternative names count.</summary>
    private static Issued Leaf(Cases c, Issued root, params byte[][] names) => c.Make.Leaf(root, d =>
    {
        d.Subject = Der.Names(("2.5.4.10", "Example", System.Formats.Asn1.UniversalTagNumber.UTF8String));
        d.Names(names);
    });

    private static void PeerNames(Cases c)
    {
        var root = c.Make.Root();
        foreach (var (id, good, name, peer) in new[]
        {
            ("exact-dns-san", true, "example.com", "example.com"),
            ("exact-dns-san-other-case", true, "Example.com", "eXample.com"),
            ("mismatch-domain-san", false, "example.com", "example2.com"),
            ("mismatch-subdomain-san", false, "abc.example.com", "def.example.com"),
            ("mismatch-subdomain-apex-san", false, "example.com", "abc.example.com"),
            ("mismatch-apex-subdomain-san", false, "abc.example.com", "example.com"),
            ("public-suffix-wildcard-san", false, "*.com", "example.com"),
            ("public-suffix-multi-label-wildcard-san", false, "*.co.uk", "example.co.uk"),
            ("san-wildcard-only-tld", false, "*", "com"),
            ("leftmost-wildcard-san", true, "*.example.com", "foo.example.com"),
            ("wildcard-embedded-leftmost-san", false, "ba*.example.com", "baz.example.com"),
            ("wildcard-not-in-leftmost-san", false, "foo.*.example.com", "foo.bar.example.com"),
            ("wildcard-match-across-labels-san", false, "*.example.com", "foo.bar.example.com"),
            ("wildcard-not-the-domain-itself", false, "*.example.com", "example.com"),
            ("wildcard-embedded-ulabel-san", false, "xn--*-1b3c148a.example.com", "xn--bliss-1b3c148a.example.com"),
            ("unicode-emoji-san", false, "😜.example.com", "xn--628h.example.com"),
            ("nul-in-san", false, "example.com\0.example.org", "example.com"),
            ("trailing-dot-in-peer", false, "example.com", "example.com."),
        })
        {
            c.Add($"{Id}san::{id}", good ? "SUCCESS" : "FAILURE", [root], Leaf(c, root, Der.Dns(name)), [], CaseOptions.ForName(peer));
        }

        c.Good(Id + "san::exact-localhost-ip-san", root, Leaf(c, root, Der.Ip("127.0.0.1")), CaseOptions.ForName("127.0.0.1", "IP"));
        c.Good(Id + "san::exact-ip-called-dns", root, Leaf(c, root, Der.Ip("127.0.0.1")), CaseOptions.ForName("127.0.0.1"));
        c.Bad(Id + "san::mismatch-ip", root, Leaf(c, root, Der.Ip("127.0.0.2")), CaseOptions.ForName("127.0.0.1", "IP"));
        c.Bad(Id + "san::ip-as-dns", root, Leaf(c, root, Der.Dns("127.0.0.1")), CaseOptions.ForName("127.0.0.1", "IP"));
        c.Bad(Id + "san::no-san", root, c.Make.Leaf(root, d => d.Drop(X.AlternativeName)));
        c.Bad(Id + "san::san-critical-with-nonempty-subject", root, c.Make.Leaf(root, d => d.Set(X.AlternativeName, Der.Sequence(Der.Dns("example.com")), critical: true)));
    }

    private static void CommonNames(Cases c)
    {
        var root = c.Make.Root();
        foreach (var (id, good, common, name) in new[]
        {
            ("ipv4-hex-mismatch", false, "0xC0A80101", "192.168.1.1"),
            ("ipv4-leading-zeros-mismatch", false, "192.168.001.001", "192.168.1.1"),
            ("ipv4", true, "192.168.1.1", "192.168.1.1"),
            ("ipv6-uppercase-mismatch", false, "2001:DB8::8A2E:370:7334", "2001:db8::8a2e:370:7334"),
            ("ipv6-uncompressed-mismatch", false, "2001:0db8:0000:0000:0000:0000:0000:0001", "2001:db8::1"),
            ("ipv6-non-rfc5952-mismatch", false, "2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
            ("ipv6", true, "2001:db8::1:0:0:1", "2001:db8::1:0:0:1"),
            ("punycode-not-in-san", false, "xn--nxasmq6b.com", "xn--n3h.com"),
            ("utf8-vs-punycode-mismatch", false, "test-測試.com", "xn--test--wg5h0h.com"),
            ("not-in-san", false, "notinsan.example.com", "valid.example.com"),
            ("case-mismatch", false, "Example.COM", "example.com"),
        })
        {
            var isAddress = IPAddress.TryParse(name, out _);
            var leaf = c.Make.Leaf(root, d =>
            {
                d.Subject = Der.Name(common);
                d.Names(isAddress ? Der.Ip(name) : Der.Dns(name));
            });
            c.Add($"{Id}cn::{id}", good ? "SUCCESS" : "FAILURE", [root], leaf, [], CaseOptions.ForName(name, isAddress ? "IP" : "DNS"));
        }
    }

    private static void Purposes(Cases c)
    {
        var root = c.Make.Root();
        var asked = new CaseOptions { Purposes = ["serverAuth"] };
        foreach (var (id, good, purposes) in new (string, bool, string[])[]
        {
            ("ee-anyeku", false, [X.ServerAuth, X.AnyPurpose]),
            ("ee-clientauth-only", false, [X.ClientAuth]),
            ("ee-precertificate-only", false, [X.Precertificate]),
            ("ee-precertificate-with-serverauth", false, [X.ServerAuth, X.Precertificate]),
            ("ee-serverauth-with-additional", true, [X.ServerAuth, X.ClientAuth]),
            ("ee-codesigning-with-serverauth", false, [X.ServerAuth, X.CodeSigning]),
            ("ee-emailprotection-with-serverauth", false, [X.ServerAuth, X.Mail]),
            ("ee-timestamping-with-serverauth", false, [X.ServerAuth, X.TimeStamping]),
            ("ee-ocspsigning-with-serverauth", false, [X.ServerAuth, X.OcspSigning]),
        })
        {
            c.Add($"{Id}eku::{id}", good ? "SUCCESS" : "FAILURE", [root], c.Make.Leaf(root, d => d.Set(X.ExtendedKeyUsage, Der.Oids(purposes))), [], asked);
        }

        c.Bad(Id + "eku::ee-critical-eku", root, c.Make.Leaf(root, d => d.Set(X.ExtendedKeyUsage, Der.Oids(X.ServerAuth), critical: true)), asked);
        c.Bad(Id + "eku::ee-without-eku", root, c.Make.Leaf(root, d => d.Drop(X.ExtendedKeyUsage)));
        var purposeful = c.Make.Root(d => d.Set(X.ExtendedKeyUsage, Der.Oids(X.ServerAuth)));
        c.Bad(Id + "eku::root-has-eku", purposeful, c.Make.Leaf(purposeful), asked);
    }

    private static void Roots(Cases c)
    {
        byte[] Own(Draft d) => Authorities.KeyId(d.Key.PublicKey.Span);
        foreach (var (id, good, key) in new (string, bool, Func<Draft, byte[]>)[]
        {
            ("missing-keyidentifier", false, _ => Der.AuthorityKey(null)),
            ("authoritycertissuer", false, d => Der.AuthorityKey(Own(d), Der.Name("myCN"))),
            ("authoritycertserialnumber", false, d => Der.AuthorityKey(Own(d), serial: [1])),
            ("all-fields", false, d => Der.AuthorityKey(Own(d), Der.Name("myCN"), [1])),
            ("ski-mismatch", false, _ => Der.AuthorityKey(new byte[20])),
            ("own", true, d => Der.AuthorityKey(Own(d))),
        })
        {
            var root = c.Make.Root(d => d.Set(X.AuthorityKey, key(d)));
            c.Add($"{Id}aki::root-with-aki-{id}", good ? "SUCCESS" : "FAILURE", [root], c.Make.Leaf(root), [], new());
        }

        var soft = c.Make.Root(d => d.Constraints([Der.Dns("example.com")], critical: false));
        c.Good(Id + "nc::permitted-dns-match-noncritical", soft, c.Make.Leaf(soft));
        c.Bad(Id + "nc::noncritical-still-binds", soft, Leaf(c, soft, Der.Dns("example.org")), CaseOptions.ForName("example.org"));
    }

    private static void Keys(Cases c)
    {
        var root = c.Make.Root();
        var p192 = StrangeKeys.P192();
        var weak = StrangeKeys.Rsa(1024);
        var odd = StrangeKeys.Rsa(2052);
        var strong = StrangeKeys.Rsa(2048);
        c.Bad(Id + "forbidden-p192-leaf", root, c.Make.Leaf(root, d => d.PublicKey = p192));
        c.Bad(Id + "forbidden-weak-rsa-in-leaf", root, c.Make.Leaf(root, d => d.PublicKey = weak));
        c.Bad(Id + "forbidden-rsa-key-not-divisible-by-8-in-leaf", root, c.Make.Leaf(root, d => d.PublicKey = odd));
        c.Bad(Id + "forbidden-dsa-leaf", root, c.Make.Leaf(root, d => d.PublicKey = StrangeKeys.Dsa()));
        c.Bad(Id + "explicit-curve", root, c.Make.Leaf(root, d => d.PublicKey = StrangeKeys.ExplicitCurve()));
        c.Good(Id + "rsa-2048-leaf", root, c.Make.Leaf(root, d => d.PublicKey = strong));
        c.Bad(Id + "ku::ee-rsa-without-any-usages", root, c.Make.Leaf(root, d =>
        {
            d.PublicKey = strong;
            d.Set(X.KeyUsage, Der.KeyUsage(), critical: true);
        }));
        foreach (var (id, key) in new[] { ("forbidden-p192-root", p192), ("forbidden-weak-rsa-key-in-root", weak), ("forbidden-dsa-root", StrangeKeys.Dsa()) })
        {
            var bad = c.Make.Root(d => d.PublicKey = key);
            c.Bad(Id + id, bad, c.Make.Leaf(bad));
        }

        var edwards = c.Make.NewKey(SignatureAlgorithm.Ed25519);
        var edwardsRoot = c.Make.Root(key: edwards);
        c.Bad(Id + "forbidden-ed25519-root", edwardsRoot, c.Make.Leaf(edwardsRoot));
        c.Good("rfc5280::ed25519-root", edwardsRoot, c.Make.Leaf(edwardsRoot));
    }

    private static void Shapes(Cases c)
    {
        var root = c.Make.Root();
        c.Bad(Id + "v1-cert", root, c.Make.Leaf(root, d =>
        {
            d.Version = null;
            d.Extensions.Clear();
        }));
        c.Bad(Id + "v1-cert-with-extensions", root, c.Make.Leaf(root, d => d.Version = null));
        c.Bad(Id + "ee-basicconstraints-ca", root, c.Make.Leaf(root, d => d.Set(X.BasicConstraints, Der.BasicConstraints(authority: true), critical: true)));
        c.Bad(Id + "ca-as-leaf", root, c.Make.Intermediate(root, change: d => d.Names(Der.Dns("ca.example.com")), name: "ca.example.com"), CaseOptions.ForName("ca.example.com"));
        c.Bad(Id + "malformed-aia", root, c.Make.Leaf(root, d => d.Set(X.InformationAccess, Encoding.ASCII.GetBytes("malformed"))));
        c.Good(Id + "plain", root, c.Make.Leaf(root));
    }

    private static void Mail(Cases c)
    {
        var root = c.Make.Root();
        Issued User(Issued above, Action<Draft>? change = null, params string[] purposes) => c.Make.Leaf(above, d =>
        {
            d.Subject = Der.Name("user");
            d.Names(Der.Mail("user@example.com")).Set(X.ExtendedKeyUsage, Der.Oids(purposes.Length == 0 ? [X.Mail] : purposes));
            change?.Invoke(d);
        });
        var asked = CaseOptions.ForMail("user@example.com", "emailProtection");
        c.Good("smime::san::exact-rfc822-san", root, User(root), asked);
        c.Bad("smime::san::no-san", root, User(root, d => d.Drop(X.AlternativeName)), asked);
        c.Bad("smime::san::mismatch-rfc822-san", root, User(root), CaseOptions.ForMail("other@example.com", "emailProtection"));
        c.Bad("smime::san::mismatch-domain-rfc822-san", root, User(root), CaseOptions.ForMail("user@example.org", "emailProtection"));
        c.Bad("smime::san::san-critical-with-nonempty-subject", root, User(root, d => d.Set(X.AlternativeName, Der.Sequence(Der.Mail("user@example.com")), critical: true)), asked);
        c.Bad("smime::eku::ee-without-eku", root, User(root, d => d.Drop(X.ExtendedKeyUsage)), asked);
        c.Bad("smime::eku::ee-missing-email-protection", root, User(root, null, X.ClientAuth), asked);
        c.Bad("smime::eku::ee-has-server-auth", root, User(root, null, X.Mail, X.ServerAuth), asked);
        c.Bad("smime::eku::ee-has-any-eku", root, User(root, null, X.Mail, X.AnyPurpose), asked);
        c.Good("smime::eku::ee-has-client-auth", root, User(root, null, X.Mail, X.ClientAuth), asked);
        c.Bad("smime::ku::ee-missing-key-usage", root, User(root, d => d.Drop(X.KeyUsage)), asked);
        c.Bad("smime::ku::ee-key-cert-sign", root, User(root, d => d.Set(X.KeyUsage, Der.KeyUsage(0, 5), critical: true)), asked);
        var server = c.Make.Intermediate(root, 0, d => d.Set(X.ExtendedKeyUsage, Der.Oids(X.Mail, X.ServerAuth)));
        c.Bad("smime::eku::intermediate-has-server-auth", root, User(server), asked, server);
        var fine = c.Make.Intermediate(root, 0, d => d.Set(X.ExtendedKeyUsage, Der.Oids(X.Mail)));
        c.Good("smime::eku::intermediate-has-email-protection", root, User(fine), asked, fine);
        var noLists = c.Make.Intermediate(root, 0, d => d.Set(X.KeyUsage, Der.KeyUsage(5), critical: true));
        c.Bad("smime::ku::intermediate-missing-crl-sign", root, User(noLists), asked, noLists);
        var purposeful = c.Make.Root(d => d.Set(X.ExtendedKeyUsage, Der.Oids(X.Mail)));
        c.Bad("smime::eku::root-has-eku", purposeful, User(purposeful), asked);
    }
}
