using Microsoft.Extensions.Options;
using Yinxin.ServiceDefaults.Settings;

namespace Yinxin.Trust.Server.Features.Acme;

/// <summary>Addresses of ACME's resources. They come from the settings, never from a request: a client signs the address that it means (RFC 8555 §6.4).</summary>
internal sealed class AcmeAddresses(IOptions<AddressSettings> settings)
{
    public const string Root = "/acme";

    private readonly string trust = AddressSettings.Text(settings.Value.Trust);

    public string Directory => Of("directory");

    /// <summary>The address of a request as a client has to spell it.</summary>
    public string Of(HttpRequest request) => $"{trust}{request.Path}{request.QueryString}";

    public string Of(string path) => $"{trust}{Root}/{path}";

    public string Account(Guid id) => Of($"account/{id:N}");

    public string Orders(Guid account) => Of($"account/{account:N}/orders");

    public string Order(Guid id) => Of($"order/{id:N}");

    public string Finalize(Guid order) => Of($"order/{order:N}/finalize");

    public string Certificate(Guid order) => Of($"certificate/{order:N}");

    public string Authorization(Guid id) => Of($"authorization/{id:N}");

    public string Challenge(Guid id) => Of($"challenge/{id:N}");

    /// <summary>The account that a <c>kid</c> names, or null when it is none of our addresses.</summary>
    public Guid? AccountOf(string kid)
    {
        var prefix = Of("account/");
        return kid.StartsWith(prefix, StringComparison.Ordinal) && Guid.TryParseExact(kid[prefix.Length..], "N", out var id) && Account(id) == kid ? id : null;
    }
}
