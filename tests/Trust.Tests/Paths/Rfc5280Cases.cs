using Yinxin.Trust.Suites;

namespace Yinxin.Trust.Tests.Paths;

/// <summary>The classes of x509-limbo's rfc5280:: without name constraints: fields, key identifiers, usage, criticality, validity.</summary>
internal static class Rfc5280Cases
{
    public static void Add(Cases c)
    {
        Fields(c);
        KeyIdentifiers(c);
        Authority(c);
        Extensions(c);
        Purposes(c);
        Validity(c);
        Serials(c);
        Chains(c);
    }

    private static void Fields(Cases c)
    {
        var root = c.Make.Root();
        c.Bad("rfc5280::ee-empty-issuer", root, c.Make.Leaf(root, d => d.Issuer = Der.Name(null)));
        var nameless = c.Make.Root(name: null);
        c.Bad("rfc5280::ca-empty-subject", nameless, c.Make.Leaf(nameless));
        var issuerless = c.Make.Root(d => d.Issuer = Der.Name(null));
        c.Bad("rfc5280::root-empty-issuer", issuerless, c.Make.Leaf(issuerless));
        c.Bad("rfc5280::san::noncritical-with-empty-subject", root, c.Make.Leaf(root, d => d.Subject = Der.Name(null)));
        c.Good("rfc5280::san::critical-with-empty-subject", root, c.Make.Leaf(root, d => Nameless(d)));
        c.Bad("rfc5280::san::malformed", root, c.Make.Leaf(root, d => d.Set(X.AlternativeName, "example.com"u8.ToArray())));
        c.Bad("rfc5280::san::empty", root, c.Make.Leaf(root, d => d.Names()));
        c.Bad("rfc5280::san::underscore-dns", root, c.Make.Leaf(root, d => d.Names(Der.Dns("foo_bar.example.com"))), CaseOptions.ForName("foo_bar.example.com"));
        c.Bad("rfc5280::san::mail-malformed", root, c.Make.Leaf(root, d => d.Names(Der.Dns("example.com"), Der.Mail("a@b@example.com"))));
        c.Bad("rfc5280::duplicate-extensions", root, c.Make.Leaf(root, d => d.Extensions.Add((X.AlternativeName, false, Der.Sequence(Der.Dns("example.com"))))));
        c.Bad("rfc5280::mismatching-signature-algorithm", root, c.Make.Leaf(root, d => d.OuterAlgorithm = SignatureAlgorithm.Ed25519.Identifier().GetDerEncoded()));
        var mismatched = c.Make.Root(d => d.OuterAlgorithm = SignatureAlgorithm.Ed25519.Identifier().GetDerEncoded());
        c.Bad("rfc5280::mismatching-signature-algorithm-in-root", mismatched, c.Make.Leaf(mismatched));
    }

    private static void Nameless(Draft d)
    {
        d.Subject = Der.Name(null);
        d.Set(X.AlternativeName, Der.Sequence(Der.Dns("example.com")), critical: true);
    }

    private static void KeyIdentifiers(Cases c)
    {
        var root = c.Make.Root();
        var critical = c.Make.Root(d => d.Set(X.AuthorityKey, Der.AuthorityKey(Authorities.KeyId(d.Key.PublicKey.Span)), critical: true));
        c.Bad("rfc5280::aki::critical-aki", critical, c.Make.Leaf(critical));
        c.Bad("rfc5280::aki::leaf-missing-aki", root, c.Make.Leaf(root, d => d.Drop(X.AuthorityKey)));
        var without = c.Make.Intermediate(root, 0, d => d.Drop(X.AuthorityKey));
        c.Bad("rfc5280::aki::intermediate-missing-aki", root, c.Make.Leaf(without), null, without);
        c.Good("rfc5280::aki::self-signed-root-missing-aki", root, c.Make.Leaf(root));
        c.Bad("rfc5280::aki::cross-signed-root-missing-aki", without, c.Make.Leaf(without));
        var renamed = c.Make.Root(d => d.Subject = Der.Name("Root A"));
        c.Good("rfc5280::aki::self-signed-root-of-another-name", renamed, c.Make.Leaf(renamed));
        var criticalSubject = c.Make.Root(d => d.Set(X.SubjectKey, Der.Octets(Authorities.KeyId(d.Key.PublicKey.Span)), critical: true));
        c.Bad("rfc5280::ski::critical-ski", criticalSubject, c.Make.Leaf(criticalSubject));
        var rootWithout = c.Make.Root(d => d.Drop(X.SubjectKey));
        c.Bad("rfc5280::ski::root-missing-ski", rootWithout, c.Make.Leaf(rootWithout));
        var middleWithout = c.Make.Intermediate(root, change: d => d.Drop(X.SubjectKey));
        c.Bad("rfc5280::ski::intermediate-missing-ski", root, c.Make.Leaf(middleWithout), null, middleWithout);
    }

