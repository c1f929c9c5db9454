using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Mandates;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Hosting;
using Yinxin.ServiceDefaults.Identifiers;

namespace Yinxin.Identity.Tests.Mandates;

/// <summary>An organisation whose legal representative is signed in, proven at Intermediate.</summary>
internal sealed class Company(IdentityFixture identity, Applicant representative, SyntheticOrganisation organisation, Guid id) : IDisposable
{
    public Applicant Representative => representative;

    public SyntheticOrganisation Organisation => organisation;

    public Guid Id => id;

    public string Agents => $"/account/organisations/{id}/agents";

    public static async Task<Company> NewAsync(IdentityFixture identity, bool proven = true)
    {
        var organisation = await identity.Sandbox.NextOrganisationAsync();
        var representative = await Applicant.RegisteredAsync(identity, organisation.LegalRepresentative);
        if (proven)
        {
            await RaiseAsync(representative);
        }

        await representative.FillAsync("/account/organisations/new", ("Uscc", organisation.Uscc), ("Name", organisation.Name));
        var page = await representative.ReadAsync("/account/organisations");
        var id = Regex.Match(page, "/account/organisations/(?<id>[0-9a-f-]{36})/agents", RegexOptions.None, TimeSpan.FromSeconds(1)).Groups["id"].Value;
        return new Company(identity, representative, organisation, Guid.Parse(id));
    }

    public static async Task RaiseAsync(Applicant person)
    {
        var done = await person.FillAsync("/account/raise/bank-card", ("CardNumber", person.Person.BankCard));
        if (done.StatusCode != HttpStatusCode.Found)
        {
            throw new InvalidOperationException(await Applicant.TextAsync(done));
        }
    }

    /// <summary>The form as an honest representative fills it in; fields of the same name replace the given ones.</summary>
    public List<KeyValuePair<string, string>> Form(SyntheticPerson agent, params (string Name, string Value)[] changes) =>
        Form(identity.Time.GetUtcNow(), agent, changes);

    public static List<KeyValuePair<string, string>> Form(DateTimeOffset now, SyntheticPerson agent, params (string Name, string Value)[] changes)
    {
        List<KeyValuePair<string, string>> form =
        [
            new("Name", agent.Name), new("IdNumber", agent.IdNumber), new("Powers", "apply"), new("Powers", "receive"), new("Reach", "all"),
            new("ValidFrom", Day(now.AddDays(-1))), new("ValidTo", Day(now.AddDays(30))),
        ];
        form.RemoveAll(f => changes.Any(c => c.Name == f.Key));
        form.AddRange(changes.Select(c => KeyValuePair.Create(c.Name, c.Value)));
        return form;
    }

    public Task<HttpResponseMessage> TryInviteAsync(SyntheticPerson agent, params (string Name, string Value)[] changes) =>
        PostAsync(representative, Agents + "/new", Form(agent, changes));

    public async Task<Guid> InviteAsync(SyntheticPerson agent, params (string Name, string Value)[] changes) => Created(await TryInviteAsync(agent, changes));

    /// <summary>Invites to a mandate that ends within a day, which the form cannot say; it is recorded as any other is.</summary>
    public async Task<Guid> InviteUntilAsync(SyntheticPerson agent, DateTimeOffset end)
    {
        var now = identity.Time.GetUtcNow();
        var representatives = Guid.Parse(await identity.KeyOfAsync(representative.Person.IdNumber));
        await using var scope = identity.Services.CreateAsyncScope();
        return IdentityNumber.TryParse(agent.IdNumber, DateOnly.FromDateTime(now.UtcDateTime), out var number)
            ? await scope.ServiceProvider.GetRequiredService<MandateInvitation>().InviteAsync(
                representatives, id, agent.Name, number, new MandateTerms(MandateReach.All, [], [MandatePowers.Apply, MandatePowers.Receive], [], now.AddDays(-1), end, false), CancellationToken.None)
            : throw new InvalidOperationException("The sample's number is none.");
    }

