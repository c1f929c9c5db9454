using System.Security.Cryptography;
using Xunit;
using Yinxin.Trust.Certificates.Paths;
using Yinxin.Trust.Certificates.Paths.Revocation;
using Yinxin.Trust.Suites;

namespace Yinxin.Trust.Tests.Paths;

/// <summary>Certificates and lists that are made to mislead, to crash or to keep busy.</summary>
public sealed class HostilePathTests
{
    [Theory]
    [InlineData(SignatureAlgorithm.Es256)]
    [InlineData(SignatureAlgorithm.Sm2)]
    public void No_changed_byte_of_a_certificate_passes(SignatureAlgorithm algorithm)
    {
        using var make = new Authorities(algorithm);
        var root = make.Root();
        var leaf = make.Leaf(root);
        Assert.True(IsValid(leaf.Encoded, root));
        for (var i = 0; i < leaf.Encoded.Length; i++)
        {
            foreach (var change in (ReadOnlySpan<byte>)[0x01, 0x80])
            {
                var changed = (byte[])leaf.Encoded.Clone();
                changed[i] ^= change;
                Assert.False(IsValid(changed, root), $"byte {i} ^ {change}");
            }
        }
    }

    [Fact]
    public void No_part_of_a_certificate_and_none_with_more_behind_it_is_one()
    {
        using var make = new Authorities(SignatureAlgorithm.Es256);
        var encoded = make.Root().Encoded;
        for (var length = 0; length < encoded.Length; length++)
        {
            Assert.Throws<CryptographicException>(() => PathCertificate.Read(encoded.AsMemory(0, length)));
        }

        Assert.Throws<CryptographicException>(() => PathCertificate.Read(new byte[] { 0 }.Concat(encoded).ToArray()));
        Assert.Throws<CryptographicException>(() => PathCertificate.Read(encoded.Append((byte)0).ToArray()));
    }

    [Theory]
    [InlineData("3080", "indefinite length")]
    [InlineData("30847FFFFFFF", "two gigabytes")]
    [InlineData("308900FFFFFFFFFFFFFFFF", "a length of nine octets")]
    [InlineData("30830000013000", "a length that is not minimal")]
    [InlineData("3F8080808001", "a tag of many octets")]
    [InlineData("", "nothing")]
    public void Lengths_and_tags_that_are_not_der_are_refused(string start, string what)
    {
        byte[] bytes = [.. Convert.FromHexString(start), .. new byte[64]];
        Assert.True(Record.Exception(() => PathCertificate.Read(bytes)) is CryptographicException, what);
        Assert.True(Record.Exception(() => RevocationList.Read(bytes)) is CryptographicException, what);
    }

    [Fact]
    public void Ber_inside_a_certificate_is_refused_though_it_is_signed()
    {
        using var make = new Authorities(SignatureAlgorithm.Es256);
        var root = make.Root();
        foreach (var (oid, value) in new (string, byte[])[]
        {
            (X.BasicConstraints, [0x30, 0x80, 0x00, 0x00]),
            (X.BasicConstraints, [0x30, 0x03, 0x01, 0x01, 0x01]),
            (X.BasicConstraints, [0x30, 0x81, 0x00]),
            (X.KeyUsage, [0x03, 0x02, 0x07, 0x81]),
            (X.AlternativeName, [0x30, 0x81, 0x0D, 0x82, 0x0B, .. "example.com"u8]),
            (X.AlternativeName, [0x30, 0x0D, 0x82, 0x81, 0x0A, .. "example.co"u8]),
        })
        {
            Assert.Throws<CryptographicException>(() => make.Leaf(root, d => d.Set(oid, value)).Read);
        }
    }

    [Fact]
    public void Deep_nesting_ends_in_an_error_and_not_in_the_stack()
    {
        using var make = new Authorities(SignatureAlgorithm.Es256);
        var root = make.Root();
        var nested = Der.Sequence();
        for (var i = 0; i < 5000; i++)
        {
            nested = Der.Sequence(nested);
        }

        foreach (var oid in new[] { X.AlternativeName, X.NameConstraints, X.AuthorityKey, X.DistributionPoints, X.InformationAccess, "2.5.29.32" })
        {
            Assert.Throws<CryptographicException>(() => make.Leaf(root, d => d.Set(oid, nested)).Read);
        }

        Assert.Throws<CryptographicException>(() => make.Leaf(root, d => d.Subject = nested).Read);
        Assert.Empty(Validate(make.Leaf(root, d => d.Set(X.Private, nested)), root).Problems);
    }

