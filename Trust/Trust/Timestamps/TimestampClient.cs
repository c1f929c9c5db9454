using System.Net.Http.Headers;
using System.Security.Cryptography;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.Cmp;
using Org.BouncyCastle.Asn1.Tsp;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.Math;
using Yinxin.Trust.Suites;

namespace Yinxin.Trust.Timestamps;

/// <summary>Asks a TSA over HTTP (RFC 3161 §3.4).</summary>
public static class TimestampClient
{
    private const int LargestAnswer = 64 * 1024;

    /// <summary>A token over the data, with its certificates inside. The imprint uses the suite's digest.</summary>
    /// <exception cref="HttpRequestException">The TSA could not be reached.</exception>
    /// <exception cref="CryptographicException">It refused, or answered another question.</exception>
    public static Task<byte[]> StampAsync(HttpClient client, Uri authority, SignatureSuite suite, ReadOnlyMemory<byte> data, CancellationToken cancellationToken) =>
        StampDigestAsync(client, authority, suite == SignatureSuite.Sm ? HashFunction.Sm3 : HashFunction.Sha256, suite.Hash(data.Span), cancellationToken);

    /// <summary>A token over a digest, with its certificates inside.</summary>
    /// <param name="client">Its timeout bounds the call.</param>
    /// <param name="authority">Address of the TSA.</param>
    /// <param name="hash">How the digest was made.</param>
    /// <param name="digest">The digest.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="HttpRequestException">The TSA could not be reached.</exception>
    /// <exception cref="CryptographicException">It refused (the message holds its reason), or answered another question.</exception>
    public static async Task<byte[]> StampDigestAsync(HttpClient client, Uri authority, HashFunction hash, byte[] digest, CancellationToken cancellationToken)
    {
        var nonce = new BigInteger(1, RandomNumberGenerator.GetBytes(8));
        var query = new TimeStampReq(new MessageImprint(hash.Identifier(), digest), tsaPolicy: null, new DerInteger(nonce), DerBoolean.True, extensions: null);
        using var content = new ByteArrayContent(query.GetDerEncoded());
        content.Headers.ContentType = new MediaTypeHeaderValue("application/timestamp-query");
        using var request = new HttpRequestMessage(HttpMethod.Post, authority) { Content = content };
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        response.EnsureSuccessStatusCode();
        await response.Content.LoadIntoBufferAsync(LargestAnswer, cancellationToken).ConfigureAwait(false);
        var answer = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        return Token(answer, nonce, digest);
    }

    private static byte[] Token(byte[] answer, BigInteger nonce, byte[] digest)
    {
        try
        {
            var response = TimeStampResp.GetInstance(Asn1Object.FromByteArray(answer));
            if (response.Status.StatusObject.IntValueExact is not ((int)PkiStatus.Granted or (int)PkiStatus.GrantedWithMods) || response.TimeStampToken is null)
            {
                throw new CryptographicException("The TSA refused the request" + Reason(response.Status) + ".");
            }

            var token = response.TimeStampToken.GetDerEncoded();
            var info = TstInfo.GetInstance(Cms.CmsReading.Read(token).Content ?? throw new CryptographicException("The token is empty."));
            return info.Nonce is { } returned && returned.Value.Equals(nonce) && info.MessageImprint.GetHashedMessage().AsSpan().SequenceEqual(digest)
                ? token
                : throw new CryptographicException("The TSA answered another request.");
        }
        catch (Exception e) when (Malformed.Is(e))
        {
            throw new CryptographicException("The TSA's answer is not a TimeStampResp.", e);
        }
    }

    /// <summary>PKIFailureInfo is what programs read; the free text is somebody else's and stays out of our messages.</summary>
    private static string Reason(PkiStatusInfo status) => status.FailInfo is { } failure ? FormattableString.Invariant($" (failure {failure.IntValue})") : "";
}
