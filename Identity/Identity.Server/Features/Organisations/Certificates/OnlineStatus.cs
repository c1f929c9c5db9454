using System.Net.Http.Headers;
using System.Security.Cryptography;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.X509;
using Yinxin.Trust.Certificates;
using Yinxin.Trust.Certificates.Paths;
using Yinxin.Trust.Ocsp;
using Yinxin.Trust.Suites;
using Yinxin.Trust.Validation.Evidence;

namespace Yinxin.Identity.Server.Features.Organisations.Certificates;

/// <summary>
/// Asks how it stands with the certificates of a path that already leads to a trusted anchor: OCSP (RFC 6960) where the CA names a responder, its revocation lists else.
/// Only then is anything fetched, so a stranger's certificate sends us nowhere; few addresses, no redirects, bounded in size and time.
/// </summary>
internal sealed class OnlineStatus(IHttpClientFactory clients, ILogger<OnlineStatus> log)
{
    public const string ClientName = "certificate-status";
    public const int Largest = 2 * 1024 * 1024;
    private const int MostFetches = 6;

    /// <returns>What came and can be read; whether it may be relied on is for the validation.</returns>
    public async Task<IReadOnlyList<RevocationEvidence>> FetchAsync(IReadOnlyList<PathCertificate> path, CancellationToken cancellationToken)
    {
        var evidence = new List<RevocationEvidence>();
        var fetches = 0;
        for (var i = 0; i < path.Count - 1 && fetches < MostFetches; i++)
        {
            var certificate = CertificateReading.Read(path[i].Encoded.Span);
            var issuer = CertificateReading.Read(path[i + 1].Encoded.Span);
            foreach (var address in Responders(certificate).Take(1))
            {
                fetches++;
                evidence.AddRange(await AskAsync(address, certificate, issuer, cancellationToken));
            }

            foreach (var address in Lists(certificate).Take(1))
            {
                fetches++;
                evidence.AddRange(await ListAsync(address, cancellationToken));
            }
        }

        return evidence;
    }

    private async Task<IEnumerable<RevocationEvidence>> AskAsync(Uri address, X509Certificate certificate, X509Certificate issuer, CancellationToken cancellationToken)
    {
        var question = new OcspRequest([CertificateId.Of(certificate.SerialNumber, issuer, HashFunction.Sha256)], OcspRequest.NewNonce());
        using var content = new ByteArrayContent(question.Encode());
        content.Headers.ContentType = new MediaTypeHeaderValue("application/ocsp-request");
        return await TryAsync(address, client => client.PostAsync(address, content, cancellationToken), OcspEvidence.Read, cancellationToken);
    }

    private Task<IEnumerable<RevocationEvidence>> ListAsync(Uri address, CancellationToken cancellationToken) =>
        TryAsync(address, client => client.GetAsync(address, cancellationToken), bytes => [CrlEvidence.Read(bytes)], cancellationToken);

    private async Task<IEnumerable<RevocationEvidence>> TryAsync(
        Uri address, Func<HttpClient, Task<HttpResponseMessage>> send, Func<ReadOnlyMemory<byte>, IEnumerable<RevocationEvidence>> read, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await send(clients.CreateClient(ClientName));
            return response.IsSuccessStatusCode ? [.. read(await response.Content.ReadAsByteArrayAsync(cancellationToken))] : [];
        }
        catch (Exception e) when (e is HttpRequestException or CryptographicException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            log.LogWarning("The status of a certificate cannot be had at {Host}: {Reason}", address.Host, e.GetType().Name);
            return [];
        }
    }

    private static IEnumerable<Uri> Responders(X509Certificate certificate) =>
        certificate.GetExtensionValue(X509Extensions.AuthorityInfoAccess) is { } access
            ? AuthorityInformationAccess.GetInstance(access.GetOctets()).GetAccessDescriptions().Where(d => d.AccessMethod.Equals(AccessDescription.IdADOcsp)).Select(d => d.AccessLocation).SelectMany(Address)
            : [];

    private static IEnumerable<Uri> Lists(X509Certificate certificate) =>
        certificate.GetExtensionValue(X509Extensions.CrlDistributionPoints) is { } points
            ? CrlDistPoint.GetInstance(points.GetOctets()).GetDistributionPoints().Select(p => p.DistributionPointName)
                .Where(n => n is { Type: DistributionPointName.FullName }).SelectMany(n => GeneralNames.GetInstance(n!.Name).GetNames()).SelectMany(Address)
            : [];

    private static IEnumerable<Uri> Address(GeneralName name) =>
        name.TagNo == GeneralName.UniformResourceIdentifier && Uri.TryCreate(name.Name.ToString(), UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps) ? [uri] : [];
}
