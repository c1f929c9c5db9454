using System.Data.Common;
using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance;
using Yinxin.Identity.Server.Features.Assurance.Regradings;
using Yinxin.Identity.Server.Features.Console.Statistics;
using Yinxin.Identity.Server.Features.DataKeys;
using Yinxin.Identity.Server.Features.Raising.RealPersons.Local;
using Yinxin.Identity.Server.Features.SourceChanges;
using Yinxin.Identity.Tests.Assurance;
using Yinxin.Identity.Tests.Console;
using Yinxin.Identity.Tests.Hosting;
using Yinxin.Identity.Tests.Sources;
using Yinxin.Identity.Tests.StepUp;

namespace Yinxin.Identity.Tests.Accounts;

/// <summary>
/// Transactions that meet on PostgreSQL, where rows are locked one by one: each waits for the audit's turn with empty hands, and reads only then what it decides by. The test holds the turn, lets
/// the other come to it, and does meanwhile what a third would.
/// </summary>
public sealed class TurnTests(SecludedPostgres identity) : IClassFixture<SecludedPostgres>
{
    private const int Looks = 20;
    private const int Rounds = 30;

    [Fact]
    public async Task Whoever_puts_a_policy_in_force_waits_with_empty_hands_while_a_run_grades()
    {
        var (proposer, second) = (await Official.SignInAsync(identity, "security", "identity.policy"), await Official.SignInAsync(identity, "security-second", "identity.policy"));
        var policy = JsonNode.Parse(await identity.Http.GetStringAsync("/assurance-policy"))!.AsObject();
        policy["name"] = "试行";
        var proposed = await proposer.PostAsync("/api/assurance-policies", new { policy, note = "样例：并发" });
        Assert.True(proposed.Status == HttpStatusCode.Created, proposed.Body.ToString());
        var path = $"/api/assurance-policies/{proposed["version"]}";
        Assert.Equal(HttpStatusCode.Accepted, (await proposer.PostAsync(path + "/dry-runs")).Status);
        await Messages.UntilAsync(async () => await identity.RowsAsync("\"Regradings\" WHERE \"State\" = 'Done' AND \"DryRun\"") == 1);

        // A run in earnest that another node has; it holds the turn and comes to its row last.
        var run = Guid.CreateVersion7();
        await AddAsync(new Regrading
        {
            Id = run,
            PolicyVersion = 1,
            StartedBy = "test",
            StartedAt = identity.Time.GetUtcNow(),
            HeldUntil = identity.Time.GetUtcNow().AddHours(1),
        });
        await using var turn = await HeldTurn.TakeAsync(identity);
        var activation = second.PostAsync(path + "/activation");
        await AssertEmptyHandsAsync();
        await turn.ExecuteAsync("SET LOCAL lock_timeout = '5s'");
        await turn.ExecuteAsync("UPDATE \"Regradings\" SET \"Seen\" = \"Seen\" WHERE \"State\" = 'Running'");
        await turn.CommitAsync();
        Assert.Equal(HttpStatusCode.Accepted, (await activation).Status);
        Assert.Equal(1, await identity.RowsAsync($"\"Regradings\" WHERE \"Id\" = '{run}' AND \"State\" = 'Stopped'"));
    }

    [Fact]
    public async Task Levels_are_counted_in_the_turn_and_beside_a_run_that_grades_however_often_they_meet()
    {
        await using (var turn = await HeldTurn.TakeAsync(identity))
        {
            var subject = await AddChangeAsync();
            await using var scope = identity.Services.CreateAsyncScope();
            var counting = scope.ServiceProvider.GetRequiredService<LevelCounting>().StepAsync(CancellationToken.None);
            await AssertEmptyHandsAsync();
            Assert.Equal(1, await identity.RowsAsync($"\"LevelChanges\" WHERE \"SubjectId\" = '{subject}'"));
            await turn.CommitAsync();
            await counting;
            await Messages.UntilAsync(async () => await identity.RowsAsync($"\"LevelChanges\" WHERE \"SubjectId\" = '{subject}'") == 0);
        }

        var version = int.Parse(await identity.ReadAsync("SELECT \"Version\" FROM \"AssurancePolicyVersions\" WHERE \"ActivatedAt\" IS NOT NULL AND \"RetiredAt\" IS NULL"), CultureInfo.InvariantCulture);
        for (var round = 0; round < Rounds; round++)
        {
            await using (var turn = await HeldTurn.TakeAsync(identity))
            {
                await turn.ExecuteAsync("UPDATE \"Grades\" SET \"City\" = NULL");
                await turn.ExecuteAsync("INSERT INTO \"LevelChanges\" (\"SubjectId\", \"Kind\", \"Was\", \"Level\", \"At\") SELECT \"SubjectId\", \"Kind\", 'None', \"Level\", now() FROM \"Grades\" ORDER BY random()");
                await turn.CommitAsync();
            }

            await AddAsync(new Regrading { Id = Guid.CreateVersion7(), PolicyVersion = version, StartedBy = "counting", StartedAt = identity.Time.GetUtcNow() });
            await Task.WhenAll(
                InScopeAsync<LevelCounting>(c => c.StepAsync(CancellationToken.None)), InScopeAsync<RegradingStep>(s => s.RunAsync(CancellationToken.None)), InScopeAsync<LevelCounting>(c => c.StepAsync(CancellationToken.None)));
        }

        // Nobody was chosen as the victim of a deadlock: all was counted, and every run came to its end.
        await Messages.UntilAsync(async () => await identity.CountAsync("LevelChanges") == 0);
        await Messages.UntilAsync(async () => await identity.RowsAsync("\"Regradings\" WHERE \"StartedBy\" = 'counting' AND \"State\" = 'Done'") == Rounds);
    }

