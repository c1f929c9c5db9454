using Microsoft.Extensions.Options;
using Yinxin.ServiceDefaults.Settings;

namespace Yinxin.Identity.Server.Features.Protocol;

/// <summary>The issuer as text: from the configuration and nowhere else, never with a slash at its end. A <see cref="Uri"/> would grow one.</summary>
internal sealed class Issuer(IOptions<AddressSettings> addresses)
{
    public string Text { get; } = addresses.Value.Issuer;
}
