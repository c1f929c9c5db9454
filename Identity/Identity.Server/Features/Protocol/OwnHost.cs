using Microsoft.Extensions.Options;
using Yinxin.ServiceDefaults.Settings;

namespace Yinxin.Identity.Server.Features.Protocol;

/// <summary>Links and metadata come from the configured address, never from the <c>Host</c> header that a request brought.</summary>
internal static class OwnHost
{
    public static void UseOwnHost(this WebApplication app)
    {
        var address = app.Services.GetRequiredService<IOptions<AddressSettings>>().Value.Identity;
        var host = new HostString(address.Authority);
        app.Use((context, next) =>
        {
            context.Request.Scheme = address.Scheme;
            context.Request.Host = host;
            return next(context);
        });
    }
}
