using System.Globalization;
using Yinxin.Trust.Server.Features.Acme.Messages;

namespace Yinxin.Trust.Server.Features.Acme.Problems;

/// <summary>Around every request of ACME: the limit of its address, the headers of RFC 8555 §6.5 and §7.1, and problems in ACME's words.</summary>
internal sealed class AcmeExchange(Nonces nonces, AcmeAddresses addresses, RequestBrake brake, ILogger<AcmeExchange> log) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var headers = http.Response.Headers;
        headers.Append("Link", $"<{addresses.Directory}>;rel=\"index\"");
        headers.CacheControl = "no-store";
        try
        {
            brake.Demand(http);
            return await next(context);
        }
        catch (AcmeException e)
        {
            return Refuse(http, e);
        }
        catch (BadHttpRequestException e)
        {
            return Refuse(http, new AcmeException(AcmeErrorKind.Malformed, "The request is malformed or larger than allowed.") { Status = e.StatusCode });
        }
        catch (Exception e) when (!http.RequestAborted.IsCancellationRequested)
        {
            log.LogError(e, "Unhandled error at {Method} {Path}", http.Request.Method, http.Request.Path);
            return Refuse(http, AcmeErrorKind.ServerInternal.Because("Nothing of this request has taken effect."));
        }
        finally
        {
            // Also with an error: the client's next request needs one.
            if (HttpMethods.IsPost(http.Request.Method) && !http.Response.HasStarted)
            {
                headers["Replay-Nonce"] = nonces.Create();
            }
        }
    }

    private static IResult Refuse(HttpContext http, AcmeException refusal)
    {
        if (refusal.RetryAfter is { } wait)
        {
            http.Response.Headers.RetryAfter = Math.Max(1, Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        }

        if (refusal.Header is { } header)
        {
            http.Response.Headers.Append(header.Name, header.Value);
        }

        return Results.Json(refusal.Problem, AcmeJson.Options, AcmeJson.ProblemType, refusal.Problem.Status);
    }
}
