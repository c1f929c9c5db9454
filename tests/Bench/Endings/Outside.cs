using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Yinxin.Bench.Authorities;
using Yinxin.Bench.Load;
using Yinxin.Testing;

namespace Yinxin.Bench.Endings;

/// <summary>A person of the sandbox's registers.</summary>
internal sealed record Person(string IdNumber, string Name, string Sex, string Ethnicity, string Phone, string BankCard);

/// <summary>An organisation of the sandbox's registers.</summary>
internal sealed record Company(string Uscc, string Name, Person LegalRepresentative);

/// <summary>The authorities that Identity asks, and that tell it of changes. Their keys are the bench's, which so can tell of a change at a moment of its own.</summary>
internal sealed class Outside : IAsyncDisposable
{
    private const string ApiKey = "0123456789abcdef0123456789abcdef0123";
    private const int CodeDigits = 6;

    private static readonly (string Section, string Name)[] Authorities = [("Population", "population"), ("Market", "market"), ("Quality", "quality"), ("BankCard", "bank-card")];

    private readonly Dictionary<string, ECDsa> keys = Authorities.ToDictionary(a => a.Name, _ => ECDsa.Create(ECCurve.NamedCurves.nistP256), StringComparer.Ordinal);
    private readonly Uri address = new(FormattableString.Invariant($"http://localhost:{FreePort.Next()}/"));
    private readonly HttpClient sandbox;
    private readonly HttpClient identity;
    private ChildProcess? process;

    private Outside(Uri identity)
    {
        sandbox = new HttpClient { BaseAddress = address, DefaultRequestHeaders = { { "X-Api-Key", ApiKey } } };
        this.identity = new HttpClient { BaseAddress = identity };
    }

    public static async Task<Outside> StartAsync(Uri identity, Workplace workplace)
    {
        var outside = new Outside(identity);
        List<(string Key, string Value)> settings =
        [
            ("App:Address", outside.address.ToString()), ("App:DataDirectory", Directory.CreateDirectory(Path.Combine(workplace.DataDirectory, "sandbox")).FullName),
            ("App:MasterKey", Convert.ToBase64String(new byte[32])), ("Addresses:Identity", identity.ToString()), ("Addresses:Sandbox", outside.address.ToString()), ("Database:Provider", "sqlite"),
            ("Sandbox:ApiKey", ApiKey), ("Sandbox:ChannelSecret", ApiKey),
        ];
        settings.AddRange(outside.keys.Select(k => ($"Sandbox:AnswerKeys:{k.Key}", Convert.ToBase64String(k.Value.ExportPkcs8PrivateKey()))));
        outside.process = await TrustProcess.StartAsync("Yinxin.Sandbox.dll", settings.Select(s => $"--{s.Key}={s.Value}"), new Uri(outside.address, "health/ready"));
        return outside;
    }

    /// <summary>What Identity needs to know of them.</summary>
    public (string Key, string Value)[] Settings =>
    [
        ("Addresses:Sandbox", address.ToString()), ("Authorities:Sms:Address", address.ToString()), ("Authorities:Sms:ApiKey", ApiKey),
        .. Authorities.Select(a => ($"Authorities:{a.Section}:Address", address.ToString())),
        .. Authorities.Select(a => ($"Authorities:{a.Section}:ApiKey", ApiKey)),
        .. Authorities.Select(a => ($"Authorities:{a.Section}:Keys:0", Convert.ToBase64String(keys[a.Name].ExportSubjectPublicKeyInfo()))),
    ];

    /// <summary>People who represent no organisation: every third does.</summary>
    public async Task<IReadOnlyList<Person>> PersonsAsync(int count) =>
        [.. (await sandbox.GetFromJsonAsync<List<Person>>(new Uri("directory/v1/persons?skip=0&take=2000", UriKind.Relative)))!.Where((_, place) => place % 3 != 0).Take(count)];

    public async Task<IReadOnlyList<Company>> CompaniesAsync(int count) =>
        (await sandbox.GetFromJsonAsync<List<Company>>(new Uri(FormattableString.Invariant($"directory/v1/organisations?skip=0&take={count}"), UriKind.Relative)))!;

    /// <summary>The code in the newest text message.</summary>
    public async Task<string> CodeAsync(string phone)
    {
        var messages = await sandbox.GetFromJsonAsync<List<JsonElement>>(new Uri("sms/v1/messages?phone=" + phone, UriKind.Relative));
        return new string([.. messages![0].GetProperty("text").GetString()!.Where(char.IsAsciiDigit).Take(CodeDigits)]);
    }

    /// <summary>An authority tells of a change at once.</summary>
    /// <param name="authority">Which.</param>
    /// <param name="expected">What must come of it.</param>
    /// <param name="change">The change, with the name that the event is given.</param>
    public async Task TellAsync(string authority, string expected, Func<string, object> change)
    {
        var id = Guid.NewGuid().ToString("N");
        var statement = new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(
            JsonSerializer.Serialize(new { iss = authority, aud = "yinxin-identity", iat = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds(), jti = id, change = change(id) }),
            new SigningCredentials(new ECDsaSecurityKey(keys[authority]), SecurityAlgorithms.EcdsaSha256),
            new Dictionary<string, object> { ["typ"] = "authority-event+jwt" });
        using var content = new StringContent(statement, new MediaTypeHeaderValue("application/jwt"));
        using var answer = await identity.PostAsync(new Uri("api/source-events", UriKind.Relative), content);
        var text = await answer.Content.ReadAsStringAsync();
        if (!answer.IsSuccessStatusCode || !text.Contains($"\"{expected}\"", StringComparison.Ordinal))
        {
            throw new InvalidOperationException($"{authority}: {answer.StatusCode} {text}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        sandbox.Dispose();
        identity.Dispose();
        foreach (var key in keys.Values)
        {
            key.Dispose();
        }

        if (process is not null)
        {
            await process.DisposeAsync();
        }
    }
}
