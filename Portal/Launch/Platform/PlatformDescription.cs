using System.Text.Json;
using System.Text.Json.Serialization;

namespace Yinxin.Launch.Platform;

/// <summary>What an integrator's script needs to begin; written to <c>platform.json</c> under the data directory.</summary>
public sealed record PlatformDescription(
    string Notice,
    string Issuer,
    IReadOnlyDictionary<string, string> Addresses,
    IReadOnlyList<SampleAccount> Accounts,
    IReadOnlyList<SampleClientDescription> Clients,
    SandboxDescription Sandbox)
{
    internal static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    internal static PlatformDescription Of(PlatformConfiguration configuration, PlatformSecrets secrets) => new(
        "SAMPLE DATA for development. 样例数据,仅供开发。",
        configuration.Address("identity"),
        PlatformApp.All.OrderBy(a => a.PortOffset).ToDictionary(a => a.Name, a => configuration.Address(a.Name)),
        [],
        [
            new(SampleClients.ConfidentialId, secrets.ClientSecrets[SampleClients.ConfidentialId], "confidential", SampleClients.LoopbackRedirects,
                ["authorization_code", "refresh_token", "client_credentials"],
                ["openid", "profile", "offline_access", "license.read", "case.apply", "payment.read", "seal.apply", "license.issue"]),
            new(SampleClients.PublicId, null, "public", SampleClients.LoopbackRedirects,
                ["authorization_code", "refresh_token"], ["openid", "profile", "offline_access", "license.read", "case.apply"]),
        ],
        new(configuration.Address("sandbox"), secrets.SandboxApiKey));

    /// <summary>Writes the file whole or not at all, readable by its owner only: it holds passwords.</summary>
    public void Save(string path)
    {
        var temporary = path + ".new";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var stream = new FileStream(temporary, options))
        {
            JsonSerializer.Serialize(stream, this, Json);
        }

        File.Move(temporary, path, overwrite: true);
    }
}

/// <summary>An account to try the platform with.</summary>
/// <param name="Kind"><c>person</c>, <c>organisation</c> (a person who represents one) or <c>staff</c>.</param>
/// <param name="Level"><c>primary</c> or <c>intermediate</c>.</param>
/// <param name="SignInName">What is typed as user name.</param>
/// <param name="Password">The password of this platform's sample accounts.</param>
/// <param name="Name">The name shown.</param>
/// <param name="Roles">Staff roles.</param>
/// <param name="Organisation">The organisation that the account represents, or the department of a member of staff.</param>
/// <param name="Phone">Where codes go, for a second proof; the sandbox shows them (<c>/sms/v1/messages?phone=</c>).</param>
public sealed record SampleAccount(
    string Kind, string Level, string SignInName, string Password, string Name, IReadOnlyList<string>? Roles = null, SampleOrganisation? Organisation = null, string? Phone = null);

/// <param name="Uscc">Unified social credit code.</param>
/// <param name="Name">Registered name.</param>
public sealed record SampleOrganisation(string Uscc, string Name);

/// <param name="ClientId">OAuth client id.</param>
/// <param name="ClientSecret">Secret of the confidential client.</param>
/// <param name="Type"><c>confidential</c> or <c>public</c>.</param>
/// <param name="RedirectUris">Loopback addresses; any port is accepted (RFC 8252 §7.3).</param>
/// <param name="GrantTypes">Grants that the client may use.</param>
/// <param name="Scopes">Scopes that it may ask for.</param>
public sealed record SampleClientDescription(
    string ClientId, string? ClientSecret, string Type, IReadOnlyList<string> RedirectUris, IReadOnlyList<string> GrantTypes, IReadOnlyList<string> Scopes);

/// <param name="Address">Base address of the simulated outside authorities.</param>
/// <param name="ApiKey">Value of the <c>X-Api-Key</c> header.</param>
public sealed record SandboxDescription(string Address, string ApiKey);
