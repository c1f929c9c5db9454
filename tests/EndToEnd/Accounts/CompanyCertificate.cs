using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Org.BouncyCastle.X509;
using Yinxin.EndToEnd.Browsing;
using Yinxin.EndToEnd.Journey;
using Yinxin.Trust.Certificates;
using Yinxin.Trust.Suites;

namespace Yinxin.EndToEnd.Accounts;

/// <summary>A company's certificate from the platform's own CA, over its API, with the credentials that the platform keeps for its first run.</summary>
internal static class CompanyCertificate
{
    public static async Task<IReadOnlyList<X509Certificate>> IssueAsync(BrowserFixture browser, SoftwareSigner key, Company company)
    {
        using var client = new HttpClient();
        var secrets = JsonSerializer.Deserialize<JsonElement>(await File.ReadAllTextAsync(Path.Combine(browser.DataDirectory, "secrets.json")));
        using var grant = new FormUrlEncodedContent(
        [
            new("grant_type", "client_credentials"), new("client_id", "launch"), new("client_secret", secrets.GetProperty("ClientSecrets").GetProperty("launch").GetString()), new("scope", "trust.certify"),
        ]);
        using var token = await client.PostAsync(new Uri(browser.Address("identity") + "/connect/token"), grant);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (await token.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("access_token").GetString());
        var subject = DistinguishedName.OfOrganisation(company.Uscc, company.Name, company.Name);
        using var issued = await client.PostAsJsonAsync(
            new Uri(browser.Address("trust") + "/api/certificates"), new { csr = Convert.ToBase64String(CertificateRequest.Create(key, subject)), profile = "organisation" });
        var answer = await issued.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>();
        return [Read(answer.GetProperty("certificate")), Read(answer.GetProperty("chain")[0])];
    }

    private static X509Certificate Read(JsonElement base64) => CertificateReading.Read(base64.GetBytesFromBase64());
}
