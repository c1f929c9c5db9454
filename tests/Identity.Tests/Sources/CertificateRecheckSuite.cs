using System.Net;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using Yinxin.Identity.Server.Features.Organisations.Certificates;
using Yinxin.Identity.Tests.Hosting;
using Yinxin.Trust.Suites;

namespace Yinxin.Identity.Tests.Sources;

/// <summary>The nightly look at certificates that carry organisations: what is revoked or no longer trusted carries nothing from then on.</summary>
public abstract class CertificateRecheckSuite(IdentityFixture identity)
{
    [Fact]
    public async Task A_certificate_that_is_revoked_later_carries_nothing_from_the_next_night_on()
    {
        var (representative, organisation, id) = await Organisations.RegisteredAsync(identity);
        await using var trust = await TrustStand.StartAnewAsync(identity, organisation.Uscc);
        var signer = trust.Issue(trust.International, organisation.Uscc, SignatureAlgorithm.Es256, online: true);
        await Browser.StayAsync(identity.Time, TimeSpan.FromMinutes(61), representative.Browser);
        var (address, text) = await SignedChallenge.BeginAsync(representative, id);
        Assert.Equal(HttpStatusCode.Found, (await SignedChallenge.UploadAsync(representative, address, SignedChallenge.Sign(signer, text))).StatusCode);
        await RecheckAsync();
        Assert.Contains("中级", await representative.ReadAsync("/account/organisations"), StringComparison.Ordinal);

        // Once a night: what happens in between is seen the next one.
        trust.RevokeOnline(signer.Certificate);
        await RecheckAsync();
        Assert.Contains("中级", await representative.ReadAsync("/account/organisations"), StringComparison.Ordinal);
        await identity.ExecuteAsync("UPDATE \"SourceCursors\" SET \"ReachedEndAt\" = NULL WHERE \"Authority\" = 'certificates'");
        await RecheckAsync();
        Assert.DoesNotContain("中级", await representative.ReadAsync("/account/organisations"), StringComparison.Ordinal);
        Assert.Equal(1, await identity.RowsAsync($"\"Evidence\" WHERE \"Method\" = 'certificate-revoked' AND LOWER(CAST(\"SubjectId\" AS TEXT)) = '{id}'"));
        representative.Dispose();
    }

    [Fact]
    public async Task A_certificate_of_a_CA_whose_time_of_trust_ended_carries_nothing_from_the_next_night_on_and_a_lapsed_list_takes_nothing()
    {
        var (representative, organisation, id) = await Organisations.RegisteredAsync(identity);
        await using var trust = await TrustStand.StartAnewAsync(identity, organisation.Uscc);
        await SignedChallenge.ProveAsync(representative, id, trust.Issue(trust.International, organisation.Uscc, SignatureAlgorithm.Es256));

        // A list that names nobody is a fault of its maker.
        trust.PublishNobody();
        await NextNightAsync();
        Assert.Contains("中级", await representative.ReadAsync("/account/organisations"), StringComparison.Ordinal);

        // A list whose next edition comes late leaves the bundle whole: that says nothing about its CAs.
        trust.LapseInternational();
        await NextNightAsync();
        Assert.Contains("中级", await representative.ReadAsync("/account/organisations"), StringComparison.Ordinal);

        trust.DistrustInternational();
        await NextNightAsync();
        Assert.DoesNotContain("中级", await representative.ReadAsync("/account/organisations"), StringComparison.Ordinal);
        Assert.Equal(1, await identity.RowsAsync($"\"Evidence\" WHERE \"Method\" = 'certificate-distrusted' AND LOWER(CAST(\"SubjectId\" AS TEXT)) = '{id}'"));
        representative.Dispose();
    }