    private static void Authority(Cases c)
    {
        var root = c.Make.Root();
        var notCa = c.Make.Intermediate(root, change: d => d.Set(X.BasicConstraints, Der.BasicConstraints(authority: false), critical: true));
        c.Bad("rfc5280::intermediate-ca-without-ca-bit", root, c.Make.Leaf(notCa), null, notCa);
        var unconstrained = c.Make.Intermediate(root, change: d => d.Drop(X.BasicConstraints));
        c.Bad("rfc5280::intermediate-ca-missing-basic-constraints", root, c.Make.Leaf(unconstrained), null, unconstrained);
        var bareRoot = c.Make.Root(d => d.Drop(X.BasicConstraints));
        c.Bad("rfc5280::root-missing-basic-constraints", bareRoot, c.Make.Leaf(bareRoot));
        var soft = c.Make.Root(d => d.Set(X.BasicConstraints, Der.BasicConstraints(authority: true)));
        c.Bad("rfc5280::root-non-critical-basic-constraints", soft, c.Make.Leaf(soft));
        var inconsistent = c.Make.Root(d => d.Set(X.KeyUsage, Der.KeyUsage(6)));
        c.Bad("rfc5280::root-inconsistent-ca-extensions", inconsistent, c.Make.Leaf(inconsistent));
        var noSign = c.Make.Intermediate(root, 0, d => d.Set(X.KeyUsage, Der.KeyUsage(6)));
        c.Bad("rfc5280::ica-ku-keycertsign", root, c.Make.Leaf(noSign), null, noSign);
        c.Bad("rfc5280::leaf-ku-keycertsign", root, c.Make.Leaf(root, d => d.Set(X.BasicConstraints, Der.BasicConstraints(authority: false), critical: true).Set(X.KeyUsage, Der.KeyUsage(0, 5))));
        c.Bad("rfc5280::leaf-ku-empty", root, c.Make.Leaf(root, d => d.Set(X.KeyUsage, Der.KeyUsage(), critical: true)));
        var authority = c.Make.Intermediate(root, change: d => d.Names(Der.Dns("ca.example.com")));
        c.Good("rfc5280::ca-as-leaf", root, authority, CaseOptions.ForName("ca.example.com"));
        c.Bad("rfc5280::ca-as-leaf-wrong-san", root, authority, CaseOptions.ForName("some-other-ca.example.com"));
        c.Good("rfc5280::no-keyusage", root, c.Make.Leaf(root, d => d.Drop(X.KeyUsage)));
        c.Good("rfc5280::no-basicconstraints", root, c.Make.Leaf(root));
    }

