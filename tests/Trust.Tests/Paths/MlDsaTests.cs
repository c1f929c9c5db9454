using Xunit;
using Yinxin.Trust.Certificates.Paths;
using Yinxin.Trust.Suites;
using Yinxin.Trust.Tests.Suites;

namespace Yinxin.Trust.Tests.Paths;

/// <summary>Paths of ML-DSA (RFC 9881): foreign, but known.</summary>
public sealed class MlDsaTests
{
    [Theory]
    [InlineData(44, "2.16.840.1.101.3.4.3.17")]
    [InlineData(65, "2.16.840.1.101.3.4.3.18")]
    [InlineData(87, "2.16.840.1.101.3.4.3.19")]
    public void A_path_is_valid_by_its_own_key_only_and_its_keys_do_not_encrypt(int parameterSet, string oid)
    {
        using var make = new Authorities(SignatureAlgorithm.Es256);
        var (key, other) = (new MlDsa(parameterSet), new MlDsa(parameterSet));
        var root = make.Root(d => d.Algorithm = Der.Sequence(Der.Oid(oid)), key);
        var impostor = make.Root(d => d.Algorithm = Der.Sequence(Der.Oid(oid)), other);
        Assert.Empty(Validate(Leaf(root)));
        Assert.Contains(Validate(Leaf(impostor)), p => p.Step == PathStep.Signature);
        Assert.Contains(Validate(Leaf(root, d => d.Set(X.KeyUsage, Der.KeyUsage(0, 2)))), p => p.Step == PathStep.Profile);
        Assert.Contains(Validate(Leaf(root, d => d.Set(X.KeyUsage, Der.KeyUsage(0, 4)))), p => p.Step == PathStep.Profile);
        Assert.Contains(Validate(Leaf(root, d => d.Algorithm = Der.Sequence(Der.Oid(oid), [5, 0]))), p => p.Step == PathStep.Signature);

        Issued Leaf(Issued above, Action<Draft>? change = null) => make.Leaf(above, d =>
        {
            d.Algorithm = Der.Sequence(Der.Oid(oid));
            change?.Invoke(d);
        }, new MlDsa(parameterSet));

        IReadOnlyList<PathProblem> Validate(Issued leaf) => PathValidator.Validate(PathProfile.Rfc5280, new PathRequest(leaf.Read, [], [root.Read], Cases.Moment)).Problems;
    }
}
