using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.DataKeys;
using Yinxin.Identity.Server.Features.DataKeys.Tables;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Hosting;

namespace Yinxin.Identity.Tests.Personal;

/// <summary>A change of keys that is stopped where it hurts: what is written then, and that another node ends it.</summary>
public abstract class KeyRotationRaceSuite(IdentityFixture identity)
{
    [Fact]
    public async Task Two_registrations_of_one_number_cannot_both_succeed_whatever_key_each_began_with()
    {
        using var first = await Applicant.RegisteredAsync(identity);
        await using var scope = identity.Services.CreateAsyncScope();
        var personal = scope.ServiceProvider.GetRequiredService<PersonalData>();
        var database = scope.ServiceProvider.GetRequiredService<IdentityContext>();
        var facts = new PersonFacts(first.Person.Name, first.Person.Sex, first.Person.Ethnicity, first.Person.IdNumber, "+8613999990000");
        var ring = scope.ServiceProvider.GetRequiredService<DataKeyRing>();
        var begun = Person.New(Guid.CreateVersion7(), facts, personal, identity.Time.GetUtcNow());

        // The form began under the former key; before it is stored the key changes.
        var version = ring.Now.Version + 1;
        await RotateAsync(version, KeyRotationPhase.Filling);
        Assert.True(await IsRefusedAsync(begun));
        await RotateAsync(version, KeyRotationPhase.Switching);
        await identity.ExecuteAsync("UPDATE \"Persons\" SET \"IdNumberIndex\" = \"IdNumberIndexNext\", \"PhoneIndex\" = \"PhoneIndexNext\" WHERE \"IdNumberIndexNext\" IS NOT NULL");
        Assert.True(await IsRefusedAsync(begun));

        // The node that had the work is gone; when its time is over this one goes on, to the end.
        await identity.ExecuteAsync("UPDATE \"KeyRotations\" SET \"Table\" = NULL, \"Cursor\" = NULL");
        identity.Time.Advance(TimeSpan.FromHours(2));
        for (var i = 0; i < 300 && await identity.ReadAsync($"SELECT \"Phase\" FROM \"KeyRotations\" WHERE \"Version\" = {version}") != "Done"; i++)
        {
            identity.Time.Advance(TimeSpan.FromSeconds(70));
            await Task.Delay(50);
        }

        Assert.Equal("Done", await identity.ReadAsync($"SELECT \"Phase\" FROM \"KeyRotations\" WHERE \"Version\" = {version}"));
        Assert.Equal("1", await identity.ReadAsync("SELECT COUNT(*) FROM \"DataKeys\" WHERE \"KeyCipher\" = ''"));
        using var browser = identity.NewBrowser();
        Assert.Equal(HttpStatusCode.Found, (await browser.SignInAsync(first.Person.IdNumber, Applicant.Password)).StatusCode);
        Assert.Equal(HttpStatusCode.Found, (await browser.SignInAsync(first.Person.Phone, Applicant.Password)).StatusCode);

        async Task<bool> IsRefusedAsync(Person person)
        {
            database.ChangeTracker.Clear();
            var copy = Person.New(Guid.CreateVersion7(), facts, personal, person.CreatedAt);
            copy.IdNumberIndex = begun.IdNumberIndex;
            database.Users.Add(new Account { Id = copy.Id, UserName = copy.Id.ToString(), NormalizedUserName = copy.Id.ToString(), CreatedAt = copy.CreatedAt, Person = copy });
            try
            {
                await database.SaveChangesAsync();
                return false;
            }
            catch (DbUpdateException)
            {
                return true;
            }
        }

        async Task RotateAsync(int to, KeyRotationPhase phase)
        {
            database.ChangeTracker.Clear();
            if (phase == KeyRotationPhase.Filling)
            {
                // Held by another node for an hour, so that this one does not go on by itself.
                database.DataKeys.Add(ring.New(to));
                database.KeyRotations.Add(new KeyRotation
                {
                    Version = to,
                    StartedBy = "test",
                    StartedAt = identity.Time.GetUtcNow(),
                    PhaseAt = identity.Time.GetUtcNow(),
                    HeldUntil = identity.Time.GetUtcNow().AddHours(1),
                    Phase = phase,
                });
                await database.SaveChangesAsync();
                ring.Load();
                var tables = scope.ServiceProvider.GetRequiredService<RotatedTables>();
                string? cursor = null;
                while ((await tables.All[0].BatchAsync(database, cursor, 100, CancellationToken.None)).Last is { } last)
                {
                    cursor = last;
                }

                return;
            }

            await identity.ExecuteAsync($"UPDATE \"KeyRotations\" SET \"Phase\" = '{phase}' WHERE \"Version\" = {to}");
        }
    }
}

public sealed class KeyRotationRaceOnSqlite(SqliteIdentity identity) : KeyRotationRaceSuite(identity), IClassFixture<SqliteIdentity>;

public sealed class KeyRotationRaceOnPostgres(PostgresIdentity identity) : KeyRotationRaceSuite(identity), IClassFixture<PostgresIdentity>;
