using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Web.Desk;

/// <summary>Desk over HTTP: matters for everybody, drafts, materials and cases in the signed-in person's name.</summary>
internal sealed class DeskApi(HttpClient client)
{
    public Task<PageOf<MatterEntry>> SearchAsync(string? query, string? serviceObject, int page, int size, CancellationToken cancellationToken) =>
        client.CallAsync<PageOf<MatterEntry>>(
            HttpMethod.Get, FormattableString.Invariant($"api/matters?q={Escape(query)}&object={Escape(serviceObject)}&page={page}&size={size}"), null, cancellationToken);

    public Task<Matter> MatterAsync(string code, CancellationToken cancellationToken) =>
        client.CallAsync<Matter>(HttpMethod.Get, $"api/matters/{Escape(code)}", null, cancellationToken);

    /// <summary>The draft, or an empty one.</summary>
    public async Task<Draft> DraftAsync(string code, CancellationToken cancellationToken)
    {
        try
        {
            return await client.CallAsync<Draft>(HttpMethod.Get, $"api/my/drafts/{Escape(code)}", null, cancellationToken);
        }
        catch (ProblemException none) when (none.Problem.Code == "draft.none")
        {
            return new Draft();
        }
    }

    public async Task SaveAsync(string code, Draft draft, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, $"api/my/drafts/{Escape(code)}");
        request.Content = JsonContent.Create(draft, options: JsonSerializerOptions.Web);
        using var response = await client.CallAsync(request, cancellationToken);
    }

    /// <summary>Streams one file to Desk, which judges its type and size.</summary>
    public async Task<StoredMaterial> UploadAsync(IFormFile file, CancellationToken cancellationToken)
    {
        await using var stream = file.OpenReadStream();
        using var content = new StreamContent(stream);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        using var form = new MultipartFormDataContent { { content, "file", file.FileName } };
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/materials") { Content = form };
        using var response = await client.CallAsync(request, cancellationToken);
        return (await response.Content.ReadFromJsonAsync<StoredMaterial>(cancellationToken))!;
    }

    public async Task<SubmittedCase> SubmitAsync(string code, Draft draft, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/cases");
        request.Headers.Add("Idempotency-Key", draft.IdempotencyKey.ToString());
        request.Content = JsonContent.Create(
            new { implementationCode = code, form = draft.Form, materials = draft.Materials.Select(m => new { materialId = m.Id, m.Key }) }, options: JsonSerializerOptions.Web);
        using var response = await client.CallAsync(request, cancellationToken);
        return (await response.Content.ReadFromJsonAsync<SubmittedCase>(cancellationToken))!;
    }

    public Task<PageOf<Case>> CasesAsync(int page, CancellationToken cancellationToken) =>
        client.CallAsync<PageOf<Case>>(HttpMethod.Get, FormattableString.Invariant($"api/my/cases?page={page}"), null, cancellationToken);

    public Task<Case> CaseAsync(string caseNumber, CancellationToken cancellationToken) =>
        client.CallAsync<Case>(HttpMethod.Get, $"api/my/cases/{Escape(caseNumber)}", null, cancellationToken);

    public Task<Case> WithdrawAsync(string caseNumber, CancellationToken cancellationToken) =>
        client.CallAsync<Case>(HttpMethod.Post, $"api/my/cases/{Escape(caseNumber)}/withdrawal", new { }, cancellationToken);

    public Task<Case> LookUpAsync(string caseNumber, string queryCode, CancellationToken cancellationToken) =>
        client.CallAsync<Case>(HttpMethod.Get, $"api/cases/{Escape(caseNumber)}?code={Escape(queryCode)}", null, cancellationToken);

    private static string Escape(string? value) => Uri.EscapeDataString(value ?? "");
}
