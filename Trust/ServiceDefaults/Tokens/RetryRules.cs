using Polly;
using Polly.Timeout;

namespace Yinxin.ServiceDefaults.Tokens;

/// <summary>Only what may safely happen twice is sent twice.</summary>
internal static class RetryRules
{
    public static bool MayRepeat(HttpRequestMessage? request) =>
        request is not null && (request.Method == HttpMethod.Get || request.Method == HttpMethod.Put || request.Headers.Contains("Idempotency-Key"));

    public static bool IsTransient(Outcome<HttpResponseMessage> outcome) => outcome switch
    {
        { Exception: HttpRequestException or TimeoutRejectedException } => true,
        { Result: { } response } => (int)response.StatusCode is 408 or 429 or >= 500,
        _ => false,
    };
}