    [Theory]
    [InlineData("Digest")]
    [InlineData("ReceiptCipher")]
    public async Task A_receipt_that_cannot_be_read_keeps_the_night_from_nobody_else(string column)
    {
        var (first, organisation, id) = await Organisations.RegisteredAsync(identity);
        await using var trust = await TrustStand.StartAnewAsync(identity, organisation.Uscc);
        await SignedChallenge.ProveAsync(first, id, trust.Issue(trust.International, organisation.Uscc, SignatureAlgorithm.Es256, online: true));
        var (second, other, otherId) = await Organisations.RegisteredAsync(identity);
        var signer = trust.Issue(trust.International, other.Uscc, SignatureAlgorithm.Es256, online: true);
        await SignedChallenge.ProveAsync(second, otherId, signer);
        var row = $"\"Kind\" = 'enterprise-certificate' AND LOWER(CAST(\"SubjectId\" AS TEXT)) = '{id}'";
        var former = await identity.ReadAsync($"SELECT \"{column}\" FROM \"Evidence\" WHERE {row}");
        await identity.ExecuteAsync($"UPDATE \"Evidence\" SET \"{column}\" = 'edited' WHERE {row}");
        trust.RevokeOnline(signer.Certificate);
        try
        {
            await NextNightAsync();
        }
        finally
        {
            // Others look at the same database after us.
            await identity.ExecuteAsync($"UPDATE \"Evidence\" SET \"{column}\" = '{former}' WHERE {row}");
        }

        Assert.DoesNotContain("中级", await second.ReadAsync("/account/organisations"), StringComparison.Ordinal);
        Assert.Equal(1, await identity.RowsAsync("\"SourceCursors\" WHERE \"Authority\" = 'certificates' AND \"ReachedEndAt\" IS NOT NULL AND \"HeldBy\" IS NULL AND \"Place\" IS NULL"));
        first.Dispose();
        second.Dispose();
    }

    [Fact]
    public async Task Only_one_node_walks_and_a_dead_ones_walk_is_taken_over_where_it_stopped()
    {
        var (representative, organisation, id) = await Organisations.RegisteredAsync(identity);
        await using var trust = await TrustStand.StartAnewAsync(identity, organisation.Uscc);
        var signer = trust.Issue(trust.International, organisation.Uscc, SignatureAlgorithm.Es256, online: true);
        await SignedChallenge.ProveAsync(representative, id, signer);
        await RecheckAsync();
        trust.RevokeOnline(signer.Certificate);

        // Another node is at it, and past this organisation.
        var key = identity is SqliteIdentity ? id.ToString().ToUpperInvariant() : id.ToString();
        await identity.ExecuteAsync($"UPDATE \"SourceCursors\" SET \"ReachedEndAt\" = NULL, \"Place\" = '{key}', \"HeldBy\" = '{key}', \"HeldUntil\" = '2200-01-01 00:00:00' WHERE \"Authority\" = 'certificates'");
        await RecheckAsync();
        Assert.Equal(1, await identity.RowsAsync("\"SourceCursors\" WHERE \"Authority\" = 'certificates' AND \"ReachedEndAt\" IS NULL"));

        // It died: what is behind the mark is not walked again, the rest is.
        var moment = identity.Time.GetUtcNow().AddSeconds(-2).UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture);
        await identity.ExecuteAsync($"UPDATE \"SourceCursors\" SET \"HeldUntil\" = '{moment}' WHERE \"Authority\" = 'certificates'");
        await RecheckAsync();
        Assert.Equal(1, await identity.RowsAsync("\"SourceCursors\" WHERE \"Authority\" = 'certificates' AND \"ReachedEndAt\" IS NOT NULL AND \"HeldBy\" IS NULL"));
        Assert.Contains("中级", await representative.ReadAsync("/account/organisations"), StringComparison.Ordinal);
        await NextNightAsync();
        Assert.DoesNotContain("中级", await representative.ReadAsync("/account/organisations"), StringComparison.Ordinal);
        representative.Dispose();
    }

    /// <summary>As the next night would, with the trust lists of then.</summary>
    private async Task NextNightAsync()
    {
        ((MemoryCache)identity.Services.GetRequiredService<IMemoryCache>()).Clear();
        await identity.ExecuteAsync("UPDATE \"SourceCursors\" SET \"ReachedEndAt\" = NULL WHERE \"Authority\" = 'certificates'");
        await RecheckAsync();
    }

    /// <summary>The server looks by itself too: whichever comes first, the mark lets one of the two work.</summary>
    private async Task RecheckAsync()
    {
        await using var scope = identity.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<CertificateRechecks>().RunDueAsync(TestContext.Current.CancellationToken);
    }
}

[Collection(OnSqlite.Name)]
public sealed class CertificateRechecksOnSqlite(SqliteIdentity identity) : CertificateRecheckSuite(identity);

[Collection(OnPostgres.Name)]
public sealed class CertificateRechecksOnPostgres(PostgresIdentity identity) : CertificateRecheckSuite(identity);
