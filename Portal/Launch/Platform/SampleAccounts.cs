using System.Globalization;
using System.Net.Http.Json;

namespace Yinxin.Launch.Platform;

/// <summary>Sample accounts: persons and an organisation from the sandbox's synthetic registers, and the staff of one department.</summary>
internal sealed record SampleAccounts(IReadOnlyList<SampleAccount> Accounts, Dictionary<string, string?> Configuration)
{
    public static readonly SampleOrganisation Department = new("11349900MB0000051U", "样例市新闻出版局");

    private static readonly (string SignInName, string Name, string[] Roles)[] Staff =
    [
        ("window01", "周样例（窗口）", ["window-officer", "counter-officer"]),
        ("window02", "杨样例（窗口）", ["window-officer", "counter-officer"]),
        ("handler01", "吴样例（承办）", ["case-handler"]),
        ("reviewer01", "郑样例（审核）", ["reviewer"]),
        ("approver01", "王样例（批准）", ["approver"]),
        ("admin01", "冯样例（管理）", ["administrator"]),
        ("system01", "陈样例（系统管理员）", ["system-administrator"]),
        ("security01", "褚样例（安全管理员）", ["security-administrator"]),
        ("security02", "卫样例（安全管理员）", ["security-administrator"]),
        ("audit01", "蒋样例（审计管理员）", ["audit-administrator"]),
        ("auditor01", "沈样例（审计人员）", ["auditor"]),
    ];

    public static async Task<SampleAccounts> ChooseAsync(HttpClient client, PlatformSecrets secrets, CancellationToken cancellationToken)
    {
        client.DefaultRequestHeaders.Add("X-Api-Key", secrets.SandboxApiKey);
        var organisations = await ReadAsync<RegisteredOrganisation>(client, "/directory/v1/organisations?skip=0&take=1", cancellationToken);
        var organisation = organisations[0];
        var persons = await ReadAsync<RegisteredPerson>(client, "/directory/v1/persons?skip=0&take=2000", cancellationToken);
        var representative = persons.First(p => p.IdNumber == organisation.LegalRepresentative.IdNumber);
        var others = persons.Where(p => p.IdNumber != representative.IdNumber).Take(2).ToList();

        // Whoever tries the platform out signs officials in by the published password alone.
        var samples = new SampleAccounts([], new() { ["Officials:RequireSecondFactor"] = "false" });
        return samples
            .Add(others[0], "person", "primary", "citizen01", secrets, null)
            .Add(others[1], "person", "intermediate", "citizen02", secrets, null)
            .Add(representative, "organisation", "intermediate", "company01", secrets, new SampleOrganisation(organisation.Uscc, organisation.Name))
            .AddStaff(secrets);
    }

    private SampleAccounts Add(RegisteredPerson person, string kind, string level, string signInName, PlatformSecrets secrets, SampleOrganisation? organisation)
    {
        var account = new SampleAccount(kind, level, signInName, secrets.SamplePassword, person.Name, null, organisation, person.Phone);
        return With(account, new()
        {
            ["IdNumber"] = person.IdNumber,
            ["Sex"] = person.Sex,
            ["Ethnicity"] = person.Ethnicity,
            ["Phone"] = person.Phone,
            ["Organisation:Uscc"] = organisation?.Uscc,
            ["Organisation:Name"] = organisation?.Name,
        });
    }

    private SampleAccounts AddStaff(PlatformSecrets secrets) => Staff.Aggregate(this, (samples, member) => samples.With(
        new SampleAccount("staff", "intermediate", member.SignInName, secrets.SamplePassword, member.Name, member.Roles, Department),
        new()
        {
            ["Department:Uscc"] = Department.Uscc,
            ["Department:Name"] = Department.Name,
            ["Roles"] = string.Join(' ', member.Roles),
            ["Hall"] = member.Roles.Contains("counter-officer") ? "样例市政务服务中心" : null,
            ["HallLevel"] = member.Roles.Contains("counter-officer") ? "city" : null,
        }));

    private SampleAccounts With(SampleAccount account, Dictionary<string, string?> further)
    {
        var prefix = string.Create(CultureInfo.InvariantCulture, $"SampleAccounts:{Accounts.Count}:");
        var configuration = new Dictionary<string, string?>(Configuration)
        {
            [prefix + "Kind"] = account.Kind == "organisation" ? "person" : account.Kind,
            [prefix + "Level"] = account.Level,
            [prefix + "SignInName"] = account.SignInName,
            [prefix + "Password"] = account.Password,
            [prefix + "Name"] = account.Name,
        };
        foreach (var (key, value) in further.Where(f => f.Value is not null))
        {
            configuration[prefix + key] = value;
        }

        return new SampleAccounts([.. Accounts, account], configuration);
    }

    private static async Task<IReadOnlyList<T>> ReadAsync<T>(HttpClient client, string path, CancellationToken cancellationToken) =>
        await client.GetFromJsonAsync<List<T>>(path, cancellationToken) ?? throw new InvalidOperationException($"{path} answered nothing.");

    private sealed record RegisteredPerson(string IdNumber, string Name, string Sex, string Ethnicity, string Phone);

    private sealed record RegisteredOrganisation(string Uscc, string Name, Representative LegalRepresentative);

    private sealed record Representative(string Name, string IdNumber);
}
