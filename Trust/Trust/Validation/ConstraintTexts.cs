using System.Collections.Frozen;

namespace Yinxin.Trust.Validation;

/// <summary>What each constraint asks, for people, in both languages; also the list of codes that a policy may set a level for.</summary>
public static class ConstraintTexts
{
    private static readonly FrozenDictionary<string, (string Chinese, string English)> Texts = new Dictionary<string, (string, string)>(StringComparer.Ordinal)
    {
        ["format.structure"] = ("签名结构符合规范", "The signature is in the form of its standard"),
        ["identification.found"] = ("找到签名证书", "The signer's certificate is found"),
        ["identification.reference"] = ("签名属性绑定签名证书", "A signed attribute binds the signer's certificate"),
        ["context.policyAvailable"] = ("签名策略可取得", "The signature policy is available"),
        ["context.policyProcessable"] = ("签名策略可处理", "The signature policy can be processed"),
        ["cryptographic.dataFound"] = ("被签名的内容在手", "The signed content is at hand"),
        ["cryptographic.dataIntact"] = ("内容未被改动", "The content is unchanged"),
        ["cryptographic.value"] = ("签名值正确", "The signature value is right"),
        ["certificate.chain"] = ("证书链通向信任锚", "A chain leads to a trust anchor"),
        ["certificate.path"] = ("证书链符合 RFC 5280", "The chain is valid by RFC 5280"),
        ["certificate.anchor"] = ("信任锚仍受信任", "The trust anchor is still trusted"),
        ["certificate.bounds"] = ("证书在有效期内", "The certificates are within their validity"),
        ["certificate.revocationKnown"] = ("吊销状态可知", "The revocation status is known"),
        ["certificate.notRevoked"] = ("证书未被吊销", "The certificate is not revoked"),
        ["certificate.authorityNotRevoked"] = ("上级 CA 证书未被吊销", "No CA's certificate is revoked"),
        ["certificate.notOnHold"] = ("证书未被挂起", "No certificate is on hold"),
        ["certificate.revocationSigner"] = ("吊销信息的签发证书在有效期内", "The certificate behind the revocation data is within its validity"),
        ["certificate.fresh"] = ("吊销信息足够新", "The revocation data is fresh"),
        ["certificate.keyUsage"] = ("密钥用途符合", "The key usage is as the policy wants it"),
        ["certificate.purpose"] = ("扩展密钥用途符合", "The extended key usage is as the policy wants it"),
        ["certificate.policies"] = ("证书策略符合", "The certificate policies are as the policy wants them"),
        ["certificate.suite"] = ("密码套件符合", "The suite is one that the policy allows"),
        ["certificate.algorithms"] = ("证书与吊销信息所用算法可靠", "The algorithms of certificates and revocation data are reliable"),
        ["acceptance.signingTime"] = ("声明了签名时间", "A signing time is claimed"),
        ["acceptance.contentType"] = ("声明了内容类型", "The content type is signed"),
        ["acceptance.signatureTimestamp"] = ("有签名时间戳", "There is a signature timestamp"),
        ["acceptance.timestampDelay"] = ("时间戳在签名后限期内加盖", "The timestamp follows the claimed signing time soon enough"),
        ["acceptance.algorithms"] = ("签名所用算法可靠", "The algorithms of the signature are reliable"),
        ["acceptance.custom"] = ("符合该格式的专门规则", "The rules of this format are kept"),
        ["time.signedBeforeRevocation"] = ("签名早于吊销", "The signature is older than the revocation"),
        ["time.signedWithinBounds"] = ("签名时证书在有效期内", "The signature was made within the certificate's validity"),
        ["time.obstacles"] = ("在最佳签名时间上无障碍", "Nothing speaks against it at the best signature time"),
        ["time.order"] = ("时间戳先后一致", "The timestamps are in order"),
        ["time.contentTimestamp"] = ("内容时间戳不晚于证书失效", "No content timestamp is younger than the certificate's end"),
        ["timestamp.valid"] = ("时间戳有效", "The timestamp is valid"),
        ["timestamp.authorityBounds"] = ("时间戳机构证书在有效期内", "The timestamp authority's certificate is within its validity"),
        ["timestamp.authorityFresh"] = ("时间戳机构的吊销信息足够新", "The revocation data of the timestamp authority is fresh"),
        ["evidence.timestamps"] = ("证据记录的每个时间戳在下一个加盖时仍有效", "Each timestamp of the evidence record was still good when the next one was made"),
        ["evidence.order"] = ("证据记录的时间戳先后一致", "The timestamps of the evidence record are in order"),
        ["evidence.digest"] = ("证据记录的哈希树在摘要算法失效前已更新", "The hash trees of the evidence record were renewed before their digests ended"),
        ["past.revocationProven"] = ("吊销信息有足够早的存在性证明", "Revocation data is proven to be old enough"),
        ["past.signatureProven"] = ("签名在控制时间前已存在", "The signature is proven to be older than the control time"),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Every code.</summary>
    public static IReadOnlyCollection<string> Codes => Texts.Keys;

    /// <summary>The texts of one code.</summary>
    /// <exception cref="KeyNotFoundException">There is no such constraint.</exception>
    public static (string Chinese, string English) Of(string code) => Texts[code];
}
