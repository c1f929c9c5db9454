using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Xunit;
using Yinxin.Testing;
using Yinxin.Trust.Bundles;
using Yinxin.Trust.Certificates.Paths;
using Yinxin.Trust.Suites;
using Yinxin.Trust.Tests.Server;
using Yinxin.Trust.TrustLists;
using Yinxin.Trust.Validation;

namespace Yinxin.Trust.Tests.TrustLists;

/// <summary>Our own list and the import of others' over HTTP, on either database.</summary>
public abstract class TrustListServerSuite(TrustDatabases databases) : IAsyncLifetime
{
    private readonly AdjustableTime time = new();
    private TrustNode node = null!;

    public async ValueTask InitializeAsync() => node = await databases.StartAsync(await databases.CreateAsync(), time);

    public async ValueTask DisposeAsync()
    {
        await node.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Theory]
    [InlineData("trust-list.jws", "international")]
    [InlineData("trust-list-sm.jws", "sm")]
    public async Task Our_own_list_names_the_authorities_by_purpose_and_keeps_its_number_until_something_changes(string path, string suite)
    {
        var signer = PathCertificate.Of(await node.AuthorityAsync("trust-list-" + suite));
        var jws = await node.Public.GetStringAsync(path);
        var (list, _) = TrustListSignature.Verify(jws, [signer]);
        TrustListRules.Check(list, time.GetUtcNow(), "CN-AH");

        Assert.Equal(1, list.Scheme.SequenceNumber);
        Assert.Equal(14, TrustListAnchors.Of(list).Count);
        Assert.Equal(2, TrustListRules.NextSigners(list, signer).Count);
        Assert.Equal(jws, await node.Public.GetStringAsync(path));
        time.Ahead += TimeSpan.FromDays(16);
        var (next, _) = TrustListSignature.Verify(await node.Public.GetStringAsync(path), [signer]);
        TrustListRules.CheckSuccession(list, next);
        Assert.Equal(2, next.Scheme.SequenceNumber);
    }

    [Fact]
    public async Task Another_schemes_list_is_recognised_and_its_authorities_come_into_the_bundle()
    {
        using var signer = new ListSigner(SignatureAlgorithm.Sm2);
        using var pki = new Validation.ValidationPki(SignatureSuite.Sm);
        var now = time.GetUtcNow();
        var services = new[]
        {
            new TrustService(TrustListTerms.DocumentSigner, [new("zh", "单位证书")], [PathCertificate.Of(pki.Ca)], new(TrustListTerms.Granted, now.AddDays(-10)), []),
            new TrustService(TrustListTerms.SealMaker, [new("zh", "印章")], [PathCertificate.Of(pki.Ca)], new(TrustListTerms.Withdrawn, now.AddDays(-1)), [new(TrustListTerms.Granted, now.AddDays(-10))]),
        };
        var jws = signer.Sign(List(4, services));
        var view = await PostAsync(new { jws, signer = Pinned(signer), location = "https://lists.example/js" }).AnswerAsync(HttpStatusCode.Created);
        Assert.Equal("CN-JS", view.GetProperty("territory").GetString());

        var bundle = TrustBundle.Parse(await node.Public.GetByteArrayAsync("trust-bundle.json"));
        Assert.Contains(bundle.AnchorsFor(AnchorPurposes.DocumentSigner, SignatureSuite.Sm), c => c.Equals(pki.Ca));
        Assert.DoesNotContain(bundle.AnchorsFor(AnchorPurposes.SealMaker, SignatureSuite.Sm), c => c.Equals(pki.Ca));
        var seals = ValidationMaterial.Of(bundle).Anchors.Single(a => a.Purpose == AnchorPurposes.SealMaker && a.Certificate.IsSame(PathCertificate.Of(pki.Ca)));
        Assert.True(seals.IsTrustedAt(now.AddDays(-5)));
        Assert.False(seals.IsTrustedAt(now));
        var own = TrustListSignature.Verify(await node.Public.GetStringAsync("trust-list.jws"), [PathCertificate.Of(await node.AuthorityAsync("trust-list-international"))]).List;
        Assert.Contains(own.Scheme.Pointers, p => p.Territory == "CN-JS" && p.Signers.Any(signer.Pinned.IsSame));
        Assert.Equal(jws, await node.Public.GetStringAsync("api/trust-lists/CN-JS"));
        var listed = await node.Public.GetFromJsonAsync<JsonElement>("api/trust-lists");
        Assert.True(Assert.Single(listed.EnumerateArray()).GetProperty("current").GetBoolean());

        time.Ahead += TimeSpan.FromDays(60);
        var later = TrustBundle.Parse(await node.Public.GetByteArrayAsync("trust-bundle.json"));
        Assert.DoesNotContain(later.AnchorsFor(AnchorPurposes.DocumentSigner, SignatureSuite.Sm), c => c.Equals(pki.Ca));
    }

