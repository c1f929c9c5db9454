using System.Globalization;
using System.Net;

namespace Yinxin.Trust.Log;

/// <summary>A log behind a web server (C2SP tlog-tiles). Every answer is bounded in bytes, also after decompression, and in time.</summary>
/// <param name="client">Its own handler may decompress gzip and follow redirections; this class sets the bounds.</param>
/// <param name="prefix">URL below which <c>checkpoint</c> and <c>tile/</c> lie.</param>
/// <param name="wait">Longest time for one file.</param>
public sealed class HttpLogSource(HttpClient client, Uri prefix, TimeSpan wait) : ILogSource
{
    private readonly Uri root = new(prefix.AbsoluteUri.TrimEnd('/') + "/");

    /// <inheritdoc/>
    public async ValueTask<byte[]?> ReadAsync(string path, int largest, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(wait);
        try
        {
            using var response = await client.GetAsync(new Uri(root, path), HttpCompletionOption.ResponseHeadersRead, limit.Token).ConfigureAwait(false);
            if (response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Gone)
            {
                return null;
            }

            if (!response.IsSuccessStatusCode)
            {
                throw new LogFaultException(LogFault.Unreachable, string.Create(CultureInfo.InvariantCulture, $"{path}: the server answered {(int)response.StatusCode}."));
            }

            await using var body = await response.Content.ReadAsStreamAsync(limit.Token).ConfigureAwait(false);
            return await BoundedAsync(body, path, largest, limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new LogFaultException(LogFault.Unreachable, $"{path}: no whole answer within {wait}.", e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or InvalidDataException)
        {
            throw new LogFaultException(LogFault.Unreachable, $"{path}: {e.Message}", e);
        }
    }

    private static async Task<byte[]> BoundedAsync(Stream body, string path, int largest, CancellationToken cancellationToken)
    {
        using var content = new MemoryStream();
        var buffer = new byte[16 * 1024];
        int read;
        while ((read = await body.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
        {
            if (content.Length + read > largest)
            {
                throw new LogFaultException(LogFault.TooLarge, string.Create(CultureInfo.InvariantCulture, $"{path} is larger than {largest} bytes."));
            }

            content.Write(buffer, 0, read);
        }

        return content.ToArray();
    }
}
