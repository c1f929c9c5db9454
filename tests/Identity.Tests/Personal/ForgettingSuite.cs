using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Closing;
using Yinxin.Identity.Server.Features.History;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Hosting;
using Yinxin.Identity.Tests.Mandates;
using Yinxin.Identity.Tests.VerifiedClaims;
using Yinxin.ServiceDefaults.Database;

namespace Yinxin.Identity.Tests.Personal;

/// <summary>What is forgotten when its term is over, of accounts that live and of closed ones. On servers of its own: it moves the clock by half a year.</summary>
public abstract class ForgettingSuite(IdentityFixture identity)
{
    /// <summary>What closing erases, or housekeeping within the term after it. A new table that points to an account stands here, or below with its reason and on the page of closing.</summary>
    private static readonly string[] Gone =
    [
        "AccountLinks", "AspNetUserClaims", "AspNetUserLogins", "AspNetUserPasskeys", "AspNetUserTokens", "AuthenticatorApps", "ClaimConsents", "Endings", "KnownDevices", "Notices", "OutsideSteps",
        "PasskeyUses", "PersonSecrets", "PresenceProofs", "QrSignIns", "RecoveryCodes", "RecoveryRequests", "Sessions", "SignInRecords", "StepUpHandovers",
    ];

    /// <summary>What the page says is kept: the emptied rows that the rest stands under, chains, what offices did; and what only officials have, whose accounts are not closed by themselves.</summary>
    private static readonly string[] Kept =
    [
        "Accounts", "Persons", "Evidence", "Grades", "AuditRecords", "Mandates", "MandateEvents", "Organisations", "Disputes", "StandingFreezes", "Proposals", "Unmaskings",
        "AuditVerifications", "CounterWithdrawals", "FactorTickets", "StaffMembers",
    ];

    /// <summary>What other work than the tasks called here takes away, within days.</summary>
    private static readonly string[] Passing = ["IdempotencyRecords", "LevelChanges", "OutboxMessages"];

    /// <summary>Names of keys that are no account's.</summary>
    private static readonly HashSet<string> OfOthers =
    [
        "ActingForId", "ActingMandateId", "AnswerEvidenceId", "ClaimEvidenceId", "ConsentId", "Cursor", "DisputeId", "EvidenceId", "FormId", "FreezeId", "GrantId", "HeldBy", "ImportId", "MandateId",
        "OrganisationId", "ParentId", "PhoneSessionId", "Place", "ProposalId", "SessionId", "Stamp", "Supersedes",
    ];

    [Fact] // 18
    public async Task Sessions_and_token_families_go_half_a_year_after_them_and_nothing_of_them_is_good_again()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        var key = await identity.KeyOfAsync(owner.Person.IdNumber);
        var party = new RelyingParty(identity);
        var code = RelyingParty.Code((await owner.Browser.GetAsync(party.AuthorizeUrl())).Headers.Location!);
        var tokens = await party.RedeemAsync(code);
        var family = await identity.ReadAsync($"SELECT g.\"Id\" FROM \"Grants\" g JOIN \"Sessions\" s ON s.\"Id\" = g.\"SessionId\" WHERE s.\"AccountId\" = '{key}'");
        await SignOutAsync(owner.Browser);
        using var left = identity.NewBrowser();
        Assert.Equal(HttpStatusCode.Found, (await left.SignInAsync(owner.Person.IdNumber, Applicant.Password)).StatusCode);
        var signedOut = await identity.ReadAsync($"SELECT \"Id\" FROM {SessionsOf(key)} AND \"EndedAt\" IS NOT NULL");
        var unused = await identity.ReadAsync($"SELECT \"Id\" FROM {SessionsOf(key)} AND \"EndedAt\" IS NULL");

        // One was signed out, one merely left: neither is forgotten while it may have been in use less than half a year ago.
        identity.Time.Advance(TimeSpan.FromDays(SignInHistory.DaysKept));
        await SweepAsync();
        Assert.Equal(2, await identity.RowsAsync(SessionsOf(key)));
        Assert.Equal(1, await identity.RowsAsync($"\"Grants\" WHERE \"Id\" = '{family}'"));
        Assert.Equal(("invalid_grant", "invalid_grant", HttpStatusCode.Unauthorized), await ShownAgainAsync());

        identity.Time.Advance(TimeSpan.FromHours(13));
        using var living = identity.NewBrowser();
        await living.SignInAsync(owner.Person.IdNumber, Applicant.Password);
        var used = new RelyingParty(identity);
        var good = await used.RedeemAsync(RelyingParty.Code((await living.GetAsync(used.AuthorizeUrl())).Headers.Location!));
        using var ended = identity.NewBrowser();
        await ended.SignInAsync(owner.Person.IdNumber, Applicant.Password);
        await SignOutAsync(ended);
        await SweepAsync();

