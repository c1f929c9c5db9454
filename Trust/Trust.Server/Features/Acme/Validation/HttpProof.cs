using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Yinxin.Trust.Server.Features.Acme.Problems;

namespace Yinxin.Trust.Server.Features.Acme.Validation;

/// <summary>http-01 (RFC 8555 §8.3): the key authorization stands under <c>/.well-known/acme-challenge/</c> of the name.</summary>
internal sealed class HttpProof(GuardedConnection connection, IOptions<AcmeSettings> settings) : IDisposable
{
    private const int MostRedirects = 10;

    /// <summary>A key authorization has 87 characters; what follows may only be white space.</summary>
    private const int LargestBody = 256;

    private readonly HttpMessageInvoker client = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        AutomaticDecompression = DecompressionMethods.None,
        MaxResponseHeadersLength = 16,
        PooledConnectionLifetime = TimeSpan.Zero,
        ConnectCallback = async (context, cancellationToken) => await connection.ConnectAsync(Unbracketed(context.DnsEndPoint.Host), context.DnsEndPoint.Port, cancellationToken),
        // Who redirects to https may do so with any certificate: the first one for this name is what all this is for (RFC 8555 §8.3).
        SslOptions = { RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null },
    });

    public async Task<AcmeProblem?> LookAsync(ChallengeUnderLook challenge, CancellationToken cancellationToken)
    {
        var address = new UriBuilder(Uri.UriSchemeHttp, challenge.Name, settings.Value.HttpPort, "/.well-known/acme-challenge/" + challenge.Token).Uri;
        for (var redirects = 0; redirects <= MostRedirects; redirects++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            request.Headers.UserAgent.ParseAdd("Yinxin-ACME");
            using var response = await client.SendAsync(request, cancellationToken);
            if (response.StatusCode is HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect)
            {
                address = Next(address, response.Headers.Location);
                continue;
            }

            return response.StatusCode != HttpStatusCode.OK ? AcmeProblem.Of(AcmeErrorKind.IncorrectResponse, $"The answer has status {(int)response.StatusCode}.")
                : await IsProofAsync(response, challenge.Proof, cancellationToken) ? null
                : AcmeProblem.Of(AcmeErrorKind.IncorrectResponse, "The file is not the key authorization of this challenge.") with { IsFinal = true };
        }

        return AcmeProblem.Of(AcmeErrorKind.Connection, $"More than {MostRedirects} redirects.") with { IsFinal = true };
    }

    public void Dispose() => client.Dispose();

    /// <summary>Wherever it leads, <see cref="GuardedConnection"/> judges the address anew.</summary>
    private Uri Next(Uri from, Uri? location)
    {
        var to = location is null ? null : new Uri(from, location);
        var isAllowed = to is not null && to.UserInfo.Length == 0
            && ((to.Scheme == Uri.UriSchemeHttp && (to.Port == 80 || to.Port == settings.Value.HttpPort))
                || (to.Scheme == Uri.UriSchemeHttps && (to.Port == 443 || to.Port == settings.Value.TlsPort)));
        return isAllowed ? to! : throw AcmeErrorKind.Connection.Because("A redirect leads elsewhere than to the ports of http and https.");
    }

    private static async Task<bool> IsProofAsync(HttpResponseMessage response, string proof, CancellationToken cancellationToken)
    {
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var bytes = new byte[LargestBody + 1];
        var length = await body.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken);
        return length <= LargestBody && CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(proof), bytes.AsSpan(0, length).TrimEnd(" \t\r\n"u8));
    }

    private static string Unbracketed(string host) => host.Trim('[', ']');
}
