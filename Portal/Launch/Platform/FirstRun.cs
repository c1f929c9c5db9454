using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Serialization;

namespace Yinxin.Launch.Platform;

/// <summary>What a fresh platform needs before its first visitor: the departments' seals, and the files that others read. Repeating it changes nothing.</summary>
internal sealed class FirstRun(PlatformConfiguration configuration, PlatformSecrets secrets, PlatformDescription description)
{
    public async Task CompleteAsync(HttpClient client, string dataDirectory, CancellationToken cancellationToken)
    {
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await TokenAsync(client, cancellationToken));
        using (var response = await client.PutAsJsonAsync(
            $"{configuration.Address("seal")}/api/seals/departments/{SampleAccounts.Department.Uscc}",
            new { name = SampleAccounts.Department.Name },
            cancellationToken))
        {
            await EnsureSuccessAsync(response, cancellationToken);
        }

        // Beside the data, so that `yinxin verify` works without a network.
        client.DefaultRequestHeaders.Authorization = null;
        var bundle = await client.GetByteArrayAsync($"{configuration.Address("trust")}/trust-bundle.json", cancellationToken);
        var path = Path.Combine(dataDirectory, "trust-bundle.json");
        await File.WriteAllBytesAsync(path + ".new", bundle, cancellationToken);
        File.Move(path + ".new", path, overwrite: true);
        description.Save(Path.Combine(dataDirectory, "platform.json"));
    }

    private async Task<string> TokenAsync(HttpClient client, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, configuration.Address("identity") + "/connect/token");
        var credentials = "launch:" + Uri.EscapeDataString(secrets.ClientSecrets["launch"]);
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials)));
        request.Content = new FormUrlEncodedContent([new("grant_type", "client_credentials"), new("scope", "seal.manage")]);
        using var response = await client.SendAsync(request, cancellationToken);
        await EnsureSuccessAsync(response, cancellationToken);
        return (await response.Content.ReadFromJsonAsync<TokenAnswer>(cancellationToken))!.AccessToken;
    }

    private static async Task EnsureSuccessAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (!response.IsSuccessStatusCode)
        {
            var body = await response.Content.ReadAsStringAsync(cancellationToken);
            throw new InvalidOperationException($"{response.RequestMessage?.RequestUri} answered {(int)response.StatusCode}: {body[..Math.Min(body.Length, 500)]}");
        }
    }

    private sealed record TokenAnswer([property: JsonPropertyName("access_token")] string AccessToken);
}