    [Fact]
    public async Task A_list_never_goes_back_and_its_signer_changes_only_as_announced()
    {
        using var first = new ListSigner(SignatureAlgorithm.Es256);
        using var second = new ListSigner(SignatureAlgorithm.Sm2, "Second");
        using var stranger = new ListSigner(SignatureAlgorithm.Es256, "Stranger");
        await DeclinedAsync(first, List(4), "trustList.signer", given: false);
        await ImportAsync(first, List(4), HttpStatusCode.Created);
        await DeclinedAsync(first, List(3), "trustList.sequence", given: false);
        await DeclinedAsync(stranger, List(5), "trustList.signer", given: false);
        await DeclinedAsync(second, List(5), "trustList.signer", given: false);
        var announcing = List(5) with { Scheme = List(5).Scheme with { Pointers = [new(new Uri("https://lists.example/js"), [second.Pinned], TrustListTerms.ListType, List(5).Scheme.OperatorName, "CN-JS")] } };
        await ImportAsync(first, announcing, HttpStatusCode.OK, given: false);
        await ImportAsync(second, List(6), HttpStatusCode.OK, given: false);
        await DeclinedAsync(first, List(7), "trustList.signer", given: false);
    }

    [Fact]
    public async Task What_may_not_be_relied_on_is_refused_with_its_code()
    {
        using var signer = new ListSigner(SignatureAlgorithm.Es256);
        var list = List(1);
        var own = list with { Scheme = list.Scheme with { Territory = "CN-AH" } };
        var old = list with { Scheme = list.Scheme with { IssuedAt = time.GetUtcNow().AddDays(-20), NextUpdate = time.GetUtcNow().AddDays(-1) } };

        await DeclinedAsync(signer, own, "trustList.territory");
        await DeclinedAsync(signer, old, "trustList.expired");
        await PostAsync(new { jws = signer.Sign(list), signer = Pinned(signer), territory = "CN-ZJ" }).RefusedAsync(HttpStatusCode.UnprocessableEntity, "trustList.territory");
        await PostAsync(new { jws = "a.b.c", signer = Pinned(signer) }).RefusedAsync(HttpStatusCode.UnprocessableEntity, "trustList.jws");
        await PostAsync(new { jws = signer.Sign(list), signer = "AAAA" }).RefusedAsync(HttpStatusCode.UnprocessableEntity, "trustList.request");
        await PostAsync(new { }).RefusedAsync(HttpStatusCode.UnprocessableEntity, "trustList.request");
        using var unauthorised = await node.Public.PostAsJsonAsync("api/trust-lists", new { jws = signer.Sign(list) });
        Assert.Equal(HttpStatusCode.Unauthorized, unauthorised.StatusCode);
        using var forbidden = await node.With("trust.certify").PostAsJsonAsync("api/trust-lists", new { jws = signer.Sign(list) });
        Assert.Equal(HttpStatusCode.Forbidden, forbidden.StatusCode);
    }

    private TrustList List(long sequence, params TrustService[] services)
    {
        var now = time.GetUtcNow();
        return ListSigner.List(ListSigner.Scheme(sequence, "CN-JS") with { IssuedAt = now.AddHours(sequence - 10), NextUpdate = now.AddDays(30) }, services);
    }

    private static string Pinned(ListSigner signer) => Convert.ToBase64String(signer.Certificate.GetEncoded());

    private Task<HttpResponseMessage> PostAsync(object body) => node.With("trust.lists").PostAsJsonAsync("api/trust-lists", body);

    private Task<JsonElement> ImportAsync(ListSigner signer, TrustList list, HttpStatusCode status, bool given = true) =>
        PostAsync(new { jws = signer.Sign(list), signer = given ? Pinned(signer) : null, location = "https://lists.example/js" }).AnswerAsync(status);

    private Task<JsonElement> DeclinedAsync(ListSigner signer, TrustList list, string code, bool given = true) =>
        PostAsync(new { jws = signer.Sign(list), signer = given ? Pinned(signer) : null }).RefusedAsync(HttpStatusCode.UnprocessableEntity, code);
}

public sealed class SqliteTrustListTests(SqliteTrust databases) : TrustListServerSuite(databases), IClassFixture<SqliteTrust>;

public sealed class PostgresTrustListTests(PostgresTrust databases) : TrustListServerSuite(databases), IClassFixture<PostgresTrust>;
