using Net.Pkcs11Interop.Common;
using Net.Pkcs11Interop.HighLevelAPI;
using Yinxin.Trust.Keys.Pkcs11;
using Yinxin.Trust.Suites;

namespace Yinxin.Trust.Tests.Keys;

/// <summary>A key as a careless administrator makes it: in the token, but free to leave.</summary>
internal static class ExtractableKey
{
    /// <summary>Makes it beside the store, which is signed in already, and answers its key id.</summary>
    public static string Make(Pkcs11Settings settings)
    {
        var module = Pkcs11Module.Acquire(settings.Library);
        try
        {
            return module.Use(library =>
            {
                using var session = library.GetSlotList(SlotsType.WithTokenPresent).Single(s => s.GetTokenInfo().Label == settings.TokenLabel).OpenSession(SessionType.ReadWrite);
                return Make(session);
            });
        }
        finally
        {
            module.Release();
        }
    }

    private static string Make(ISession session)
    {
        var words = TokenAlgorithm.Of(SignatureAlgorithm.Es256, sm2: null);
        var factory = new Pkcs11InteropFactories().ObjectAttributeFactory;
        var careless = KeyTemplates.Private(words, "careless").Where(a => a.Type is not ((ulong)CKA.CKA_EXTRACTABLE or (ulong)CKA.CKA_SENSITIVE)).ToList();
        careless.Add(factory.Create(CKA.CKA_EXTRACTABLE, true));
        careless.Add(factory.Create(CKA.CKA_SENSITIVE, false));
        session.GenerateKeyPair(words.GenerateMechanism(), KeyTemplates.Public(words, "careless"), careless, out var publicHandle, out var privateHandle);
        var keyId = TokenPublicKey.KeyId(TokenPublicKey.Read(session, publicHandle, sm2: null)!.Value.PublicKey);
        session.SetAttributeValue(publicHandle, [KeyTemplates.Id(keyId)]);
        session.SetAttributeValue(privateHandle, [KeyTemplates.Id(keyId)]);
        return keyId;
    }
}
