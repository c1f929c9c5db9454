using System.Net;
using System.Text.RegularExpressions;
using Xunit;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Console;
using Yinxin.Identity.Tests.Hosting;

namespace Yinxin.Identity.Tests.Disputes;

/// <summary>An account that one opened and another says is theirs: both with the same particulars, each with a browser of their own.</summary>
public sealed class Quarrel : IDisposable
{
    public const string Finding = "样例：芯片读取一致，照片与本人一致";

    private Quarrel(Applicant claimant, Applicant holder, string? slip) => (Claimant, Holder, Slip) = (claimant, holder, slip);

    public Applicant Claimant { get; }

    public Applicant Holder { get; }

    /// <summary>The number on the claimant's slip; null when the claimant never registered.</summary>
    public string? Slip { get; }

    public SyntheticPerson Person => Holder.Person;

    /// <summary>The claimant was at the last step of a registration when the holder finished one.</summary>
    public static async Task<Quarrel> WithSlipAsync(IdentityFixture identity)
    {
        var claimant = await Applicant.NewAsync(identity);
        await claimant.ProveAsync();
        var holder = await Applicant.RegisteredAsync(identity, claimant.Person);
        Assert.Equal("/register/taken", (await claimant.FinishAsync()).Headers.Location?.OriginalString);
        return new Quarrel(claimant, holder, Value(await claimant.ReadAsync("/register/taken"), "slip"));
    }

    public static async Task<Quarrel> NewAsync(IdentityFixture identity)
    {
        var holder = await Applicant.RegisteredAsync(identity);
        return new Quarrel(new Applicant(identity, holder.Person), holder, null);
    }

    /// <summary>About an account that exists already.</summary>
    public static Quarrel Of(IdentityFixture identity, Applicant holder) => new(new Applicant(identity, holder.Person), holder, null);

    /// <summary>The dispute's number on a receipt.</summary>
    public static string Number(string page) => Regex.Match(page, "[2-9A-Z]{5}-[2-9A-Z]{5}", RegexOptions.None, TimeSpan.FromSeconds(1)).Value;

    /// <summary>What the official types from the paper; fields given replace those of the same name.</summary>
    public (string Name, string Value)[] Form(params (string Name, string Value)[] changes)
    {
        Dictionary<string, string> form = new(StringComparer.Ordinal)
        {
            ["Slip"] = Slip ?? "",
            ["Kind"] = "TakenOver",
            ["IdNumber"] = Person.IdNumber,
            ["Name"] = Person.Name,
            ["Sex"] = Person.Sex,
            ["Ethnicity"] = Person.Ethnicity,
            ["DocumentKind"] = "id-card",
            ["DocumentNumber"] = Person.IdNumber,
            ["Finding"] = Finding,
            ["Window"] = "3号窗口",
            ["DocumentChecked"] = "true",
            ["NoInterest"] = "true",
        };
        foreach (var (name, value) in changes)
        {
            form[name] = value;
        }

        return [.. form.Select(f => (f.Key, f.Value))];
    }

    /// <summary>Opens it and reads the receipt.</summary>
    public async Task<Opened> OpenAsync(Officer officer, params (string Name, string Value)[] changes)
    {
        var answer = await officer.FillAsync("/console/disputes/new", "", Form(changes));
        var page = await Officer.TextAsync(answer);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, page);
        var address = Regex.Match(page, "/console/disputes/[0-9a-f-]{36}", RegexOptions.None, TimeSpan.FromSeconds(1)).Value;
        return new Opened(address, Number(page), Value(page, "secret"));
    }

    public static Task<HttpResponseMessage> DecideAsync(Officer officer, string dispute, string decision) =>
        officer.FillAsync(dispute, "", ("Decision", decision), ("Reasons", "样例：证件与人口库一致"), ("NoInterest", "true"));

    /// <summary>The holder's code, from the message.</summary>
    public async Task<string> HolderCodeAsync(IdentityFixture identity) => Regex.Match(
        (await identity.WaitForMessagesAsync(Person.Phone, "dispute"))[0].Text, "查询码 (?<c>[a-z0-9-]+)", RegexOptions.None, TimeSpan.FromSeconds(1)).Groups["c"].Value;

    public static string Value(string page, string id)
    {
        var found = Regex.Match(page, $"id=\"{id}\">(?<v>[^<]*)<", RegexOptions.None, TimeSpan.FromSeconds(1));
        Assert.True(found.Success, page);
        return found.Groups["v"].Value;
    }

    public void Dispose()
    {
        Claimant.Dispose();
        Holder.Dispose();
    }

    /// <param name="Address">The official's page.</param>
    /// <param name="Number">Of the dispute.</param>
    /// <param name="Code">On the claimant's receipt.</param>
    public sealed record Opened(string Address, string Number, string Code);
}
