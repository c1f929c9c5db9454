using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Security;
using Yinxin.Trust.Certificates;
using Yinxin.Trust.Server.Data;
using Yinxin.Trust.Server.Features.Acme.Messages;
using Yinxin.Trust.Server.Features.Acme.Problems;
using Yinxin.Trust.Suites;

namespace Yinxin.Trust.Server.Features.Acme.Orders;

/// <summary>
/// The certificate request of an order (RFC 8555 §7.4): proof of the key's possession, exactly the order's names, a key that is strong and not the account's.
/// What else it asks for is not looked at: the certificate says what the profile says.
/// </summary>
internal static class SigningRequest
{
    /// <returns>DER SubjectPublicKeyInfo.</returns>
    /// <exception cref="AcmeException">badCSR or badPublicKey.</exception>
    public static byte[] Read(JsonElement payload, AcmeOrder order, AcmeAccount account)
    {
        var request = Parse(payload);
        if (!NamesOf(request).SetEquals(order.Authorizations.Select(a => new AcmeIdentifier(a.Type, a.Value))))
        {
            throw AcmeErrorKind.BadCsr.Because("The request does not ask for exactly the identifiers of the order.");
        }

        var key = request.PublicKey;
        if (key.AsSpan().SequenceEqual(account.PublicKey))
        {
            throw AcmeErrorKind.BadCsr.Because("The key of a certificate is not the account's (RFC 8555 §11.1).");
        }

        DemandStrength(key, request.Suite);
        return key;
    }

    private static CertificateRequest Parse(JsonElement payload)
    {
        try
        {
            return payload.TryGetProperty("csr", out var csr) && csr.ValueKind == JsonValueKind.String && StrictBase64Url.Decode(csr.GetString()) is { } der
                ? CertificateRequest.Read(der) : throw AcmeErrorKind.Malformed.Because("csr is missing or not base64url.");
        }
        catch (CryptographicException e)
        {
            throw AcmeErrorKind.BadCsr.Because(e.Message);
        }
    }

    private static HashSet<AcmeIdentifier> NamesOf(CertificateRequest request)
    {
        var names = request.AlternativeNames.Select(Name).ToHashSet();
        foreach (var common in request.Subject.GetValueList(X509Name.CN).Cast<string>().Where(c => c.Length > 0))
        {
            names.Add(IPAddress.TryParse(common, out var address) ? new AcmeIdentifier(AcmeIdentifier.Ip, address.ToString()) : new AcmeIdentifier(AcmeIdentifier.Dns, common.ToLowerInvariant()));
        }

        return names;
    }

    private static AcmeIdentifier Name(GeneralName name) => name.TagNo switch
    {
        GeneralName.DnsName => new AcmeIdentifier(AcmeIdentifier.Dns, DerIA5String.GetInstance(name.Name).GetString().ToLowerInvariant()),
        GeneralName.IPAddress when Asn1OctetString.GetInstance(name.Name).GetOctets() is { Length: 4 or 16 } bytes => new AcmeIdentifier(AcmeIdentifier.Ip, new IPAddress(bytes).ToString()),
        _ => throw AcmeErrorKind.BadCsr.Because("Alternative names are host names and addresses only."),
    };

    private static void DemandStrength(byte[] key, SignatureSuite suite)
    {
        if (suite != SignatureSuite.International)
        {
            throw AcmeErrorKind.BadPublicKey.Because("Sites have keys of the international suite.");
        }

        if (PublicKeyFactory.CreateKey(key) is RsaKeyParameters { Modulus.BitLength: < AcmeKey.SmallestModulus or > AcmeKey.LargestModulus })
        {
            throw AcmeErrorKind.BadPublicKey.Because($"RSA keys have {AcmeKey.SmallestModulus} to {AcmeKey.LargestModulus} bits.");
        }
    }
}
