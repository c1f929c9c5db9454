using Yinxin.ServiceDefaults.Language;

namespace Yinxin.Trust.Server.Features.Acme.Problems;

/// <summary>The types of RFC 8555 §6.7 that occur here, with the status that each usually has.</summary>
/// <param name="Name">Below <c>urn:ietf:params:acme:error:</c>.</param>
/// <param name="Status">HTTP status.</param>
/// <param name="Chinese">One sentence.</param>
/// <param name="English">The same in English.</param>
internal sealed record AcmeErrorKind(string Name, int Status, string Chinese, string English)
{
    public static readonly AcmeErrorKind Malformed = new("malformed", 400, "请求格式不正确。", "The request is malformed.");
    public static readonly AcmeErrorKind BadNonce = new("badNonce", 400, "一次性随机数无效，请用新值重试。", "The nonce is not acceptable; use the new one and try again.");
    public static readonly AcmeErrorKind BadSignatureAlgorithm = new("badSignatureAlgorithm", 400, "不支持该签名算法。", "The signature algorithm is not supported.");
    public static readonly AcmeErrorKind BadPublicKey = new("badPublicKey", 400, "不支持该公钥或其强度不足。", "The public key is not supported or too weak.");
    public static readonly AcmeErrorKind Unauthorized = new("unauthorized", 403, "该账户无权执行此操作。", "The account may not do that.");
    public static readonly AcmeErrorKind AccountDoesNotExist = new("accountDoesNotExist", 400, "没有该账户。", "There is no such account.");
    public static readonly AcmeErrorKind ExternalAccountRequired = new("externalAccountRequired", 403, "新账户须绑定外部账户密钥。", "A new account must be bound by an external account key.");
    public static readonly AcmeErrorKind UserActionRequired = new("userActionRequired", 403, "须先同意服务条款。", "The terms of service must be agreed to.");
    public static readonly AcmeErrorKind InvalidContact = new("invalidContact", 400, "联系方式不正确。", "A contact is not valid.");
    public static readonly AcmeErrorKind UnsupportedContact = new("unsupportedContact", 400, "只支持电子邮件联系方式。", "Only mailto contacts are supported.");
    public static readonly AcmeErrorKind RejectedIdentifier = new("rejectedIdentifier", 400, "不签发该名称。", "No certificate is issued for this name.");
    public static readonly AcmeErrorKind UnsupportedIdentifier = new("unsupportedIdentifier", 400, "不支持该类名称。", "This type of identifier is not supported.");
    public static readonly AcmeErrorKind OrderNotReady = new("orderNotReady", 403, "订单尚不能完成。", "The order is not ready to be finalized.");
    public static readonly AcmeErrorKind BadCsr = new("badCSR", 400, "证书请求不可接受。", "The certificate request is not acceptable.");
    public static readonly AcmeErrorKind BadRevocationReason = new("badRevocationReason", 400, "吊销原因不可接受。", "The revocation reason is not acceptable.");
    public static readonly AcmeErrorKind AlreadyRevoked = new("alreadyRevoked", 400, "该证书已吊销。", "The certificate is revoked already.");

    /// <summary>RFC 9773 §5.</summary>
    public static readonly AcmeErrorKind AlreadyReplaced = new("alreadyReplaced", 409, "该证书已有更新订单。", "Another order replaces this certificate already.");

    public static readonly AcmeErrorKind RateLimited = new("rateLimited", 429, "请求过于频繁，请稍后再试。", "Too many requests; wait a moment and try again.");
    public static readonly AcmeErrorKind ServerInternal = new("serverInternal", 500, "系统出现问题，请稍后再试。", "Something went wrong on our side; try again later.");
    public static readonly AcmeErrorKind Dns = new("dns", 400, "域名解析失败。", "The name could not be resolved.");
    public static readonly AcmeErrorKind Connection = new("connection", 400, "无法连接到验证目标。", "The server could not be reached.");
    public static readonly AcmeErrorKind Tls = new("tls", 400, "与验证目标的 TLS 握手失败。", "The TLS handshake failed.");
    public static readonly AcmeErrorKind IncorrectResponse = new("incorrectResponse", 403, "应答与质询不符。", "The answer is not what the challenge asks for.");

    public string Title => Languages.IsChinese ? Chinese : English;

    /// <summary>Ends a request.</summary>
    public AcmeException Because(string detail) => new(this, detail);
}
