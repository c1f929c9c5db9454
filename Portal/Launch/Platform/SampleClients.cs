using System.Globalization;

namespace Yinxin.Launch.Platform;

/// <summary>The OIDC clients of a fresh platform: its own apps, its services, and two for integrators.</summary>
internal static class SampleClients
{
    public const string ConfidentialId = "sample-confidential";
    public const string PublicId = "sample-public";

    /// <summary>The demo's own native app; a fresh platform of <c>up</c> does not have it.</summary>
    public const string DemoId = "demo-app";

    /// <summary>RFC 8252 §7.3: on loopback the port may vary, so none is registered.</summary>
    public static readonly string[] LoopbackRedirects = ["http://127.0.0.1/callback", "http://[::1]/callback", "http://localhost/callback"];

    private const string UserScopes = "openid profile offline_access";

    public static void AddTo(Dictionary<string, string?> values, PlatformConfiguration configuration, PlatformSecrets secrets, bool withDemo)
    {
        var clients = new List<SampleClient>
        {
            RelyingParty("web", "网上政务服务平台", UserScopes + " real_name case.apply license.read", " identity.endings") with { MayAskForPresence = true },
            RelyingParty("desk", "政务服务管理平台", UserScopes + " identity.counter", " payment.bill license.issue license.manage identity.endings identity.presence"),
            RelyingParty("payment", "统一支付平台", UserScopes + " payment.read", " case.notify identity.endings"),
            Service("license", "电子证照", "seal.apply trust.log identity.endings"),
            Service("seal", "电子印章", "trust.certify trust.revoke trust.log identity.endings"),
            Service("launch", "平台启动程序", "seal.manage seal.apply license.issue license.manage trust.certify trust.read trust.revoke trust.lists trust.log"),
            new(ConfidentialId, secrets.ClientSecrets[ConfidentialId], "confidential", "样例应用（机密客户端）", LoopbackRedirects, LoopbackRedirects,
                UserScopes + " license.read case.apply payment.read seal.apply license.issue", "authorization_code refresh_token client_credentials", FirstParty: false)
            {
                MayAskForPresence = true,
                VerifiedClaims = ["name", "birthdate", "id_number_masked", "phone_number_masked"],
                Purpose = ("演示核验信息的获取", "To show how verified data are asked for"),
            },
            new(PublicId, null, "public", "样例应用（公开客户端）", LoopbackRedirects, LoopbackRedirects,
                UserScopes + " license.read case.apply", "authorization_code refresh_token", FirstParty: false),
        };
        if (withDemo)
        {
            clients.Add(new(DemoId, null, "public", "演示应用", LoopbackRedirects, [], UserScopes + " real_name license.read case.apply", "authorization_code refresh_token", FirstParty: true));
        }

        for (var i = 0; i < clients.Count; i++)
        {
            clients[i].AddTo(values, string.Create(CultureInfo.InvariantCulture, $"Clients:{i}:"));
        }

        SampleClient RelyingParty(string app, string name, string scopes, string serviceScopes)
        {
            var address = configuration.Address(app);
            return new(app, secrets.ClientSecrets[app], "confidential", name, [address + "/signin-oidc"], [address + "/signout-callback-oidc"],
                scopes + serviceScopes, "authorization_code refresh_token client_credentials", FirstParty: true);
        }

        SampleClient Service(string id, string name, string scopes) =>
            new(id, secrets.ClientSecrets[id], "confidential", name, [], [], scopes, "client_credentials", FirstParty: true);
    }

    private sealed record SampleClient(
        string Id, string? Secret, string Type, string Name, string[] Redirects, string[] PostLogoutRedirects, string Scopes, string GrantTypes, bool FirstParty)
    {
        public bool MayAskForPresence { get; init; }

        public string[] VerifiedClaims { get; init; } = [];

        public (string? Chinese, string? English) Purpose { get; init; }

        public void AddTo(Dictionary<string, string?> values, string prefix)
        {
            List(values, prefix + "AuthorizationDetailsTypes", MayAskForPresence ? ["urn:yinxin:presence"] : []);
            List(values, prefix + "VerifiedClaims", VerifiedClaims);
            values[prefix + "PurposeChinese"] = Purpose.Chinese;
            values[prefix + "PurposeEnglish"] = Purpose.English;
            values[prefix + "ClientId"] = Id;
            values[prefix + "Secret"] = Secret;
            values[prefix + "Type"] = Type;
            values[prefix + "DisplayName"] = Name;
            values[prefix + "FirstParty"] = FirstParty ? "true" : "false";
            List(values, prefix + "RedirectUris", Redirects);
            List(values, prefix + "PostLogoutRedirectUris", PostLogoutRedirects);
            List(values, prefix + "Scopes", Scopes.Split(' ', StringSplitOptions.RemoveEmptyEntries));
            List(values, prefix + "GrantTypes", GrantTypes.Split(' '));
        }

        private static void List(Dictionary<string, string?> values, string key, string[] items)
        {
            for (var i = 0; i < items.Length; i++)
            {
                values[string.Create(CultureInfo.InvariantCulture, $"{key}:{i}")] = items[i];
            }
        }
    }
}
