using System.Globalization;

namespace Yinxin.Launch.Platform;

/// <summary>The configuration that each app would get from its environment in production.</summary>
internal sealed class PlatformConfiguration(PlatformOptions options, PlatformSecrets secrets)
{
    private static readonly string[] Authorities = ["Sms", "Channel"];

    /// <summary>Section of the authority at Identity → its name at the sandbox; these sign what they answer.</summary>
    public static readonly IReadOnlyDictionary<string, string> SigningAuthorities = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["Population"] = "population",
        ["Market"] = "market",
        ["Staffing"] = "staffing",
        ["CivilAffairs"] = "civil-affairs",
        ["Quality"] = "quality",
        ["Tax"] = "tax",
        ["BankCard"] = "bank-card",
        ["HousingFund"] = "housing-fund",
        ["Alipay"] = "alipay",
        ["RealPerson"] = "real-person",
        ["Carrier"] = "carrier",
    };

    public string Address(string app)
    {
        var scheme = options.Https ? "https" : "http";
        var offset = PlatformApp.All.First(a => a.Name == app).PortOffset;
        return string.Create(CultureInfo.InvariantCulture, $"{scheme}://{options.Host}:{options.BasePort + offset}");
    }

    public Dictionary<string, string?> For(string app)
    {
        var values = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase)
        {
            ["App:Address"] = Address(app),
            ["App:DataDirectory"] = DataDirectory(app),
            ["App:MasterKey"] = secrets.MasterKeys[app],
            ["App:CertificatePath"] = options.CertificatePath,
            ["App:CertificateKeyPath"] = options.CertificateKeyPath,
            ["App:CertificatePassword"] = options.CertificatePassword,
            ["App:TrustedRootsPath"] = options.TrustedRootsPath,
            ["Tokens:ClientId"] = app,
            ["Tokens:ClientSecret"] = secrets.ClientSecrets[app],
            ["Database:Provider"] = options.DatabaseProvider,
            ["Database:ConnectionString"] = options.DatabaseProvider == "postgres" ? $"{options.Connection};Database={options.DatabasePrefix}_{app}" : null,
        };
        foreach (var other in PlatformApp.All)
        {
            values[$"Addresses:{other.Name}"] = Address(other.Name);
        }

        foreach (var authority in Authorities.Concat(SigningAuthorities.Keys))
        {
            values[$"Authorities:{authority}:Address"] = Address("sandbox");
            values[$"Authorities:{authority}:ApiKey"] = secrets.SandboxApiKey;
        }

        values["Authorities:Channel:MerchantId"] = "yinxin-sample";
        values["Authorities:Channel:Secret"] = secrets.ChannelSecret;
        if (app == "sandbox")
        {
            values["Sandbox:ApiKey"] = secrets.SandboxApiKey;
            values["Sandbox:ChannelSecret"] = secrets.ChannelSecret;
            values["Sandbox:Seed"] = "20260101";
            values["Sandbox:Subscriber"] = Address("identity") + "/api/source-events";
            foreach (var (authority, key) in secrets.AuthorityKeys)
            {
                values[$"Sandbox:AnswerKeys:{authority}"] = key;
            }
        }

        if (app == "trust")
        {
            // A workplace's clock is seldom watched; timestamps of a platform with sample data state it all the same.
            values["Trust:Time:TrustSystemClock"] = "true";
        }

        if (app == "identity")
        {
            foreach (var (section, authority) in SigningAuthorities)
            {
                values[$"Authorities:{section}:Keys:0"] = secrets.PublicKeyOf(authority);
            }

            values["Presence:Methods:0"] = "face";
            values["Presence:Methods:1"] = "voice";
            values["Presence:Methods:2"] = "video";

            SampleClients.AddTo(values, this, secrets, options.DemoClient);
        }

        foreach (var (target, key, value) in options.Overrides.Where(o => o.App == app))
        {
            values[key] = value;
        }

        return values;
    }

    public string DataDirectory(string app) => Path.Combine(options.DataDirectory, app);
}