    private static void Extensions(Cases c)
    {
        var root = c.Make.Root();
        c.Bad("rfc5280::unknown-critical-extension-ee", root, c.Make.Leaf(root, d => d.Set(X.Private, [], critical: true)));
        c.Good("rfc5280::unknown-noncritical-extension-ee", root, c.Make.Leaf(root, d => d.Set(X.Private, [])));
        var strange = c.Make.Root(d => d.Set(X.Private, [], critical: true), name: "strange-root");
        c.Bad("rfc5280::unknown-critical-extension-root", strange, c.Make.Leaf(strange));
        var middle = c.Make.Intermediate(root, 0, d => d.Set(X.Private, [], critical: true));
        c.Bad("rfc5280::unknown-critical-extension-intermediate", root, c.Make.Leaf(middle), null, middle);
        c.Add("rfc5280::unknown-critical-extension-unrelated-root", "SUCCESS", [strange, root], c.Make.Leaf(root), [middle], new());
        byte[] access = Der.Sequence(Der.Sequence(Der.Oid("1.3.6.1.5.5.7.48.2"), Der.Dns("example.com")));
        c.Good("rfc5280::ee-aia", root, c.Make.Leaf(root, d => d.Set(X.InformationAccess, access)));
        c.Bad("rfc5280::ee-critical-aia-invalid", root, c.Make.Leaf(root, d => d.Set(X.InformationAccess, access, critical: true)));
        var soft = c.Make.Intermediate(root, change: d => d.Set(X.PolicyConstraints, Der.Sequence(Der.Tagged(0, [3], constructed: false))));
        c.Bad("rfc5280::pc::ica-noncritical-pc", root, c.Make.Leaf(soft), null, soft);
        var demanding = c.Make.Intermediate(root, change: d => d.Set(X.PolicyConstraints, Der.Sequence(Der.Tagged(0, [0], constructed: false)), critical: true));
        c.Bad("rfc5280::pc::explicit-policy-without-policies", root, c.Make.Leaf(demanding), null, demanding);
    }

    private static void Purposes(Cases c)
    {
        var root = c.Make.Root();
        var asked = new CaseOptions { Purposes = ["serverAuth"] };
        c.Bad("rfc5280::eku::ee-wrong-eku", root, c.Make.Leaf(root, d => d.Set(X.ExtendedKeyUsage, Der.Oids(X.ClientAuth))), asked);
        c.Good("rfc5280::eku::ee-without-eku", root, c.Make.Leaf(root, d => d.Drop(X.ExtendedKeyUsage)));
        c.Bad("rfc5280::eku::ee-eku-empty", root, c.Make.Leaf(root, d => d.Set(X.ExtendedKeyUsage, Der.Sequence())), asked);
        c.Good("rfc5280::eku::ee-any", root, c.Make.Leaf(root, d => d.Set(X.ExtendedKeyUsage, Der.Oids(X.AnyPurpose))), asked);
        var mailOnly = c.Make.Intermediate(root, change: d => d.Set(X.ExtendedKeyUsage, Der.Oids(X.Mail)));
        c.Bad("bettertls::pathbuilding::bad-eku", root, c.Make.Leaf(mailOnly), null, mailOnly);
        c.Bad("rfc5280::ku::asked-for-another", root, c.Make.Leaf(root), new CaseOptions { KeyUsages = ["keyEncipherment"] });
        c.Good("rfc5280::ku::asked-for", root, c.Make.Leaf(root), new CaseOptions { KeyUsages = ["digitalSignature"] });
        var own = c.Algorithm == SignatureAlgorithm.Sm2 ? "SM2_WITH_SM3" : "ECDSA_WITH_SHA256";
        c.Good("rfc5280::algorithms::allowed", root, c.Make.Leaf(root), new CaseOptions { SignatureAlgorithms = [own, "ED25519"] });
        c.Bad("rfc5280::algorithms::not-allowed", root, c.Make.Leaf(root), new CaseOptions { SignatureAlgorithms = ["ED25519"] });
    }