    [Fact]
    public void More_extensions_or_bytes_than_any_certificate_has_are_refused()
    {
        using var make = new Authorities(SignatureAlgorithm.Es256);
        var root = make.Root();
        Assert.Throws<CryptographicException>(() => make.Leaf(root, d => d.Extensions.AddRange(Enumerable.Range(0, 200).Select(i => ($"1.3.6.1.4.1.55738.{i}", false, Array.Empty<byte>())))).Read);
        Assert.Throws<CryptographicException>(() => PathCertificate.Read(new byte[1024 * 1024]));
    }

    [Theory]
    [InlineData(SignatureAlgorithm.Es256)]
    [InlineData(SignatureAlgorithm.Sm2)]
    public void A_mesh_of_a_thousand_cross_certificates_costs_no_more_than_its_budget(SignatureAlgorithm algorithm)
    {
        using var make = new Authorities(algorithm);
        var root = make.Root();
        var keys = Enumerable.Range(0, 32).Select(_ => make.NewKey()).ToList();
        var mesh = (from subject in Enumerable.Range(0, 32)
                    from issuer in Enumerable.Range(0, 32)
                    where subject != issuer
                    select make.Intermediate(new Issued([], keys[issuer], Der.Name($"mesh-{issuer}"), Authorities.KeyId(keys[issuer].PublicKey.Span)), key: keys[subject], name: $"mesh-{subject}").Read).ToList();
        var leaf = make.Leaf(new Issued([], keys[0], Der.Name("mesh-0"), Authorities.KeyId(keys[0].PublicKey.Span)));
        var outcome = PathValidator.Validate(PathProfile.Rfc5280, new PathRequest(leaf.Read, mesh, [root.Read], Cases.Moment));
        Assert.Equal(PathStep.Budget, Assert.Single(outcome.Problems).Step);

        // One door out of the mesh is found all the same.
        var door = make.Intermediate(root, key: keys[0], name: "mesh-0").Read;
        Assert.True(PathValidator.Validate(PathProfile.Rfc5280, new PathRequest(leaf.Read, [.. mesh, door], [root.Read], Cases.Moment)).Valid);
    }

    [Fact]
    public void Policy_mappings_that_double_at_each_ca_cost_nothing()
    {
        using var make = new Authorities(SignatureAlgorithm.Es256);
        var root = make.Root();
        byte[] policies = Der.Sequence(Enumerable.Range(0, 60).Select(i => Der.Sequence(Der.Oid($"1.2.3.{i}"))));
        byte[] mappings = Der.Sequence(from a in Enumerable.Range(0, 60) from b in Enumerable.Range(0, 60) select Der.Sequence(Der.Oid($"1.2.3.{a}"), Der.Oid($"1.2.3.{b}")));
        var above = root;
        var path = new List<PathCertificate>();
        for (var i = 0; i < 18; i++)
        {
            above = make.Intermediate(above, change: d => d.Set("2.5.29.32", policies).Set("2.5.29.33", mappings));
            path.Add(above.Read);
        }

        var leaf = make.Leaf(above, d => d.Set("2.5.29.32", policies));
        var outcome = PathValidator.Validate(PathProfile.Rfc5280, new PathRequest(leaf.Read, path, [root.Read], Cases.Moment) { ExplicitPolicy = true });
        Assert.Empty(outcome.Problems);
        Assert.Equal(60, outcome.Policies.Count);
    }

    [Fact]
    public void Every_algorithm_of_the_platform_makes_a_path_and_mixes_with_the_others()
    {
        using var make = new Authorities(SignatureAlgorithm.Es256);
        foreach (var algorithm in Enum.GetValues<SignatureAlgorithm>())
        {
            var root = make.Root(key: make.NewKey(algorithm));
            Assert.Empty(Validate(make.Leaf(root), root).Problems);
            var stranger = make.Root(key: make.NewKey(algorithm));
            Assert.Contains(Validate(make.Leaf(stranger), root).Problems, p => p.Step == PathStep.Signature);
        }
    }

    [Fact]
    public void A_suite_that_is_not_asked_for_is_refused()
    {
        using var make = new Authorities(SignatureAlgorithm.Es256);
        var root = make.Root(key: make.NewKey(SignatureAlgorithm.Sm2));
        var request = new PathRequest(make.Leaf(root).Read, [], [root.Read], Cases.Moment);
        Assert.True(PathValidator.Validate(PathProfile.Rfc5280, request with { Suite = SignatureSuite.Sm }).Valid);
        Assert.False(PathValidator.Validate(PathProfile.Rfc5280, request with { Suite = SignatureSuite.International }).Valid);
    }

    private static PathOutcome Validate(Issued leaf, Issued root) => PathValidator.Validate(PathProfile.Rfc5280, new PathRequest(leaf.Read, [], [root.Read], Cases.Moment));

    private static bool IsValid(byte[] encoded, Issued root)
    {
        try
        {
            return PathValidator.Validate(PathProfile.Rfc5280, new PathRequest(PathCertificate.Read(encoded), [], [root.Read], Cases.Moment)).Valid;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
