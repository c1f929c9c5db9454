using Net.Pkcs11Interop.Common;
using Net.Pkcs11Interop.HighLevelAPI;
using Yinxin.Trust.Suites;

namespace Yinxin.Trust.Keys.Pkcs11;

/// <summary>
/// Keys in a PKCS#11 token (HSM, smart card, SoftHSM): sensitive, not extractable, found by CKA_ID = key id. Sessions are bounded and waited
/// for. When the token was away, the store signs in anew and tries once more; what fails then fails with a code.
/// </summary>
public sealed class Pkcs11KeyStore : IKeyStore
{
    private readonly Pkcs11Settings settings;
    private readonly Pkcs11Access access;

    /// <summary>Loads the library and signs in.</summary>
    /// <exception cref="KeyStoreException">The library, the token or the PIN is refused.</exception>
    public Pkcs11KeyStore(Pkcs11Settings settings)
    {
        this.settings = settings;
        access = new Pkcs11Access(settings);
    }

    /// <inheritdoc/>
    public string Provider => "pkcs11";

    /// <inheritdoc/>
    public ISigner Create(SignatureAlgorithm algorithm, string label)
    {
        var words = TokenAlgorithm.Of(algorithm, settings.Sm2);
        return access.Run((connection, session) =>
        {
            RequireMechanism(connection, words.Generate);
            RequireMechanism(connection, words.Sign);
            session.GenerateKeyPair(words.GenerateMechanism(), KeyTemplates.Public(words, label), KeyTemplates.Private(words, label), out var publicHandle, out var privateHandle);
            var (publicKey, _) = TokenPublicKey.Read(session, publicHandle, settings.Sm2)
                ?? throw new KeyStoreException(KeyStoreException.NotSupported, "The token made a key of another kind than it was asked for.", "令牌生成的密钥种类不符。");
            var keyId = TokenPublicKey.KeyId(publicKey);
            List<IObjectAttribute> named = [KeyTemplates.Id(keyId)];
            session.SetAttributeValue(publicHandle, named);
            session.SetAttributeValue(privateHandle, named);
            RequireKept(session, privateHandle, keyId);
            connection.Keys[keyId] = privateHandle;
            return new Pkcs11Signer(this, keyId, publicKey, words);
        });
    }

    /// <inheritdoc/>
    public ISigner? Find(string keyId, SignatureAlgorithm? algorithm = null) => access.Run(ISigner? (connection, session) =>
    {
        if (!KeyTemplates.IsKeyId(keyId) || session.FindAllObjects(KeyTemplates.Search(CKO.CKO_PUBLIC_KEY, keyId)).FirstOrDefault() is not { } handle
            || TokenPublicKey.Read(session, handle, settings.Sm2) is not var (publicKey, found) || TokenPublicKey.KeyId(publicKey) != keyId
            || PrivateKey(connection, session, keyId) is not { } privateHandle)
        {
            return null;
        }

        RequireKept(session, privateHandle, keyId);
        var wanted = algorithm ?? found;
        if (wanted != found && (wanted, found) is not (SignatureAlgorithm.Ps256, SignatureAlgorithm.Rs256))
        {
            throw new KeyStoreException(KeyStoreException.NotSupported, $"The key {keyId} signs by {found}, not by {wanted}.", $"密钥 {keyId} 的算法是 {found}，不是 {wanted}。");
        }

        var words = TokenAlgorithm.Of(wanted, settings.Sm2);
        RequireMechanism(connection, words.Sign);
        return new Pkcs11Signer(this, keyId, publicKey, words);
    });

    /// <inheritdoc/>
    public IReadOnlyList<StoredKey> List() => access.Run((_, session) =>
    {
        var keys = new List<StoredKey>();
        foreach (var handle in session.FindAllObjects(KeyTemplates.Search(CKO.CKO_PUBLIC_KEY)))
        {
            if (TokenPublicKey.Read(session, handle, settings.Sm2) is var (publicKey, algorithm))
            {
                var label = session.GetAttributeValue(handle, [CKA.CKA_LABEL])[0].GetValueAsString();
                keys.Add(new StoredKey(TokenPublicKey.KeyId(publicKey), label, algorithm));
            }
        }

        return keys;
    });

    /// <inheritdoc/>
    public bool Destroy(string keyId) => access.Run((connection, session) =>
    {
        var handles = !KeyTemplates.IsKeyId(keyId) ? [] : session.FindAllObjects(KeyTemplates.Search(CKO.CKO_PRIVATE_KEY, keyId))
            .Concat(session.FindAllObjects(KeyTemplates.Search(CKO.CKO_PUBLIC_KEY, keyId))).ToList();
        handles.ForEach(session.DestroyObject);
        connection.Keys.TryRemove(keyId, out _);
        return handles.Count > 0;
    });

    /// <summary>Signs out of the pool; the library ends with its last user.</summary>
    public void Dispose() => access.Dispose();

    internal byte[] Sign(string keyId, TokenAlgorithm algorithm, byte[] input) => access.Run((connection, session) =>
    {
        var handle = PrivateKey(connection, session, keyId) ?? throw new Pkcs11Exception("C_FindObjects", CKR.CKR_KEY_HANDLE_INVALID);
        using var mechanism = algorithm.SignMechanism();
        return session.Sign(mechanism, handle, input);
    });

    private static IObjectHandle? PrivateKey(Pkcs11Connection connection, ISession session, string keyId)
    {
        if (!connection.Keys.TryGetValue(keyId, out var handle) && session.FindAllObjects(KeyTemplates.Search(CKO.CKO_PRIVATE_KEY, keyId)).FirstOrDefault() is { } found)
        {
            handle = connection.Keys[keyId] = found;
        }

        return handle;
    }

    private static void RequireMechanism(Pkcs11Connection connection, ulong mechanism)
    {
        if (!connection.Slot.GetMechanismList().Any(m => (ulong)m == mechanism))
        {
            var name = TokenAlgorithm.Name(mechanism);
            throw new KeyStoreException(KeyStoreException.NotSupported, $"The token does not offer the mechanism {name}.", $"令牌不提供机制 {name}。");
        }
    }

    private static void RequireKept(ISession session, IObjectHandle handle, string keyId)
    {
        var values = session.GetAttributeValue(handle, [CKA.CKA_SENSITIVE, CKA.CKA_EXTRACTABLE]);
        if (!values[0].GetValueAsBool() || values[1].GetValueAsBool())
        {
            throw new KeyStoreException(
                KeyStoreException.Extractable, $"The key {keyId} could leave the token (not sensitive, or extractable).", $"密钥 {keyId} 可以被导出令牌，拒绝使用。");
        }
    }
}
