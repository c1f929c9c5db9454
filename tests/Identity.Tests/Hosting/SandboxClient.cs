using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Yinxin.Sandbox;
using Yinxin.Testing.Overhearing;

namespace Yinxin.Identity.Tests.Hosting;

public sealed record SyntheticPerson(string IdNumber, string Name, string Sex, string Ethnicity, string Phone, string BankCard, string HousingFund);

public sealed record SyntheticOrganisation(string Uscc, string Name, SyntheticPerson LegalRepresentative, string RegistrationNumber, string TaxAccount);

public sealed record TextMessage(string Phone, string Text, string Purpose);

/// <summary>The sandbox app beside Identity: whom it knows, what it sent, and how it is made to fail.</summary>
public sealed partial class SandboxClient(string address) : IDisposable
{
    private readonly HttpClient http = new() { BaseAddress = new Uri(address), DefaultRequestHeaders = { { "X-Api-Key", IdentityFixture.Secret } } };
    private int next;
    private int nextOrganisation;

    public string Address { get; } = address;

    internal static async Task<WebApplication> StartAsync(string address, string directory, string identity, TimeProvider time)
    {
        var keys = AuthorityKeyring.PrivateKeys.Select(k => KeyValuePair.Create($"Sandbox:AnswerKeys:{k.Key}", (string?)k.Value));
        var app = SandboxApp.Build([], builder =>
        {
            builder.Services.AddSingleton(time);
            builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>(keys, StringComparer.Ordinal)
            {
                ["Addresses:Identity"] = identity,
                ["Sandbox:Subscriber"] = identity + "/api/source-events",
                ["App:Address"] = address,
                ["App:DataDirectory"] = directory,
                ["App:MasterKey"] = Convert.ToBase64String(new byte[32]),
                ["Addresses:Sandbox"] = address,
                ["Sandbox:ApiKey"] = IdentityFixture.Secret,
                ["Sandbox:ChannelSecret"] = IdentityFixture.Secret,
            });
            builder.Logging.SetMinimumLevel(LogLevel.Error);
            builder.Logging.AddEar(KnownSecrets.OfRun);
        });
        await app.StartAsync();
        return app;
    }

    /// <summary>Somebody without an account who represents no organisation.</summary>
    public async Task<SyntheticPerson> NextPersonAsync()
    {
        // Every third represents something.
        var place = Interlocked.Increment(ref next);
        var index = (place / 2 * 3) + 1 + (place % 2);
        return (await http.GetFromJsonAsync<List<SyntheticPerson>>($"/directory/v1/persons?skip={index}&take=1"))![0];
    }

    /// <summary>An organisation whose representative has no account.</summary>
    public async Task<SyntheticOrganisation> NextOrganisationAsync()
    {
        var index = Interlocked.Increment(ref nextOrganisation);
        return (await http.GetFromJsonAsync<List<SyntheticOrganisation>>($"/directory/v1/organisations?skip={index}&take=1"))![0];
    }

    /// <summary>An institution (code begins with 1, even places) or society (5, odd places) whose representative has no account.</summary>
    public async Task<SyntheticOrganisation> InstitutionAsync(int index) =>
        (await http.GetFromJsonAsync<List<SyntheticOrganisation>>($"/directory/v1/institutions?skip={index}&take=1"))![0];

    public HttpClient Http => http;

    /// <summary>Newest first.</summary>
    public async Task<List<TextMessage>> MessagesAsync(string phone) => (await http.GetFromJsonAsync<List<TextMessage>>($"/sms/v1/messages?phone={phone}"))!;

    /// <summary>The newest code; what tells of a new device or a change may have come after it.</summary>
    public async Task<string> CodeAsync(string phone) => Digits().Match((await MessagesAsync(phone)).First(m => m.Text.Contains("验证码", StringComparison.Ordinal)).Text).Value;

    public async Task FailAsync(string path, string fault, int count) => (await http.PostAsJsonAsync("/faults/v1/rules", new { path, fault, count })).EnsureSuccessStatusCode();

    public async Task RecoverAsync() => (await http.DeleteAsync(new Uri("/faults/v1/rules", UriKind.Relative))).EnsureSuccessStatusCode();

    public void Dispose() => http.Dispose();

    [GeneratedRegex("[0-9]{6}", RegexOptions.None, 1000)]
    private static partial Regex Digits();
}
