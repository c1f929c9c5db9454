using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.IdentityModel.JsonWebTokens;

namespace Yinxin.Bench.Endings;

/// <summary>What ends a token before its time, each by the request by which people, officials and authorities do it. Whom a run uses up is registered before the first.</summary>
internal sealed class Ways
{
    /// <summary>A page that everybody has, for the token of its form.</summary>
    private const string AnyPage = "/account/password";

    private readonly Stage stage;
    private readonly ConcurrentDictionary<Person, Visitor> registered = new();
    private List<Person> frozen = [];
    private List<Person> lowered = [];
    private Person agent = null!;
    private Person successor = null!;
    private Person owner = null!;
    private Company empowering = null!;
    private Company changing = null!;
    private Visitor official = null!;
    private string empoweringKey = "";
    private string changingKey = "";

    private Ways(Stage stage) => this.stage = stage;

    public static async Task<Ways> PrepareAsync(Stage stage, int runs)
    {
        var ways = new Ways(stage);
        var persons = new Queue<Person>(await stage.Outside.PersonsAsync((2 * runs) + 3));
        (ways.agent, ways.successor, ways.owner) = (persons.Dequeue(), persons.Dequeue(), persons.Dequeue());
        ways.frozen = [.. persons.Take(runs)];
        ways.lowered = [.. persons.Skip(runs)];
        var companies = await stage.Outside.CompaniesAsync(2);
        (ways.empowering, ways.changing) = (companies[0], companies[1]);
        await ways.RegisterAllAsync();
        ways.official = await stage.SignInOfficialAsync();
        return ways;
    }

    /// <summary>A legal representative revokes an agent's mandate.</summary>
    public async Task<Living> MandateAsync(int _)
    {
        var (user, page) = await EmpoweredAsync();
        return new Living(await user.TokenAsync(stage.App), user, () => RevokeAsync(page));
    }

    /// <summary>Somebody who acts under a fresh mandate, from a browser that has not been here.</summary>
    /// <returns>The browser, and the mandate's page.</returns>
    public async Task<(Visitor User, string Page)> EmpoweredAsync()
    {
        var now = TimeProvider.System.GetUtcNow();
        var form = $"/account/organisations/{empoweringKey}/agents/new";
        var page = await registered[empowering.LegalRepresentative].SubmitAsync(
            form, ("Name", agent.Name), ("IdNumber", agent.IdNumber), ("Powers", "apply"), ("Powers", "receive"), ("Reach", "all"), ("ValidFrom", Day(now.AddDays(-1))), ("ValidTo", Day(now.AddDays(30))));
        await registered[agent].SendAsync(AnyPage, page, ("act", "Accept"), ("Read", "true"));
        var user = await stage.SignInAsync(agent);
        await user.SubmitAsync("/account/acting", ("Organisation", "mandate-" + page[(page.LastIndexOf('/') + 1)..]));
        return (user, page);
    }

    public Task RevokeAsync(string page) => registered[empowering.LegalRepresentative].SendAsync(AnyPage, page, ("act", "Revoke"));

    /// <summary>Somebody signs another of their browsers out.</summary>
    public async Task<Living> SessionAsync(int _)
    {
        var user = await stage.SignInAsync(owner);
        var token = await user.TokenAsync(stage.App);
        var session = new JsonWebToken(token).GetPayloadValue<string>("sid");
        return new Living(token, user, () => registered[owner].SubmitAsync("/account/sessions", ("id", session)));
    }

    /// <summary>A security administrator freezes an account in an emergency.</summary>
    public async Task<Living> AccountAsync(int run)
    {
        var user = registered[frozen[run]];
        var token = await user.TokenAsync(stage.App);
        var page = $"/console/accounts/{new JsonWebToken(token).Subject}/freeze";
        return new Living(token, user, () => official.SubmitAsync(page, ("Reason", "stolen"), ("Explanation", "样例：窗口接到报告"), ("Emergency", "true")));
    }

    /// <summary>The market register names another legal representative, two in turn.</summary>
    public async Task<Living> RepresentativeAsync(int run)
    {
        var (present, next) = run % 2 == 0 ? (changing.LegalRepresentative, successor) : (successor, changing.LegalRepresentative);
        var user = await stage.SignInAsync(present);
        await user.SubmitAsync("/account/acting", ("Organisation", changingKey));
        return new Living(await user.TokenAsync(stage.App), user, () => stage.Outside.TellAsync(
            "market", "succeeded", id => new { id, number = run + 1, kind = "representative-changed", uscc = changing.Uscc, representativeIdNumber = next.IdNumber }));
    }

    /// <summary>The card network takes the answer back that carries a level. The app renews its token, so only APIs refuse.</summary>
    public async Task<Living> LevelAsync(int run)
    {
        var user = registered[lowered[run]];
        await Stage.RaiseAsync(user, lowered[run]);
        var token = await user.TokenAsync(stage.App);
        var receipt = await stage.ReceiptAsync(new JsonWebToken(token).Subject);
        return new Living(token, User: null, () => stage.Outside.TellAsync("bank-card", "withdrawn", id => new { id, number = run + 1, kind = "withdrawn", receipt }));
    }

    private async Task RegisterAllAsync()
    {
        List<Person> all = [agent, successor, owner, empowering.LegalRepresentative, changing.LegalRepresentative, .. frozen, .. lowered];
        await Parallel.ForEachAsync(all, new ParallelOptions { MaxDegreeOfParallelism = 2 }, async (person, _) => registered[person] = await stage.RegisterAsync(person));
        await Stage.RaiseAsync(registered[empowering.LegalRepresentative], empowering.LegalRepresentative);
        empoweringKey = await Stage.RegisterAsync(registered[empowering.LegalRepresentative], empowering);
        changingKey = await Stage.RegisterAsync(registered[changing.LegalRepresentative], changing);
    }

    private static string Day(DateTimeOffset time) => time.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
