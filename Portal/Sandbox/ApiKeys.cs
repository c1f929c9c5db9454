using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Sandbox;

/// <summary>Demands the <c>X-Api-Key</c> header.</summary>
internal sealed class ApiKeyFilter(IOptions<SandboxSettings> settings) : IEndpointFilter
{
    private static readonly Problem Refused = new("sandbox.apiKey", 401, "API 密钥缺失或不正确。", "The API key is missing or wrong.");

    public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var given = Encoding.UTF8.GetBytes(context.HttpContext.Request.Headers["X-Api-Key"].ToString());
        return CryptographicOperations.FixedTimeEquals(given, Encoding.UTF8.GetBytes(settings.Value.ApiKey)) ? next(context) : throw Refused.Exception();
    }
}
