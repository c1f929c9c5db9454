using Yinxin.Web.Desk;

namespace Yinxin.Web.License;

/// <summary>A licence of the person, or of the organisation acted for.</summary>
internal sealed record OwnLicense(
    string Identifier, string Number, string Name, string Issuer, string Status, DateTimeOffset IssuedAt, DateOnly ValidFrom, DateOnly ValidTo, string? CaseNumber, string RetrievalCode);

/// <summary>License.Server over HTTP in the signed-in person's name.</summary>
internal sealed class LicenseApi(HttpClient client)
{
    public Task<PageOf<OwnLicense>> MineAsync(int page, CancellationToken cancellationToken) =>
        client.CallAsync<PageOf<OwnLicense>>(HttpMethod.Get, FormattableString.Invariant($"api/my/licenses?page={page}"), null, cancellationToken);

    /// <summary>The licence as <c>pdf</c> or <c>json</c>.</summary>
    public async Task<HttpResponseMessage> FileAsync(string identifier, string kind, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"api/my/licenses/{Uri.EscapeDataString(identifier)}/{kind}");
        return await client.CallAsync(request, cancellationToken);
    }
}