    private static void Validity(Cases c)
    {
        DateTimeOffset At(int year, int month = 1) => new(year, month, 1, 0, 0, 0, TimeSpan.Zero);
        Action<Draft> Between(DateTimeOffset from, DateTimeOffset to) => d => (d.NotBefore, d.NotAfter) = (from, to);
        foreach (var (id, rootEnd, middleEnd, leafEnd) in new[] { ("expired-root", 2020, 2026, 2023), ("expired-intermediate", 2026, 2020, 2023), ("expired-leaf", 2026, 2026, 2021) })
        {
            var root = c.Make.Root(Between(At(2016), At(rootEnd)));
            var middle = c.Make.Intermediate(root, change: Between(At(2016), At(middleEnd)));
            c.Bad($"rfc5280::validity::{id}", root, c.Make.Leaf(middle, Between(At(2018), At(leafEnd))), new CaseOptions { Time = At(2022) }, middle);
        }

        var march = Between(At(2024, 3), At(2024, 4));
        var anchor = c.Make.Root(march);
        var ica = c.Make.Intermediate(anchor, change: march);
        var leaf = c.Make.Leaf(ica, march);
        c.Good("rfc5280::validity::notbefore-exact", anchor, leaf, new CaseOptions { Time = At(2024, 3) }, ica);
        c.Bad("rfc5280::validity::notbefore-fractional", anchor, leaf, new CaseOptions { Time = At(2024, 3).AddMilliseconds(-1) }, ica);
        c.Good("rfc5280::validity::notafter-exact", anchor, leaf, new CaseOptions { Time = At(2024, 4) }, ica);
        c.Good("rfc5280::validity::notafter-fractional", anchor, leaf, new CaseOptions { Time = At(2024, 4).AddMilliseconds(5) }, ica);
        c.Bad("rfc5280::validity::notafter-a-second-later", anchor, leaf, new CaseOptions { Time = At(2024, 4).AddSeconds(1) }, ica);
    }

    private static void Serials(Cases c)
    {
        var root = c.Make.Root();
        c.Bad("rfc5280::serial::too-long", root, c.Make.Leaf(root, d => d.Serial = [0x40, .. new byte[20]]));
        c.Bad("rfc5280::serial::zero", root, c.Make.Leaf(root, d => d.Serial = [0]));
        c.Bad("rfc5280::serial::negative", root, c.Make.Leaf(root, d => d.Serial = [0x80, 1]));
        c.Bad("rfc5280::serial::not-minimal", root, c.Make.Leaf(root, d => d.Serial = [0, 1]));
        c.Good("rfc5280::serial::twenty-octets", root, c.Make.Leaf(root, d => d.Serial = [0x7F, .. new byte[19]]));
        var trustedLeaf = c.Make.Root(d => d.Serial = [0x80, 1]);
        c.Bad("rfc5280::serial::negative-in-trusted-peer", trustedLeaf, trustedLeaf);
    }

    private static void Chains(Cases c)
    {
        var root = c.Make.Root();
        var ica = c.Make.Intermediate(root, 0);
        var leaf = c.Make.Leaf(ica);
        c.Bad("rfc5280::chain-untrusted-root", c.Make.Root(name: "unrelated"), leaf, null, root, ica);
        c.Good("rfc5280::root-and-intermediate-swapped", ica, leaf, null, root);
        c.Bad("rfc5280::missing-intermediate", root, leaf);
        var impostor = c.Make.Root();
        c.Bad("rfc5280::wrong-signature", root, c.Make.Leaf(impostor, d => d.Set(X.AuthorityKey, Der.AuthorityKey(root.KeyId))));
        c.Good("rfc5280::issuer-of-another-form", c.Make.Root(d => d.Subject = Der.Name("TEST  root", System.Formats.Asn1.UniversalTagNumber.PrintableString), name: "test root") is var printed ? printed : root,
            c.Make.Leaf(printed, d => d.Issuer = Der.Name("  test Root ")));
        c.Bad("invalid::invalid-issuer-key", root, c.Make.Leaf(c.Make.Intermediate(impostor, change: d => d.PublicKey = Convert.FromHexString("3012300d06092a864886f70d01010105000301 00".Replace(" ", "", StringComparison.Ordinal))) is var broken ? broken : ica), null, broken);
    }
}
