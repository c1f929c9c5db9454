using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Org.BouncyCastle.Asn1.X509;
using Yinxin.Trust.Certificates;

namespace Yinxin.Seal.Server.Features.Signers;

/// <summary>Trust.Server's revocation over HTTP. The same order again changes nothing there.</summary>
internal sealed class RevocationClient(HttpClient client, ILogger<RevocationClient> log)
{
    private const string NotHeld = "trust.revocation.notHeld";
    private const string Final = "trust.revocation.final";
    private const string Expired = "trust.certificate.expired";

    /// <param name="certificate">DER.</param>
    /// <param name="reason">CRLReason by name.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="HttpRequestException">Trust did not do it; ask again.</exception>
    public async Task TellAsync(byte[] certificate, string reason, CancellationToken cancellationToken)
    {
        var read = CertificateReading.Read(certificate);
        using var response = await client.PostAsJsonAsync(
            $"api/certificates/{AuthorityOf(read)}/{read.SerialNumber.ToString(16)}/revocation", new { reason }, cancellationToken);
        if (response.StatusCode == HttpStatusCode.Conflict)
        {
            // There is nothing to lift, or the CA has already gone further than we ask.
            var code = (await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken)).GetProperty("code").GetString();
            if (code is NotHeld or Final or Expired)
            {
                log.LogInformation("{Subject} keeps its status at the CA: {Code}", read.SubjectDN.CommonName(), code);
                return;
            }
        }

        response.EnsureSuccessStatusCode();
    }

    /// <summary>The CA's name at Trust: the last part of the address at which the certificate says that its issuer's is to be had.</summary>
    private static string AuthorityOf(Org.BouncyCastle.X509.X509Certificate certificate) => AuthorityInformationAccess
        .GetInstance(certificate.GetExtensionParsedValue(X509Extensions.AuthorityInfoAccess)).GetAccessDescriptions()
        .Where(a => a.AccessMethod.Equals(AccessDescription.IdADCAIssuers)).Select(a => Path.GetFileNameWithoutExtension(new Uri(a.AccessLocation.Name.ToString()!).AbsolutePath)).First();
}
