using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Yinxin.Identity.Tests.Assurance;
using Yinxin.Identity.Tests.Hosting;
using Yinxin.ServiceDefaults.Identifiers;

namespace Yinxin.Identity.Tests.Accounts;

/// <summary>Rows of a city's file, and the sending of it. Sample data.</summary>
internal static class HandedOver
{
    private static int sequence = 1000;

    /// <summary>Somebody whom no other row names.</summary>
    public static Dictionary<string, object?> NewRow()
    {
        var number = Interlocked.Increment(ref sequence);
        var digits = string.Create(CultureInfo.InvariantCulture, $"340199{new DateOnly(1960, 1, 1).AddDays(number / 1000):yyyyMMdd}{number % 1000:D3}");
        return new(StringComparer.Ordinal)
        {
            ["externalId"] = string.Create(CultureInfo.InvariantCulture, $"U{number}"),
            ["idNumber"] = digits + IdentityNumber.CheckCharacter(digits),
            ["name"] = "样例人",
            ["phone"] = string.Create(CultureInfo.InvariantCulture, $"138{number:D8}"),
        };
    }

    /// <summary>A row about somebody who has an account.</summary>
    public static Dictionary<string, object?> RowOf(SyntheticPerson person)
    {
        var row = NewRow();
        (row["idNumber"], row["name"], row["phone"]) = (person.IdNumber, person.Name, person.Phone);
        return row;
    }

    public static async Task<Answer> SendAsync(IdentityFixture identity, Guid id, string source, string text, string type = "application/x-ndjson", string user = "system") =>
        await SendAsync(identity, id, source, text, type, await BearerAsync(identity, user));

    /// <summary>Sends a first part, waits for what happens then, and goes on.</summary>
    [SuppressMessage("Reliability", "CA2000", Justification = "The content is disposed with the request.")]
    public static async Task<Answer> SendInPartsAsync(IdentityFixture identity, Guid id, string source, string first, Func<Task> between, string rest)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, $"/api/imports/{id}?source={Uri.EscapeDataString(source)}") { Content = new Parts(first, between, rest) };
        request.Headers.Authorization = await BearerAsync(identity, "system");
        return await Answer.FromAsync(await identity.Http.SendAsync(request));
    }

    /// <summary>As a service sends it.</summary>
    public static async Task<Answer> SendByClientAsync(IdentityFixture identity, string client, Guid id, string source, string text) =>
        await SendAsync(identity, id, source, text, "application/x-ndjson", new AuthenticationHeaderValue("Bearer", await TokenAsync(identity, client)));

    /// <summary>A service that asks.</summary>
    public static async Task<Official> ClientAsync(IdentityFixture identity, string client) => new(identity, await TokenAsync(identity, client));

    /// <summary>The report as a spreadsheet.</summary>
    public static async Task<string> ReportAsync(IdentityFixture identity, Guid id)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/imports/{id}/rejections");
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/csv"));
        request.Headers.Authorization = await BearerAsync(identity, "system");
        using var response = await identity.Http.SendAsync(request);
        return await response.Content.ReadAsStringAsync();
    }

    [SuppressMessage("Reliability", "CA2000", Justification = "The content is disposed with the request.")]
    private static async Task<Answer> SendAsync(IdentityFixture identity, Guid id, string source, string text, string type, AuthenticationHeaderValue bearer)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, $"/api/imports/{id}?source={Uri.EscapeDataString(source)}") { Content = new StringContent(text, Encoding.UTF8, type) };
        request.Headers.Authorization = bearer;
        return await Answer.FromAsync(await identity.Http.SendAsync(request));
    }

    private static async Task<string> TokenAsync(IdentityFixture identity, string client) =>
        (await new RelyingParty(identity, client).TokenAsync(("grant_type", "client_credentials"), ("scope", "identity.import"))).AccessToken;

    private static async Task<AuthenticationHeaderValue> BearerAsync(IdentityFixture identity, string user)
    {
        var party = new RelyingParty(identity, "web", $"http://localhost:{identity.BasePort}/signin-oidc");
        return new AuthenticationHeaderValue("Bearer", (await party.SignInAsync(user, false, ("scope", "openid profile identity.import"))).AccessToken);
    }

    private sealed class Parts : HttpContent
    {
        private readonly string first;
        private readonly Func<Task> between;
        private readonly string rest;

        public Parts(string first, Func<Task> between, string rest)
        {
            (this.first, this.between, this.rest) = (first, between, rest);
            Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
        }

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(Encoding.UTF8.GetBytes(first));
            await stream.FlushAsync();
            await between();
            await stream.WriteAsync(Encoding.UTF8.GetBytes(rest));
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
