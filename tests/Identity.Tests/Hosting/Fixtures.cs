using System.Globalization;

namespace Yinxin.Identity.Tests.Hosting;

/// <summary>The clients and accounts that every test finds.</summary>
internal static class Fixtures
{
    public static void AddClients(Dictionary<string, string?> values, int basePort)
    {
        string[] loopback = ["http://127.0.0.1/callback", "http://[::1]/callback", "http://localhost/callback"];
        const string user = "openid profile offline_access ";
        Add(0, "confidential", "confidential", false, user + "license.read seal.apply", "authorization_code refresh_token client_credentials", loopback);
        Add(1, "public", "public", false, user + "license.read", "authorization_code refresh_token", loopback);
        Add(2, "web", "confidential", true, user + "real_name case.apply identity.counter identity.grade identity.policy identity.import identity.keys", "authorization_code refresh_token",
            [$"http://localhost:{basePort}/signin-oidc"], [$"http://localhost:{basePort}/signout-callback-oidc"]);
        Add(3, "other", "confidential", false, user + "license.read seal.apply", "authorization_code refresh_token client_credentials", ["https://other.example/callback"]);
        Add(4, "rsa", "confidential", false, user, "authorization_code", loopback);
        values["Clients:4:IdTokenAlgorithm"] = "RS256";
        values["Clients:4:SectorIdentifier"] = "rsa.example";
        foreach (var n in (int[])[0, 1, 2, 6, 8])
        {
            values[string.Create(CultureInfo.InvariantCulture, $"Clients:{n}:AuthorizationDetailsTypes:0")] = "urn:yinxin:presence";
            values[string.Create(CultureInfo.InvariantCulture, $"Clients:{n}:PurposeChinese")] = "办理样例业务时核对身份";
            values[string.Create(CultureInfo.InvariantCulture, $"Clients:{n}:PurposeEnglish")] = "To check who applies for the sample service";
            foreach (var (claim, i) in ((string[])["name", "birthdate", "id_number_masked", "phone_number", "gender"]).Select((c, i) => (c, i)))
            {
                values[string.Create(CultureInfo.InvariantCulture, $"Clients:{n}:VerifiedClaims:{i}")] = claim;
            }
        }

        Add(5, "api", "confidential", true, "identity.endings identity.presence", "client_credentials", []);

        // Outside the platform: two of one sector, one of another.
        Add(6, "north", "confidential", false, user, "authorization_code refresh_token", ["https://north.example/callback"]);
        Add(7, "north-app", "confidential", false, user, "authorization_code refresh_token", ["https://app.example/callback", .. loopback]);
        values["Clients:7:SectorIdentifier"] = "NORTH.example";
        Add(8, "south", "confidential", false, user, "authorization_code refresh_token", ["https://south.example/callback"]);

        // Services that hand users over: for one source, for two, for none.
        Add(9, "city", "confidential", true, "identity.import", "client_credentials", []);
        Add(10, "town", "confidential", true, "identity.import", "client_credentials", []);
        Add(11, "hamlet", "confidential", true, "identity.import", "client_credentials", []);
        values["Clients:9:ImportSources:0"] = "huaibei";
        values["Clients:10:ImportSources:0"] = "huaibei";
        values["Clients:10:ImportSources:1"] = "suzhou-north";

        void Add(int n, string id, string type, bool firstParty, string scopes, string grants, string[] redirects, string[]? afterSignOut = null)
        {
            var prefix = string.Create(CultureInfo.InvariantCulture, $"Clients:{n}:");
            values[prefix + "ClientId"] = id;
            values[prefix + "DisplayName"] = id;
            values[prefix + "Type"] = type;
            values[prefix + "Secret"] = type == "public" ? null : IdentityFixture.Secret;
            values[prefix + "FirstParty"] = firstParty ? "true" : "false";
            List("Scopes", scopes.Split(' ', StringSplitOptions.RemoveEmptyEntries));
            List("GrantTypes", grants.Split(' '));
            List("RedirectUris", redirects);
            List("PostLogoutRedirectUris", afterSignOut ?? redirects);

            void List(string name, string[] items)
            {
                for (var i = 0; i < items.Length; i++)
                {
                    values[string.Create(CultureInfo.InvariantCulture, $"{prefix}{name}:{i}")] = items[i];
                }
            }
        }
    }

    public static void AddAccounts(Dictionary<string, string?> values)
    {
        Add(0, new() { ["Kind"] = "person", ["Level"] = "primary", ["SignInName"] = "citizen", ["Name"] = "张样例", ["IdNumber"] = "340102199001011232", ["Phone"] = "+8613800000001" });
        Add(1, new()
        {
            ["Kind"] = "person",
            ["Level"] = "intermediate",
            ["SignInName"] = "company",
            ["Name"] = "李样例",
            ["IdNumber"] = "340102199001011259",
            ["Phone"] = "+8613800000002",
            ["Organisation:Uscc"] = "91340100MA2N0000X1",
            ["Organisation:Name"] = "样例公司",
        });
        Add(2, new()
        {
            ["Kind"] = "staff",
            ["SignInName"] = "window",
            ["Name"] = "周样例",
            ["Roles"] = "window-officer counter-officer",
            ["Department:Uscc"] = "11349900MB0000051U",
            ["Department:Name"] = "样例市新闻出版局",
        });
        Add(4, new()
        {
            ["Kind"] = "staff",
            ["SignInName"] = "clerk",
            ["Name"] = "钱样例",
            ["Roles"] = "window-officer",
            ["Department:Uscc"] = "11349900MB0000051U",
            ["Department:Name"] = "样例市新闻出版局",
        });
        Add(3, new() { ["Kind"] = "person", ["Level"] = "intermediate", ["SignInName"] = "victim", ["Name"] = "王样例", ["IdNumber"] = "340102199001011291", ["Phone"] = "+8613800000004" });

        Official(5, "security", "security-administrator");
        Official(6, "security-second", "security-administrator", person: "管样例");
        Official(7, "auditor", "auditor");
        Official(8, "system", "system-administrator", person: "统样例");
        Official(9, "audit-administrator", "audit-administrator");

        Official(10, "counter-one", "counter-officer", "city", "郑样例");
        Official(11, "counter-two", "counter-officer", "county", "冯样例");
        Official(12, "counter-namesake", "counter-officer", "province", "褚样例");

        void Official(int n, string name, string roles, string? hallLevel = null, string person = "官样例") => Add(n, new()
        {
            ["Kind"] = "staff",
            ["SignInName"] = name,
            ["Name"] = person,
            ["Roles"] = roles,
            ["Hall"] = hallLevel is null ? "" : "样例政务服务大厅",
            ["HallLevel"] = hallLevel ?? "",
            ["Department:Uscc"] = "11349900MB0000051U",
            ["Department:Name"] = "样例市数据资源管理局",
        });

        void Add(int n, Dictionary<string, string> account)
        {
            account["Password"] = "password-" + account["SignInName"];
            foreach (var (key, value) in account)
            {
                values[string.Create(CultureInfo.InvariantCulture, $"SampleAccounts:{n}:{key}")] = value;
            }
        }
    }
}