        // The two of before are gone with what was given in them; the living one and the one that ended just now stay.
        Assert.Equal(0, await identity.RowsAsync($"\"Sessions\" WHERE \"Id\" IN ('{signedOut}', '{unused}')"));
        Assert.Equal(2, await identity.RowsAsync(SessionsOf(key)));
        Assert.Equal(1, await identity.RowsAsync($"{SessionsOf(key)} AND \"EndedAt\" IS NOT NULL"));
        Assert.Equal(0, await identity.RowsAsync($"\"Grants\" WHERE \"Id\" = '{family}'"));
        Assert.Equal(HttpStatusCode.OK, (await living.GetAsync("/account/sessions")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await used.RefreshAsync(good.RefreshToken)).Status);

        // Without its row the code is not redeemable anew, and nothing of the family wakes up.
        Assert.Equal(("invalid_grant", "invalid_grant", HttpStatusCode.Unauthorized), await ShownAgainAsync());
        Assert.Equal(0, await identity.RowsAsync($"\"Grants\" WHERE \"Id\" = '{family}'"));

        async Task<(string? Code, string? Refresh, HttpStatusCode UserInfo)> ShownAgainAsync() => (
            (await party.RedeemAsync(code))["error"], (await party.RefreshAsync(tokens.RefreshToken))["error"], (await party.UserInfoAsync(tokens.AccessToken)).Status);
    }

    [Fact]
    public async Task However_many_sessions_are_due_one_sweep_takes_them_and_leaves_the_others()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        var key = await identity.KeyOfAsync(owner.Person.IdNumber);
        var then = identity.Time.GetUtcNow().AddDays(-SignInHistory.DaysKept - 2);
        await using (var scope = identity.Services.CreateAsyncScope())
        {
            var database = scope.ServiceProvider.GetRequiredService<IdentityContext>();
            database.Sessions.AddRange(Enumerable.Range(0, 450).Select(i => new Session
            {
                Id = Guid.CreateVersion7(then.AddSeconds(i)),
                AccountId = Guid.Parse(key),
                Stamp = Guid.NewGuid(),
                CreatedAt = then.AddSeconds(i),
                LastSeenAt = then.AddSeconds(i),
                AuthenticatedAt = then.AddSeconds(i),
                ExpiresAt = then.AddSeconds(i).AddHours(12),
            }));
            await database.SaveChangesAsync();
        }

        Assert.Equal(451, await identity.RowsAsync(SessionsOf(key)));
        await SweepAsync();
        Assert.Equal(1, await identity.RowsAsync(SessionsOf(key)));
        Assert.Equal(HttpStatusCode.OK, (await owner.Browser.GetAsync("/account/sessions")).StatusCode);
    }

    [Fact]
    public async Task After_closing_consents_are_gone_at_once_and_after_the_term_only_what_the_page_names_leads_to_the_account()
    {
        using var company = await Company.NewAsync(identity);
        using var owner = await Applicant.RegisteredAsync(identity);
        var key = await identity.KeyOfAsync(owner.Person.IdNumber);
        var stand = new ClaimsStand(owner, new RelyingParty(identity));
        Assert.Equal(HttpStatusCode.OK, (await stand.SignInAsync(ClaimsStand.Asking("userinfo", ClaimsStand.Any, """{"name":null}"""), "name")).Status);
        await owner.FillAsync("/account/raise/bank-card", ("CardNumber", owner.Person.BankCard));
        await company.EmpowerAsync(owner);
        using var elsewhere = identity.NewBrowser();
        await elsewhere.SignInAsync(owner.Person.IdNumber, Applicant.Password);
        var consent = await identity.ReadAsync($"SELECT \"Id\" FROM \"ClaimConsents\" WHERE \"AccountId\" = '{key}'");
        Assert.Equal(1, await identity.RowsAsync($"\"ClaimRequests\" WHERE \"ConsentId\" = '{consent}'"));
        var session = await identity.ReadAsync($"SELECT s.\"Id\" FROM \"Sessions\" s JOIN \"Grants\" g ON g.\"SessionId\" = s.\"Id\" WHERE s.\"AccountId\" = '{key}'");
        Assert.Empty(((string[])["ClaimConsents", "KnownDevices", "Notices", "Sessions", "SignInRecords"]).Except(await HoldingAsync(key), StringComparer.Ordinal));

        // The page says what stays: the audit has the address in full beside the key of the account.
        var page = await owner.ReadAsync("/account/close");
        Assert.Contains("完整的网络地址和您的账号编号", page, StringComparison.Ordinal);
        Assert.Contains("183 天后删除", page, StringComparison.Ordinal);
        Assert.DoesNotContain("不含您的身份信息", page, StringComparison.Ordinal);
        Assert.NotEqual(0, await identity.RowsAsync(
            $"\"AuditRecords\" WHERE \"Action\" = 'session.begin' AND upper(\"SubjectId\") = '{key.ToUpperInvariant()}' AND \"Address\" IN ('127.0.0.1', '::1', '::ffff:127.0.0.1')"));
        Assert.Equal("/account/close", (await owner.FillAsync("/account/close", ("Understood", "true"))).Headers.Location?.OriginalString);

        identity.Time.Advance(TimeSpan.FromDays(AccountClosing.WaitDays).Add(TimeSpan.FromMinutes(1)));
        await using (var scope = identity.Services.CreateAsyncScope())
        {
            await scope.ServiceProvider.GetRequiredService<AccountClosing>().FinishAsync(Guid.Parse(key), CancellationToken.None);
        }

        Assert.Equal(0, await identity.RowsAsync($"\"ClaimConsents\" WHERE \"AccountId\" = '{key}'"));
        Assert.Equal(0, await identity.RowsAsync($"\"ClaimRequests\" WHERE \"ConsentId\" = '{consent}'"));

        // The law asks for the log of sign-ins; sessions say the same and stay as long.
        await SweepAsync();
        Assert.Equal(1, await identity.RowsAsync($"\"Sessions\" WHERE \"Id\" = '{session}'"));
        identity.Time.Advance(TimeSpan.FromDays(SignInHistory.DaysKept + 1));
        await SweepAsync();
        var left = await HoldingAsync(key);
        Assert.Contains("AuditRecords", left);
        Assert.Empty(left.Except([.. Kept, .. Passing], StringComparer.Ordinal));
        Assert.Empty((await HoldingAsync(session)).Except(["AuditRecords", .. Passing], StringComparer.Ordinal));
    }

    [Fact]
    public async Task Of_every_table_that_points_to_an_account_it_is_said_what_closing_leaves()
    {
        await using var scope = identity.Services.CreateAsyncScope();
        var model = scope.ServiceProvider.GetRequiredService<IdentityContext>().Model;
        List<string> named = [.. Gone, .. Kept, .. Passing];
        var pointing = model.GetEntityTypes().SelectMany(type => type.GetProperties()
            .Where(p => (p.ClrType == typeof(Guid) || p.ClrType == typeof(Guid?)) && !OfOthers.Contains(p.Name) &&
                (p.Name != "Id" || type.ClrType == typeof(Account) || type.ClrType == typeof(Person) || type.ClrType == typeof(StaffMember)))
            .Select(p => (Table: type.GetTableName() ?? "", Column: p.Name)));
        Assert.Empty(pointing.Where(p => !named.Contains(p.Table)).Select(p => $"{p.Table}.{p.Column}"));
        Assert.Empty(named.Except(model.GetEntityTypes().Select(type => type.GetTableName() ?? ""), StringComparer.Ordinal));
        Assert.Equal(named.Count, named.Distinct(StringComparer.Ordinal).Count());
    }

    private static string SessionsOf(string key) => $"\"Sessions\" WHERE \"AccountId\" = '{key}'";

    private static async Task SignOutAsync(Browser browser)
    {
        var page = await (await browser.GetAsync("/sign-out")).Content.ReadAsStringAsync();
        Assert.Equal(HttpStatusCode.Found, (await browser.SubmitAsync("/sign-out", page, ("everywhere", "false"))).StatusCode);
    }

    /// <summary>Tables in which a key stands anywhere, in whichever spelling.</summary>
    private async Task<List<string>> HoldingAsync(string key)
    {
        string[] spellings = [key, Guid.Parse(key).ToString("N")];
        return [.. (await WholeDatabase.DumpAsync(identity)).Where(v => spellings.Any(s => v.Value.Contains(s, StringComparison.OrdinalIgnoreCase)))
            .Select(v => v.Where.Split('.')[0]).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>All that the server does every hour.</summary>
    private async Task SweepAsync()
    {
        await using var scope = identity.Services.CreateAsyncScope();
        foreach (var task in scope.ServiceProvider.GetServices<IHousekeepingTask>())
        {
            await task.SweepAsync(CancellationToken.None);
        }
    }
}

public sealed class ForgettingOnSqlite(SqliteIdentity identity) : ForgettingSuite(identity), IClassFixture<SqliteIdentity>;

public sealed class ForgettingOnPostgres(PostgresIdentity identity) : ForgettingSuite(identity), IClassFixture<PostgresIdentity>;
