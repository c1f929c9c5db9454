using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using Yinxin.Launch.Platform;

namespace Yinxin.EndToEnd.Journey;

/// <summary>A person of the sandbox's population register who has no account yet.</summary>
internal sealed record Newcomer(string IdNumber, string Name, string Sex, string Ethnicity, string Phone, string BankCard, string HousingFund)
{
    /// <summary>Behind everybody who represents an organisation.</summary>
    private const int FirstUnregistered = 1080;

    /// <summary>As many as the register has from there on, in whole portions: nobody is chosen twice in the first hundred and fifty stories.</summary>
    private const int Choices = 152 * Looked;
    private const int Looked = 6;
    private static int nextCompany = RandomNumberGenerator.GetInt32(90);
    private static int next = RandomNumberGenerator.GetInt32(Choices);

    public static async Task<Newcomer> ChooseAsync(SandboxDescription sandbox)
    {
        // Stories run beside each other: each takes somebody else.
        var skip = FirstUnregistered + (Interlocked.Add(ref next, Looked) % Choices);
        var persons = await GetAsync<List<Newcomer>>(sandbox, $"/directory/v1/persons?skip={skip}&take={Looked}");

        // A licence with a character of CJK extension B needs a face that a machine may lack; that refusal has a test of its own.
        return persons.First(p => p.Name.EnumerateRunes().All(r => r.Value is < 0x20000 or > 0x2A6DF));
    }

    /// <summary>What a person reads on his phone: the newest code sent to it.</summary>
    public async Task<string> ReadCodeAsync(SandboxDescription sandbox)
    {
        var codes = await CodesAsync(sandbox);
        return new string([.. codes[0].Where(char.IsAsciiDigit).Take(6)]);
    }

    /// <summary>The next code, where it follows the page's answer.</summary>
    /// <param name="sandbox">Where the phone's messages are read.</param>
    /// <param name="before">How many codes had come before the page was sent.</param>
    public async Task<string> WaitForCodeAsync(SandboxDescription sandbox, int before)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (await CountCodesAsync(sandbox) <= before)
        {
            await Task.Delay(100, patience.Token);
        }

        return await ReadCodeAsync(sandbox);
    }

    /// <summary>How many codes came to it.</summary>
    public async Task<int> CountCodesAsync(SandboxDescription sandbox) => (await CodesAsync(sandbox)).Count;

    /// <summary>Newest first; not what tells of a new device or a change.</summary>
    private async Task<List<string>> CodesAsync(SandboxDescription sandbox) =>
        [.. (await GetAsync<List<JsonElement>>(sandbox, $"/sms/v1/messages?phone={Phone}")).Select(m => m.GetProperty("text").GetString()!).Where(text => text.Contains("验证码", StringComparison.Ordinal))];

    /// <summary>The newest message that holds a word; it may follow the page's answer.</summary>
    public async Task<string> WaitForMessageAsync(SandboxDescription sandbox, string word)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            var messages = await GetAsync<List<JsonElement>>(sandbox, $"/sms/v1/messages?phone={Phone}");
            if (messages.Select(m => m.GetProperty("text").GetString()!).FirstOrDefault(text => text.Contains(word, StringComparison.Ordinal)) is { } found)
            {
                return found;
            }

            await Task.Delay(100, patience.Token);
        }
    }

    /// <summary>The population register has another name from now on, and tells nobody by day.</summary>
    /// <returns>The person as the ID card says now.</returns>
    public async Task<Newcomer> RenamedAsync(SandboxDescription sandbox, string name)
    {
        using var client = new HttpClient { DefaultRequestHeaders = { { "X-Api-Key", sandbox.ApiKey } } };
        using var answer = await client.PostAsJsonAsync(new Uri(sandbox.Address + "/changes/v1/samples"), new { kind = "name-changed", idNumber = IdNumber, name, push = false });
        answer.EnsureSuccessStatusCode();
        return this with { Name = name };
    }

    /// <summary>The register's photo of this person.</summary>
    public async Task PutOnFileAsync(SandboxDescription sandbox, byte[] photo)
    {
        using var client = new HttpClient { DefaultRequestHeaders = { { "X-Api-Key", sandbox.ApiKey } } };
        using var content = new ByteArrayContent(photo);
        using var answer = await client.PutAsync(new Uri($"{sandbox.Address}/population/v1/photos?idNumber={IdNumber}"), content);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>A company of the sandbox's register whose legal representative has no account yet.</summary>
    public static async Task<Company> ChooseCompanyAsync(SandboxDescription sandbox)
    {
        // Their representatives stand before those who are chosen as persons.
        var skip = 200 + (Interlocked.Increment(ref nextCompany) % 90);
        return (await GetAsync<List<Company>>(sandbox, $"/directory/v1/organisations?skip={skip}&take=1"))[0];
    }

    private static async Task<T> GetAsync<T>(SandboxDescription sandbox, string path)
    {
        using var client = new HttpClient { BaseAddress = new Uri(sandbox.Address) };
        client.DefaultRequestHeaders.Add("X-Api-Key", sandbox.ApiKey);
        return (await client.GetFromJsonAsync<T>(path))!;
    }
}

/// <summary>A company of the sandbox's register.</summary>
internal sealed record Company(string Uscc, string Name, string TaxAccount, Newcomer LegalRepresentative);
