using System.Text.Json;

namespace Yinxin.Trust.Validation;

/// <summary>Indications as the standard writes them, and in words for people.</summary>
public static class IndicationNames
{
    /// <summary><c>PASSED</c>, <c>FAILED</c> or <c>INDETERMINATE</c>, of a block.</summary>
    public static string Name(this Indication indication) => JsonNamingPolicy.SnakeCaseUpper.ConvertName(indication.ToString());

    /// <summary><c>TOTAL-PASSED</c>, <c>TOTAL-FAILED</c> or <c>INDETERMINATE</c>, of a whole validation.</summary>
    public static string TotalName(this Indication indication) => indication == Indication.Indeterminate ? "INDETERMINATE" : "TOTAL-" + indication.Name();

    /// <summary>E.g. <c>OUT_OF_BOUNDS_NO_POE</c>.</summary>
    public static string Name(this SubIndication indication) => JsonNamingPolicy.SnakeCaseUpper.ConvertName(indication.ToString());

    /// <summary>One sentence each in Chinese and English.</summary>
    public static (string Chinese, string English) Words(this Indication indication) => indication switch
    {
        Indication.Passed => ("签名有效", "The signature is valid"),
        Indication.Failed => ("签名无效", "The signature is not valid"),
        _ => ("无法判定签名是否有效", "It cannot be determined whether the signature is valid"),
    };

    /// <summary>One sentence each in Chinese and English.</summary>
    public static (string Chinese, string English) Words(this SubIndication indication) => indication switch
    {
        SubIndication.FormatFailure => ("签名结构不符合规范", "The signature is not in the form of its standard"),
        SubIndication.HashFailure => ("内容在签名后被改动", "The content was changed after it was signed"),
        SubIndication.SigCryptoFailure => ("签名值与签名者的公钥不符", "The signature value does not belong to the signer's key"),
        SubIndication.Revoked => ("签名时证书已被吊销", "The certificate was revoked before the signature was made"),
        SubIndication.Expired => ("签名时证书已过期", "The certificate had expired before the signature was made"),
        SubIndication.NotYetValid => ("签名时证书尚未生效", "The signature was made before the certificate became valid"),
        SubIndication.SigConstraintsFailure => ("签名属性不符合验证策略", "An attribute of the signature is not as the policy wants it"),
        SubIndication.ChainConstraintsFailure => ("证书链不符合验证策略", "The certificate chain is not as the policy wants it"),
        SubIndication.CertificateChainGeneralFailure => ("证书链验证未通过", "The certificate chain could not be validated"),
        SubIndication.CryptoConstraintsFailure => ("产生时所用算法或密钥已不安全", "An algorithm or key was already too weak when it was used"),
        SubIndication.PolicyProcessingError => ("签名策略无法处理", "The signature policy cannot be processed"),
        SubIndication.SignaturePolicyNotAvailable => ("找不到签名所指的签名策略", "The policy that the signature names is not available"),
        SubIndication.TimestampOrderFailure => ("时间戳先后矛盾", "The timestamps contradict each other"),
        SubIndication.NoSigningCertificateFound => ("找不到签名证书", "The signer's certificate was not found"),
        SubIndication.NoCertificateChainFound => ("证书链不通向可信机构", "No certificate chain leads to a trusted authority"),
        SubIndication.NoCertificateChainFoundNoPoe => ("该机构已不再受信任，且无法证明签名更早", "The authority is trusted no longer, and nothing proves that the signature is older"),
        SubIndication.RevokedNoPoe => ("证书已被吊销，且无法证明签名更早", "The certificate is revoked, and nothing proves that the signature is older"),
        SubIndication.RevokedCaNoPoe => ("上级 CA 证书已被吊销，且无法证明签名更早", "A CA's certificate is revoked, and nothing proves that the signature is older"),
        SubIndication.OutOfBoundsNotRevoked => ("证书不在有效期内（期内未被吊销），且无法证明签名在期内产生", "The certificate, which was not revoked, is out of its validity, and nothing proves that the signature was made within"),
        SubIndication.OutOfBoundsNoPoe => ("证书不在有效期内，且无法证明签名在期内产生", "The certificate is out of its validity, and nothing proves that the signature was made within"),
        SubIndication.RevocationOutOfBoundsNoPoe => ("吊销信息的签发证书已过期，且无法证明该信息更早", "The certificate behind the revocation data has expired, and nothing proves that the data is older"),
        SubIndication.CryptoConstraintsFailureNoPoe => ("所用算法或密钥现已不安全，且无法证明产生得更早", "An algorithm or key is too weak now, and nothing proves that it was used earlier"),
        SubIndication.NoPoe => ("缺少存在性证明", "A proof of existence is missing"),
        SubIndication.TryLater => ("吊销状态暂不可知，可稍后再试", "The revocation status cannot be told now; later it may be"),
        SubIndication.SignedDataNotFound => ("缺少被签名的内容", "The signed content is not at hand"),
        _ => ("不符合该格式的专门规则", "A rule of this format is not kept"),
    };
}
