using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using Yinxin.Launch.Platform;

namespace Yinxin.EndToEnd.Journey;

/// <summary>A person of the sandbox's population register who has no account yet.</summary>
internal sealed record Newcomer(string IdNumber, string Name, string Sex, string Ethnicity, string Phone, string BankCard, string HousingFund)
{
    private const int FirstUnregistered = 1200;
    private const int Choices = 700;
    private const int Looked = 20;
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
        var messages = await GetAsync<List<JsonElement>>(sandbox, $"/sms/v1/messages?phone={Phone}");
        return new string([.. messages[0].GetProperty("text").GetString()!.Where(char.IsAsciiDigit).Take(6)]);
    }

    /// <summary>How many messages came to it.</summary>
    public async Task<int> CountMessagesAsync(SandboxDescription sandbox) => (await GetAsync<List<JsonElement>>(sandbox, $"/sms/v1/messages?phone={Phone}")).Count;

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
