using System.Security.Cryptography;
using Yinxin.Trust.Suites;

namespace Yinxin.Trust.Tests.Paths;

/// <summary>Makes roots, CAs, end certificates and lists of one algorithm, conforming unless a test changes them.</summary>
internal sealed class Authorities(SignatureAlgorithm algorithm) : IDisposable
{
    private readonly List<IDisposable> keys = [];
    private int count;

    public ISigner NewKey() => NewKey(algorithm);

    public ISigner NewKey(SignatureAlgorithm other)
    {
        var key = SoftwareSigner.Generate(other);
        keys.Add(key);
        return key;
    }

    public static byte[] KeyId(ReadOnlySpan<byte> spki) => SHA256.HashData(spki)[..20];

    public Issued Root(Action<Draft>? change = null, ISigner? key = null, string? name = "test-root")
    {
        key ??= NewKey();
        var draft = Authority(new Draft { Key = key, SignedBy = key, Issuer = Der.Name(name), Subject = Der.Name(name) }, null);
        change?.Invoke(draft);
        return draft.Issue();
    }

    public Issued Intermediate(Issued above, int? pathLength = null, Action<Draft>? change = null, ISigner? key = null, string? name = null)
    {
        key ??= NewKey();
        var draft = Authority(new Draft { Key = key, SignedBy = above.Key, Issuer = above.Subject, Subject = Der.Name(name ?? $"test-intermediate-{count++}") }, pathLength);
        draft.Set(X.AuthorityKey, Der.AuthorityKey(above.KeyId));
        change?.Invoke(draft);
        return draft.Issue();
    }

    public Issued Leaf(Issued above, Action<Draft>? change = null, ISigner? key = null)
    {
        key ??= NewKey();
        var draft = new Draft { Key = key, SignedBy = above.Key, Issuer = above.Subject, Subject = Der.Name("example.com") }
            .Set(X.SubjectKey, Der.Octets(KeyId(key.PublicKey.Span)))
            .Set(X.AuthorityKey, Der.AuthorityKey(above.KeyId))
            .Set(X.KeyUsage, Der.KeyUsage(0))
            .Set(X.ExtendedKeyUsage, Der.Oids(X.ServerAuth))
            .Names(Der.Dns("example.com"));
        change?.Invoke(draft);
        return draft.Issue();
    }

    public void Dispose() => keys.ForEach(k => k.Dispose());

    private static Draft Authority(Draft draft, int? pathLength) => draft
        .Set(X.BasicConstraints, Der.BasicConstraints(authority: true, pathLength), critical: true)
        .Set(X.KeyUsage, Der.KeyUsage(5, 6))
        .Names(Der.Dns("example.com"))
        .Set(X.SubjectKey, Der.Octets(KeyId(draft.Key.PublicKey.Span)));
}
