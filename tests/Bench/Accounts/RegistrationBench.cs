using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;
using Yinxin.Bench.Authorities;
using Yinxin.Bench.Load;
using Yinxin.Testing;

namespace Yinxin.Bench.Accounts;

/// <summary>
/// People register as they do: eight requests each, the population library asked over HTTP, a code read from the message. Two at a time, from many addresses, for one address has a brake.
/// The password's hash is measured apart: it is slow on purpose.
/// </summary>
internal static partial class RegistrationBench
{
    private const string Key = "0123456789abcdef0123456789abcdef0123";
    private const string Password = "Lantern-orbit-47-Quill";
    private const int WarmUp = 40;
    private const int People = 400;
    private const int PerAddress = 10;
    private const int Iterations = 210_000;

    public static async Task<IReadOnlyList<Figure>> RunAsync(Workplace workplace)
    {
        var (identity, sandbox) = (new Uri(FormattableString.Invariant($"http://localhost:{FreePort.Next()}/")), new Uri(FormattableString.Invariant($"http://localhost:{FreePort.Next()}/")));
        using var signer = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        (string, string)[] shared = [("Addresses:Identity", identity.ToString()), ("Addresses:Sandbox", sandbox.ToString()), ("App:MasterKey", Convert.ToBase64String(new byte[32])), ("Database:Provider", "sqlite")];
        await using var authorities = await StartAsync("Yinxin.Sandbox.dll", sandbox, workplace, "sandbox",
        [
            .. shared, ("Sandbox:ApiKey", Key), ("Sandbox:ChannelSecret", Key), ("Sandbox:AnswerKeys:population", Convert.ToBase64String(signer.ExportPkcs8PrivateKey())),
        ]);
        await using var process = await StartAsync("Yinxin.Identity.Server.dll", identity, workplace, "identity",
        [
            .. shared, ("Authorities:Population:Address", sandbox.ToString()), ("Authorities:Population:ApiKey", Key), ("Authorities:Population:Keys:0", Convert.ToBase64String(signer.ExportSubjectPublicKeyInfo())),
            ("Authorities:Sms:Address", sandbox.ToString()), ("Authorities:Sms:ApiKey", Key), ("PhoneCodes:SecondsBetween", "0"),
        ]);
        using var register = new HttpClient { BaseAddress = sandbox, DefaultRequestHeaders = { { "X-Api-Key", Key } } };
        var people = (await register.GetFromJsonAsync<List<Registrant>>(new Uri("directory/v1/persons?skip=0&take=2000", UriKind.Relative)))!;
        await RegisterAsync(identity, register, people, 0, WarmUp);
        var before = process.ProcessorTime;
        var watch = Stopwatch.StartNew();
        await RegisterAsync(identity, register, people, WarmUp, People);
        var (elapsed, processor) = (watch.Elapsed, (process.ProcessorTime - before).TotalMilliseconds / People);
        var hash = HashMilliseconds();
        return
        [
            new("registrations by the clock, two at a time", People / elapsed.TotalSeconds, "1/s"),
            new("registration, processor, all eight requests", processor, "ms"),
            new("of which the password's hash", hash, "ms"),
            new("registration without the hash, one core", 1000 / (processor - hash), "1/s"),
        ];
    }

    private static Task<ChildProcess> StartAsync(string file, Uri address, Workplace workplace, string name, (string Key, string Value)[] settings) => TrustProcess.StartAsync(
        file, settings.Append(("App:Address", address.ToString())).Append(("App:DataDirectory", Directory.CreateDirectory(Path.Combine(workplace.DataDirectory, name)).FullName)).Select(s => $"--{s.Item1}={s.Item2}"),
        new Uri(address, "health/ready"));

    private static Task RegisterAsync(Uri identity, HttpClient register, List<Registrant> people, int first, int count) => Parallel.ForEachAsync(
        Enumerable.Range(first, count), new ParallelOptions { MaxDegreeOfParallelism = 2 }, async (number, cancellationToken) => await RegisterAsync(identity, register, people[number], number, cancellationToken));

    private static async Task RegisterAsync(Uri identity, HttpClient register, Registrant person, int number, CancellationToken cancellationToken)
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
        using var form = new FormUrlEncodedContent(
            fields.Append(("__RequestVerificationToken", FormToken().Match(page).Groups["token"].Value)).Select(f => KeyValuePair.Create(f.Item1, f.Item2)));
        using var answer = await http.PostAsync(new Uri(path, UriKind.Relative), form, cancellationToken);
        if (answer.StatusCode != HttpStatusCode.Found)
        {
            throw new InvalidOperationException($"{path}: {answer.StatusCode} {await answer.Content.ReadAsStringAsync(cancellationToken)}");
        }
    }

    /// <summary>PBKDF2-SHA-512 with the cost that comes with the product.</summary>
    private static double HashMilliseconds()
    {
        const int tries = 10;
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < tries; i++)
        {
            Rfc2898DeriveBytes.Pbkdf2(Password, new byte[16], Iterations, HashAlgorithmName.SHA512, 32);
        }

        return watch.Elapsed.TotalMilliseconds / tries;
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\"[^>]*value=\"(?<token>[^\"]+)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex FormToken();

    private sealed record Registrant(string IdNumber, string Name, string Sex, string Ethnicity, string Phone);
}
