using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json;
using Yinxin.Bench.Authorities;
using Yinxin.Bench.Load;
using Yinxin.Testing;

namespace Yinxin.Bench.Accounts;

/// <summary>
/// People register as they do: eight requests each, the population library asked over HTTP, a code read from the message. Two at a time, from many addresses, for one address has a brake.
/// </summary>
internal sealed class RegistrationLoad : IAsyncDisposable
{
    private const string Key = "0123456789abcdef0123456789abcdef0123";
    private const string Password = "Lantern-orbit-47-Quill";
    private const int PerAddress = 10;
    private readonly ECDsa signer = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly Uri identity;
    private readonly Uri sandbox = new(FormattableString.Invariant($"http://localhost:{FreePort.Next()}/"));
    private readonly HttpClient register;
    private ChildProcess? authorities;
    private List<Registrant> people = [];
    private int registered;

    private RegistrationLoad(Uri identity)
    {
        this.identity = identity;
        register = new HttpClient { BaseAddress = sandbox, DefaultRequestHeaders = { { "X-Api-Key", Key } } };
    }

    /// <summary>Starts the authorities that Identity asks.</summary>
    public static async Task<RegistrationLoad> StartAsync(Uri identity, Workplace workplace)
    {
        var load = new RegistrationLoad(identity);
        load.authorities = await TrustProcess.StartAsync(
            "Yinxin.Sandbox.dll",
            [
                $"--App:Address={load.sandbox}", $"--App:DataDirectory={Directory.CreateDirectory(Path.Combine(workplace.DataDirectory, "sandbox")).FullName}", $"--App:MasterKey={Convert.ToBase64String(new byte[32])}",
                $"--Addresses:Identity={identity}", $"--Addresses:Sandbox={load.sandbox}", "--Database:Provider=sqlite", $"--Sandbox:ApiKey={Key}", $"--Sandbox:ChannelSecret={Key}",
                $"--Sandbox:AnswerKeys:population={Convert.ToBase64String(load.signer.ExportPkcs8PrivateKey())}",
            ],
            new Uri(load.sandbox, "health/ready"));
        load.people = (await load.register.GetFromJsonAsync<List<Registrant>>(new Uri("directory/v1/persons?skip=0&take=2000", UriKind.Relative)))!;
        return load;
    }

    /// <summary>What Identity needs to know of them.</summary>
    public IReadOnlyList<(string Key, string Value)> Settings =>
    [
        ("Addresses:Sandbox", sandbox.ToString()), ("Authorities:Population:Address", sandbox.ToString()), ("Authorities:Population:ApiKey", Key),
        ("Authorities:Population:Keys:0", Convert.ToBase64String(signer.ExportSubjectPublicKeyInfo())), ("Authorities:Sms:Address", sandbox.ToString()), ("Authorities:Sms:ApiKey", Key),
        ("PhoneCodes:SecondsBetween", "0"), ("Challenge:PerMinute", "1000000"), ("Challenge:ChecksPerAddress", "1000000"), ("Challenge:MessagesPerAddress", "1000000"),
    ];

    /// <summary>Registers people who have not been yet.</summary>
    public async Task RegisterAsync(int count)
    {
        var first = registered;
        registered += count;
        await Parallel.ForEachAsync(Enumerable.Range(first, count), new ParallelOptions { MaxDegreeOfParallelism = 2 }, async (number, cancellationToken) => await RegisterAsync(people[number], number, cancellationToken));
    }

    public async ValueTask DisposeAsync()
    {
        register.Dispose();
        signer.Dispose();
        if (authorities is not null)
        {
            await authorities.DisposeAsync();
        }
    }

    private async Task RegisterAsync(Registrant person, int number, CancellationToken cancellationToken)
    {
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false, ConnectCallback = (context, token) => ConnectAsync(context.DnsEndPoint.Port, number / PerAddress, token) };
        using var http = new HttpClient(handler) { BaseAddress = identity };
        await SubmitAsync(http, "register", [("IdNumber", person.IdNumber), ("Name", person.Name), ("Sex", person.Sex), ("Ethnicity", person.Ethnicity)], cancellationToken);
        await SubmitAsync(http, "register/phone", [("Phone", person.Phone)], cancellationToken);
        var messages = await register.GetFromJsonAsync<List<JsonElement>>(new Uri("sms/v1/messages?phone=" + person.Phone, UriKind.Relative), cancellationToken);
        var code = new string([.. messages![0].GetProperty("text").GetString()!.Where(char.IsAsciiDigit).Take(6)]);
        await SubmitAsync(http, "register/code", [("Code", code)], cancellationToken);
        await SubmitAsync(http, "register/check", [("Password", Password), ("PasswordAgain", Password), ("Agreement", "true")], cancellationToken);
    }

    /// <summary>Another address of loopback for every few people.</summary>
    private static async ValueTask<Stream> ConnectAsync(int port, int address, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Bind(new IPEndPoint(new IPAddress([127, 0, 1, (byte)(1 + address)]), 0));
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), cancellationToken);
        return new NetworkStream(socket, ownsSocket: true);
    }

    private static async Task SubmitAsync(HttpClient http, string path, IEnumerable<(string Name, string Value)> fields, CancellationToken cancellationToken)
    {
        var page = await http.GetStringAsync(new Uri(path, UriKind.Relative), cancellationToken);
        using var form = FormPage.Filled(page, fields);
        using var answer = await http.PostAsync(new Uri(path, UriKind.Relative), form, cancellationToken);
        if (answer.StatusCode != HttpStatusCode.Found)
        {
            throw new InvalidOperationException($"{path}: {answer.StatusCode} {await answer.Content.ReadAsStringAsync(cancellationToken)}");
        }
    }

    private sealed record Registrant(string IdNumber, string Name, string Sex, string Ethnicity, string Phone);
}