    [Fact]
    public async Task Of_two_ceremonies_with_the_same_frames_in_two_orders_one_is_judged()
    {
        for (var round = 0; round < Rounds; round++)
        {
            List<string> frames = [.. Enumerable.Range(0, 6).Select(_ => Guid.NewGuid().ToString("N"))];
            List<string> backwards = [.. Enumerable.Reverse(frames)];
            var (one, other) = (await BeginCheckAsync(), await BeginCheckAsync());
            var judged = await Task.WhenAll(JudgeAsync(one, frames), JudgeAsync(other, backwards));
            Assert.Single(judged, j => j);
        }
    }

    [Fact]
    public async Task A_passkey_that_signs_in_while_its_account_is_frozen_neither_gets_in_nor_undoes_the_freeze()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        using var device = await owner.AddPasskeyAsync(identity.Issuer);
        var key = await identity.KeyOfAsync(owner.Person.IdNumber);
        using var browser = identity.NewBrowser();
        var page = await (await browser.GetAsync("/sign-in")).Content.ReadAsStringAsync();
        var options = await (await browser.SubmitAsync("/passkeys/request-options", page)).Content.ReadAsStringAsync();

        await using var turn = await HeldTurn.TakeAsync(identity);
        var signIn = browser.SubmitAsync("/sign-in", page, ("Passkey", device.Get(options)));
        await AssertEmptyHandsAsync();
        await turn.ExecuteAsync($"UPDATE \"Accounts\" SET \"FrozenAt\" = now(), \"FrozenReason\" = 'stolen', \"PasswordHash\" = 'changed' WHERE \"Id\" = '{key}'");
        await turn.CommitAsync();
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await signIn).StatusCode);
        Assert.Equal(1, await identity.RowsAsync($"\"Accounts\" WHERE \"Id\" = '{key}' AND \"FrozenReason\" = 'stolen' AND \"PasswordHash\" = 'changed'"));
    }

    [Fact]
    public async Task A_session_whose_password_was_changed_while_it_began_is_over()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        var key = await identity.KeyOfAsync(owner.Person.IdNumber);
        using var thief = identity.NewBrowser();
        var page = await (await thief.GetAsync("/sign-in")).Content.ReadAsStringAsync();
        await using var turn = await HeldTurn.TakeAsync(identity);
        var signIn = thief.SubmitAsync("/sign-in", page, ("Name", owner.Person.IdNumber), ("Password", Applicant.Password));
        await AssertEmptyHandsAsync();
        // What a change of the password does: the sessions that are there end, and this one is not there yet.
        await turn.ExecuteAsync($"UPDATE \"Accounts\" SET \"SecurityStamp\" = 'another' WHERE \"Id\" = '{key}'");
        await turn.ExecuteAsync($"UPDATE \"Sessions\" SET \"EndedAt\" = now(), \"EndReason\" = 'password-changed' WHERE \"AccountId\" = '{key}' AND \"EndedAt\" IS NULL");
        await turn.CommitAsync();
        await signIn;
        Assert.Equal("/sign-in", (await thief.GetAsync("/account")).Headers.Location?.AbsolutePath);
        Assert.Equal(0, await identity.RowsAsync($"\"Sessions\" WHERE \"AccountId\" = '{key}' AND \"EndedAt\" IS NULL"));
    }

    [Fact]
    public async Task A_session_that_began_while_the_account_was_frozen_does_not_wake_when_that_is_lifted()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        var key = await identity.KeyOfAsync(owner.Person.IdNumber);
        using var thief = identity.NewBrowser();
        var page = await (await thief.GetAsync("/sign-in")).Content.ReadAsStringAsync();
        await using (var turn = await HeldTurn.TakeAsync(identity))
        {
            var signIn = thief.SubmitAsync("/sign-in", page, ("Name", owner.Person.IdNumber), ("Password", Applicant.Password));
            await AssertEmptyHandsAsync();
            // Whoever freezes ends the sessions that are there, and this one is not there yet.
            await turn.ExecuteAsync($"UPDATE \"Accounts\" SET \"FrozenAt\" = now(), \"FrozenReason\" = 'stolen' WHERE \"Id\" = '{key}'");
            await turn.CommitAsync();
            await signIn;
        }

        await identity.ExecuteAsync($"UPDATE \"Accounts\" SET \"FrozenAt\" = NULL, \"FrozenReason\" = NULL WHERE \"Id\" = '{key}'");
        Assert.Equal("/sign-in", (await thief.GetAsync("/account")).Headers.Location?.AbsolutePath);
    }

    [Fact]
    public async Task Whoever_holds_the_turn_reads_a_persons_secret_while_every_connection_waits_for_it()
    {
        const int connections = 5;
        using var owner = await Applicant.RegisteredAsync(identity);
        var key = Guid.Parse(await identity.KeyOfAsync(owner.Person.IdNumber));
        await using var any = identity.Connect();
        var few = new NpgsqlConnectionStringBuilder(any.ConnectionString) { MaxPoolSize = connections };
        await using var server = await identity.StartSecondAsync(5, ("Database:ConnectionString", few.ToString()));
        List<AsyncServiceScope> waiting = [];
        for (var i = 0; i < connections; i++)
        {
            var scope = server.Services.CreateAsyncScope();
            waiting.Add(scope);
            await scope.ServiceProvider.GetRequiredService<IdentityContext>().Database.OpenConnectionAsync();
        }

        Assert.NotNull(server.Services.GetRequiredService<PersonSecrets>().FindAnew(key));
        foreach (var scope in waiting)
        {
            await scope.DisposeAsync();
        }
    }

    [Theory]
    [InlineData("/api/counter-verifications")]
    [InlineData("/api/counter-recoveries")]
    public async Task A_counter_act_that_waited_while_a_dispute_was_opened_is_refused(string act)
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        var key = await identity.KeyOfAsync(owner.Person.IdNumber);
        var counter = await Official.SignInAsync(identity, "counter-one", "identity.counter");
        await using var turn = await HeldTurn.TakeAsync(identity);
        var answer = counter.PostAsync(act, new { owner.Person.IdNumber, owner.Person.Name, hall = "样例政务服务大厅", window = "3", documentChecked = true });
        await AssertEmptyHandsAsync();
        await turn.ExecuteAsync(
            $"INSERT INTO \"Disputes\" (\"Id\", \"Number\", \"State\", \"Kind\", \"AccountId\", \"CreatedAt\") VALUES ('{Guid.NewGuid()}', '{Guid.NewGuid().ToString("N")[..10]}', 'Open', 'TakenOver', '{key}', now())");
        await turn.CommitAsync();
        Assert.Equal("identity.counter.disputed", (await answer)["code"]);
        Assert.Equal(0, await identity.RowsAsync($"\"Evidence\" WHERE \"SubjectId\" = '{key}' AND \"Kind\" = 'counter'"));
        Assert.Equal(0, await identity.RowsAsync($"\"RecoveryRequests\" WHERE \"AccountId\" = '{key}'"));
        Assert.Equal(1, await identity.RowsAsync($"\"AuditRecords\" WHERE \"SubjectId\" = '{key}' AND \"Result\" = 'identity.counter.disputed'"));
    }

    [Fact] // 63
    public async Task Roles_that_were_to_be_written_while_two_officials_took_a_guarded_one_away_do_not_give_it_back()
    {
        var clerk = await identity.ReadAsync("SELECT \"Id\" FROM \"Accounts\" WHERE \"UserName\" = 'clerk'");
        await identity.ExecuteAsync($"UPDATE \"StaffMembers\" SET \"Roles\" = '{{auditor,window-officer}}' WHERE \"Id\" = '{clerk}'");
        using var security = await Officer.SignInAsync(identity, "security");
        await using var turn = await HeldTurn.TakeAsync(identity);
        var change = security.FillAsync(
            $"/console/staff/{clerk}", "Roles", ("Roles", "auditor"), ("Roles", "window-officer"), ("Roles", "case-handler"), ("Explanation", "样例：到岗"));
        await AssertEmptyHandsAsync();
        await turn.ExecuteAsync($"UPDATE \"StaffMembers\" SET \"Roles\" = '{{window-officer}}' WHERE \"Id\" = '{clerk}'");
        await turn.CommitAsync();
        var refused = await change;
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        Assert.Contains("刚刚被他人更改", await Officer.TextAsync(refused), StringComparison.Ordinal);
        Assert.Equal("window-officer", await identity.ReadAsync($"SELECT array_to_string(\"Roles\", ' ') FROM \"StaffMembers\" WHERE \"Id\" = '{clerk}'"));
    }

    /// <summary>For a second: whoever waits for the turn has written nothing, so that nobody waits for them.</summary>
    private async Task AssertEmptyHandsAsync()
    {
        // The first that comes is the one whom the test has sent; what else the server does by itself is looked at with it.
        await WaitsAsync("wait_event_type = 'Lock' AND wait_event = 'advisory'");
        for (var look = 0; look < Looks; look++)
        {
            Assert.Equal("", await identity.ReadAsync(
                """
                SELECT COALESCE(string_agg(DISTINCT held.relation::regclass::text, ', '), '')
                FROM pg_locks held JOIN pg_locks waits ON waits.pid = held.pid AND waits.locktype = 'advisory' AND NOT waits.granted
                WHERE held.locktype = 'relation' AND held.mode = 'RowExclusiveLock'
                """));
            Assert.NotEqual("0", await identity.ReadAsync("SELECT COUNT(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"));
            await Task.Delay(50);
        }
    }

    /// <summary>Until somebody waits in that way, whatever the machine does beside; twenty seconds at most.</summary>
    private Task WaitsAsync(string how) => Messages.UntilAsync(async () => await identity.RowsAsync("pg_stat_activity WHERE " + how) > 0);

    [Fact] // 56
    public async Task A_computer_whose_phone_is_signed_out_while_it_goes_on_is_not_signed_in()
    {
        using var owner = await Applicant.RegisteredAsync(identity);
        var key = await identity.KeyOfAsync(owner.Person.IdNumber);
        using var computer = identity.NewBrowser();
        var page = await computer.ReadAsync("/sign-in/qr");
        await identity.ExecuteAsync(
            $"UPDATE \"QrSignIns\" SET \"State\" = 'Confirmed', \"AccountId\" = '{key}', \"Methods\" = '{{pwd,qr}}', \"ProvedAt\" = now(), " +
            $"\"PhoneSessionId\" = (SELECT \"Id\" FROM \"Sessions\" WHERE \"AccountId\" = '{key}' AND \"EndedAt\" IS NULL LIMIT 1) WHERE \"Id\" = (SELECT \"Id\" FROM \"QrSignIns\" ORDER BY \"CreatedAt\" DESC LIMIT 1)");

        // The account cannot be read until the change of the password is done: the session may have been looked for before.
        await using var turn = await HeldTurn.TakeAsync(identity);
        await turn.ExecuteAsync("LOCK TABLE \"Accounts\" IN ACCESS EXCLUSIVE MODE");
        var signIn = computer.SubmitAsync("/sign-in/qr", page);
        await WaitsAsync("wait_event_type = 'Lock' AND wait_event = 'relation' AND query LIKE '%\"Accounts\"%'");
        await turn.ExecuteAsync($"UPDATE \"Accounts\" SET \"SecurityStamp\" = 'another' WHERE \"Id\" = '{key}'");
        await turn.ExecuteAsync($"UPDATE \"Sessions\" SET \"EndedAt\" = now(), \"EndReason\" = 'password-changed' WHERE \"AccountId\" = '{key}' AND \"EndedAt\" IS NULL");
        await turn.CommitAsync();
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await signIn).StatusCode);
        Assert.Equal(0, await identity.RowsAsync($"\"Sessions\" WHERE \"AccountId\" = '{key}' AND \"EndedAt\" IS NULL"));
    }

    [Fact]
    public async Task Receipts_of_earlier_faces_are_opened_before_the_turn_and_a_withdrawal_that_came_too_early_is_said_again()
    {
        // Somebody has the turn: the walk through the receipts comes to its end all the same.
        await identity.ExecuteAsync($"DELETE FROM \"SourceCursors\" WHERE \"Authority\" = '{FaceReferences.Mark}'");
        await using (var turn = await HeldTurn.TakeAsync(identity))
        {
            var withdrawal = AuthorityEvents.WithdrawAsync(identity, "population", "P-nobody");
            await Messages.UntilAsync(async () => await identity.RowsAsync($"\"SourceCursors\" WHERE \"Authority\" = '{FaceReferences.Mark}' AND \"ReachedEndAt\" IS NOT NULL") == 1);
            await turn.CommitAsync();
            Assert.Equal("nobody", await withdrawal);
        }

        // Another node is at the walk in the same moment, and has not come to the end of it.
        await identity.ExecuteAsync($"DELETE FROM \"SourceCursors\" WHERE \"Authority\" = '{FaceReferences.Mark}'");
        var id = Guid.NewGuid().ToString("N");
        var statement = AuthorityEvents.Signed(identity, "population", AuthorityKeyring.Key("population"), id, new { id, number = 1, kind = "withdrawn", receipt = "P-another" });
        await using (var other = await HeldTurn.TakeAsync(identity))
        {
            await other.ExecuteAsync($"INSERT INTO \"SourceCursors\" (\"Authority\", \"Position\") VALUES ('{FaceReferences.Mark}', 0)");
            var early = AuthorityEvents.PushAsync(identity.Http, statement);
            await WaitsAsync("wait_event_type = 'Lock' AND wait_event = 'transactionid' AND query LIKE '%\"SourceCursors\"%'");
            await other.CommitAsync();
            var refused = await early;
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            Assert.Contains("identity.sourceEvent.notReady", await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }

        Assert.Equal(0, await identity.RowsAsync($"\"SourceEvents\" WHERE \"Id\" = 'population:{id}'"));
        Assert.Equal(HttpStatusCode.OK, (await AuthorityEvents.PushAsync(identity.Http, statement)).StatusCode);
        Assert.Equal(1, await identity.RowsAsync($"\"SourceEvents\" WHERE \"Id\" = 'population:{id}' AND \"Outcome\" = 'nobody'"));
    }

    private async Task<Guid> AddChangeAsync()
    {
        var subject = Guid.CreateVersion7();
        await AddAsync(new LevelChange { SubjectId = subject, Kind = SubjectKind.Person, Was = AssuranceLevel.None, Level = AssuranceLevel.Primary, At = identity.Time.GetUtcNow() });
        return subject;
    }

    private async Task<Guid> BeginCheckAsync()
    {
        await using var scope = identity.Services.CreateAsyncScope();
        return (await ChecksOf(scope).OpenAsync(Guid.NewGuid(), ["blink"], "/account", CancellationToken.None)).Id;
    }

    private async Task<bool> JudgeAsync(Guid check, IReadOnlyList<string> frames)
    {
        await using var scope = identity.Services.CreateAsyncScope();
        return await ChecksOf(scope).JudgeAsync(check, frames, "{}", CancellationToken.None);
    }

    /// <summary>This server compares no faces itself.</summary>
    private FaceChecks ChecksOf(AsyncServiceScope scope) => new(scope.ServiceProvider.GetRequiredService<IdentityContext>(), identity.Time);

    private async Task AddAsync(object row)
    {
        await using var scope = identity.Services.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<IdentityContext>();
        database.Add(row);
        await database.SaveChangesAsync();
    }

    private async Task InScopeAsync<TService>(Func<TService, Task> act)
        where TService : notnull
    {
        await using var scope = identity.Services.CreateAsyncScope();
        await act(scope.ServiceProvider.GetRequiredService<TService>());
    }

    /// <summary>The audit's turn, in the hands of the test.</summary>
    private sealed class HeldTurn(DbConnection connection, DbTransaction transaction) : IAsyncDisposable
    {
        /// <summary>Of <c>AuditChain</c>.</summary>
        private const long Number = 0x5931_4155_4449_5431;

        public static async Task<HeldTurn> TakeAsync(IdentityFixture identity)
        {
            var connection = identity.Connect();
            await connection.OpenAsync();
            var held = new HeldTurn(connection, await connection.BeginTransactionAsync());
            await held.ExecuteAsync(FormattableString.Invariant($"SELECT pg_advisory_xact_lock({Number})"));
            return held;
        }

        public async Task ExecuteAsync(string sql)
        {
            await using var command = connection.CreateCommand();
            (command.Transaction, command.CommandText) = (transaction, sql);
            await command.ExecuteNonQueryAsync();
        }

        public Task CommitAsync() => transaction.CommitAsync();

        public async ValueTask DisposeAsync()
        {
            await transaction.DisposeAsync();
            await connection.DisposeAsync();
        }
    }
}
