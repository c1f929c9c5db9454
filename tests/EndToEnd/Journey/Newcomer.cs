using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using Yinxin.Launch.Platform;

namespace Yinxin.EndToEnd.Journey;

/// <summary>A person of the sandbox's population register who has no account yet.</summary>
internal sealed record Newcomer(string IdNumber, string Name, string Sex, string Ethnicity, string Phone)
{
    private const int FirstUnregistered = 200;
    private const int Choices = 1500;

    public static async Task<Newcomer> ChooseAsync(SandboxDescription sandbox)
    {
        var skip = FirstUnregistered + RandomNumberGenerator.GetInt32(Choices);
        var persons = await GetAsync<List<Newcomer>>(sandbox, $"/directory/v1/persons?skip={skip}&take=50");

        // A licence with a character of CJK extension B needs a face that a machine may lack; that refusal has a test of its own.
        return persons.First(p => p.Name.EnumerateRunes().All(r => r.Value is < 0x20000 or > 0x2A6DF));
    }

    /// <summary>What a person reads on his phone: the newest code sent to it.</summary>
    public async Task<string> ReadCodeAsync(SandboxDescription sandbox)
    {
        var messages = await GetAsync<List<JsonElement>>(sandbox, $"/sms/v1/messages?phone={Phone}");
        return new string([.. messages[0].GetProperty("text").GetString()!.Where(char.IsAsciiDigit).Take(6)]);
    }

    private static async Task<T> GetAsync<T>(SandboxDescription sandbox, string path)
    {
        using var client = new HttpClient { BaseAddress = new Uri(sandbox.Address) };
        client.DefaultRequestHeaders.Add("X-Api-Key", sandbox.ApiKey);
        return (await client.GetFromJsonAsync<T>(path))!;
    }
}
