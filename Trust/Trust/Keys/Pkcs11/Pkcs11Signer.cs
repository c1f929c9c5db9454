using Yinxin.Trust.Suites;

namespace Yinxin.Trust.Keys.Pkcs11;

/// <summary>A key of a token. Each signature is verified before it leaves: a fault in the token, or a handle that means another key by now, must not become a certificate.</summary>
internal sealed class Pkcs11Signer(Pkcs11KeyStore store, string keyId, byte[] publicKey, TokenAlgorithm algorithm) : ISigner
{
    public SignatureAlgorithm Algorithm => algorithm.Algorithm;

    public SignatureSuite Suite => Algorithm == SignatureAlgorithm.Sm2 ? SignatureSuite.Sm : SignatureSuite.International;

    public string KeyId => keyId;

    public ReadOnlyMemory<byte> PublicKey => publicKey;

    public byte[] Sign(ReadOnlySpan<byte> data)
    {
        var answer = store.Sign(keyId, algorithm, algorithm.Input(data, publicKey));
        var signature = algorithm.AnswersRawPair ? SignaturePair.ToDer(answer) : answer;
        return Verifies(data, signature) ? signature : throw new KeyStoreException(
            KeyStoreException.Mismatch, $"The token signed with another key than {keyId}, or wrongly.", $"令牌的签名与密钥 {keyId} 不符。");
    }

    private bool Verifies(ReadOnlySpan<byte> data, byte[] signature) =>
        Algorithm is not (SignatureAlgorithm.Es256 or SignatureAlgorithm.Sm2) || SignatureVerifier.Verify(publicKey, Suite, data, signature);
}
