using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore;
using OpenIddict.Server;
using OpenIddict.Server.AspNetCore;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace Yinxin.Identity.Server.Features.Protocol.Authorize;

/// <summary>
/// OAuth Form Post Response Mode §2: the page submits itself by one line of script. The policy of that page allows exactly that
/// line, by its hash, and the form's one target; markup that got into a parameter could still run nothing.
/// </summary>
internal sealed class FormPostPolicy : IOpenIddictServerHandler<ApplyAuthorizationResponseContext>
{
    private static readonly string Script = "'sha256-" + Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes("document.form.submit();"))) + "'";

    public static readonly OpenIddictServerHandlerDescriptor Descriptor = OpenIddictServerHandlerDescriptor
        .CreateBuilder<ApplyAuthorizationResponseContext>()
        .UseSingletonHandler<FormPostPolicy>()
        .SetOrder(OpenIddictServerAspNetCoreHandlers.Authentication.ProcessFormPostResponse.Descriptor.Order - 500)
        .SetType(OpenIddictServerHandlerType.Custom)
        .Build();

    public ValueTask HandleAsync(ApplyAuthorizationResponseContext context)
    {
        if (context.ResponseMode == ResponseModes.FormPost && Uri.TryCreate(context.RedirectUri, UriKind.Absolute, out var target) &&
            context.Transaction.GetHttpRequest() is { } request)
        {
            request.HttpContext.Response.Headers.ContentSecurityPolicy =
                $"default-src 'none'; script-src {Script}; form-action {target.GetLeftPart(UriPartial.Authority)}; frame-ancestors 'none'; base-uri 'none'";
        }

        return ValueTask.CompletedTask;
    }
}
