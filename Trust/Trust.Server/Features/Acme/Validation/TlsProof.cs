using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.Extensions.Options;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.X509;
using Yinxin.Trust.Certificates;
using Yinxin.Trust.Server.Features.Acme.Problems;

namespace Yinxin.Trust.Server.Features.Acme.Validation;

/// <summary>tls-alpn-01 (RFC 8737, RFC 8738 §6): the server presents, for the protocol <c>acme-tls/1</c>, a certificate of its own that holds the digest of the key authorization.</summary>
internal sealed class TlsProof(GuardedConnection connection, IOptions<AcmeSettings> settings)
{
    private static readonly SslApplicationProtocol Protocol = new("acme-tls/1");

    /// <summary>id-pe-acmeIdentifier (RFC 8737 §6.1).</summary>
    private static readonly DerObjectIdentifier AcmeIdentifierExtension = new("1.3.6.1.5.5.7.1.31");

    public async Task<AcmeProblem?> LookAsync(ChallengeUnderLook challenge, CancellationToken cancellationToken)
    {
        await using var stream = await connection.ConnectAsync(challenge.Name, settings.Value.TlsPort, cancellationToken);
        await using var tls = new SslStream(stream);
        byte[]? presented = null;
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = ServerName(challenge),
                ApplicationProtocols = [Protocol],
                EnabledSslProtocols = System.Security.Authentication.SslProtocols.Tls12 | System.Security.Authentication.SslProtocols.Tls13,
                // It signs itself; what it must hold is judged below.
                RemoteCertificateValidationCallback = (_, certificate, _, _) => (presented = certificate?.Export(X509ContentType.Cert)) is not null,
            },
            cancellationToken);
        if (tls.NegotiatedApplicationProtocol != Protocol)
        {
            return AcmeProblem.Of(AcmeErrorKind.Tls, "The server does not speak acme-tls/1.");
        }

        return presented is not null && IsProof(presented, challenge) ? null
            : AcmeProblem.Of(AcmeErrorKind.IncorrectResponse, "The certificate is not the one that RFC 8737 asks for.") with { IsFinal = true };
    }

    private static bool IsProof(byte[] presented, ChallengeUnderLook challenge)
    {
        try
        {
            var extensions = CertificateReading.Read(presented).CertificateStructure.TbsCertificate.Extensions;
            var names = GeneralNames.GetInstance(extensions.GetExtension(X509Extensions.SubjectAlternativeName)?.GetParsedValue())?.GetNames() ?? [];
            return extensions.GetExtension(AcmeIdentifierExtension) is { IsCritical: true } extension
                && extension.GetParsedValue() is Asn1OctetString digest
                && CryptographicOperations.FixedTimeEquals(digest.GetOctets(), SHA256.HashData(Encoding.ASCII.GetBytes(challenge.Proof)))
                && names is [var name] && IsFor(name, challenge);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException or InvalidCastException or NullReferenceException or IOException)
        {
            return false;
        }
    }

    private static bool IsFor(GeneralName name, ChallengeUnderLook challenge) => challenge.NameType == AcmeIdentifier.Ip
        ? name.TagNo == GeneralName.IPAddress && Asn1OctetString.GetInstance(name.Name).GetOctets().AsSpan().SequenceEqual(IPAddress.Parse(challenge.Name).GetAddressBytes())
        : name.TagNo == GeneralName.DnsName && string.Equals(name.Name.ToString(), challenge.Name, StringComparison.OrdinalIgnoreCase);

    /// <summary>TLS names no addresses: the name of its reverse lookup stands for one (RFC 8738 §6).</summary>
    private static string ServerName(ChallengeUnderLook challenge)
    {
        if (challenge.NameType != AcmeIdentifier.Ip)
        {
            return challenge.Name;
        }

        var bytes = IPAddress.Parse(challenge.Name).GetAddressBytes();
        return bytes.Length == 4 ? string.Join('.', bytes.Reverse()) + ".in-addr.arpa"
            : string.Join('.', Convert.ToHexStringLower(bytes).Reverse()) + ".ip6.arpa";
    }
}