    /// <summary>Invites and lets the agent accept.</summary>
    public async Task<Guid> EmpowerAsync(Applicant agent, params (string Name, string Value)[] changes)
    {
        var mandate = await InviteAsync(agent.Person, changes);
        Expect(await AcceptAsync(agent, mandate));
        return mandate;
    }

    public static Task<HttpResponseMessage> AcceptAsync(Applicant agent, Guid mandate) => SendAsync(agent, $"/account/mandates/{mandate}", ("act", "Accept"), ("Read", "true"));

    public static Task<HttpResponseMessage> ActAsync(Applicant who, Guid mandate, string act) => SendAsync(who, $"/account/mandates/{mandate}", ("act", act));

    /// <summary>Sends a form whether or not the page offers it, as whoever wants more than he is offered would.</summary>
    public static async Task<HttpResponseMessage> SendAsync(Applicant who, string url, params (string Name, string Value)[] fields) =>
        await who.Browser.SubmitAsync(url, await (await who.Browser.GetAsync("/account/password")).Content.ReadAsStringAsync(), fields);

    public static async Task<HttpResponseMessage> PostAsync(Applicant who, string url, IEnumerable<KeyValuePair<string, string>> form)
    {
        var page = await who.Browser.GetAsync(url);
        return page.StatusCode == HttpStatusCode.OK
            ? await who.Browser.PostAsync(url, [.. Browser.HiddenFields(await page.Content.ReadAsStringAsync()), .. form])
            : page;
    }

    /// <summary>The new mandate's key from the answer.</summary>
    public static Guid Created(HttpResponseMessage response) =>
        response.Headers.Location?.OriginalString is { } location && location.StartsWith("/account/mandates/", StringComparison.Ordinal)
            ? Guid.Parse(location["/account/mandates/".Length..])
            : throw new InvalidOperationException($"{response.StatusCode} {response.Headers.Location}: {response.Content.ReadAsStringAsync().Result}");

    public static void Expect(HttpResponseMessage response)
    {
        if (response.StatusCode != HttpStatusCode.Found)
        {
            throw new InvalidOperationException($"{response.StatusCode}: {WebUtility.HtmlDecode(response.Content.ReadAsStringAsync().Result)}");
        }
    }

    /// <summary>Signs in at a client for the one chosen on the page.</summary>
    /// <param name="who">Has a session.</param>
    /// <param name="choice"><c>mandate-…</c>, the key of an organisation, or empty.</param>
    /// <param name="party">The client.</param>
    /// <param name="scope">Scopes.</param>
    public static async Task<Answer> SignInAsync(Applicant who, string choice, RelyingParty party, string scope = "openid profile offline_access license.read")
    {
        var first = await who.Browser.GetAsync(party.AuthorizeUrl(("prompt", "select_account"), ("scope", scope)));
        var choose = first.Headers.Location!.OriginalString;
        var page = await (await who.Browser.GetAsync(choose)).Content.ReadAsStringAsync();
        var chosen = await who.Browser.SubmitAsync(choose, page, ("Organisation", choice));
        if (chosen.StatusCode != HttpStatusCode.Found)
        {
            throw new InvalidOperationException($"{chosen.StatusCode} at {choose}");
        }

        var back = await who.Browser.GetAsync(chosen.Headers.Location!.OriginalString);
        return await party.RedeemAsync(RelyingParty.Code(back.Headers.Location!));
    }

    /// <summary>Waits until whatever a mandate's sides were to be told has been told.</summary>
    public static Task ToldAsync(IdentityFixture identity, Guid mandate) => Messages.UntilAsync(
        async () => await identity.RowsAsync($"\"OutboxMessages\" WHERE \"IdempotencyKey\" LIKE '{mandate}:%' AND \"DeliveredAt\" IS NULL") == 0);

    public void Dispose() => representative.Dispose();

    private static string Day(DateTimeOffset time) => time.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
