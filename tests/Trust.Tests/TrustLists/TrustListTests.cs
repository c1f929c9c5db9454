using System.Buffers.Text;
using System.Text;
using System.Text.Json.Nodes;
using Xunit;
using Yinxin.Trust.Bundles;
using Yinxin.Trust.Certificates.Paths;
using Yinxin.Trust.Suites;
using Yinxin.Trust.Tests.Validation;
using Yinxin.Trust.TrustLists;
using Yinxin.Trust.Validation;

namespace Yinxin.Trust.Tests.TrustLists;

/// <summary>Signed lists: reading, signature, succession, roll-over, recognition, and the anchors that come from them.</summary>
public sealed class TrustListTests
{
    private static readonly DateTimeOffset Now = ListSigner.Issued.AddDays(5);

    [Theory]
    [InlineData(SignatureAlgorithm.Es256)]
    [InlineData(SignatureAlgorithm.Es384)]
    [InlineData(SignatureAlgorithm.Rs256)]
    [InlineData(SignatureAlgorithm.Ps256)]
    [InlineData(SignatureAlgorithm.Ed25519)]
    [InlineData(SignatureAlgorithm.Sm2)]
    public void A_list_of_either_suite_is_read_back_as_it_was_signed(SignatureAlgorithm algorithm)
    {
        using var signer = new ListSigner(algorithm);
        using var pki = new ValidationPki(algorithm.Suite());
        var list = ListSigner.List(
            ListSigner.Scheme(3, "CN-AH", Pointer(signer, "CN-JS")),
            new TrustService(TrustListTerms.DocumentSigner, [new("zh", "单位证书")], [PathCertificate.Of(pki.Ca)], new(TrustListTerms.Withdrawn, Now.AddDays(-10)), [new(TrustListTerms.Granted, Now.AddDays(-100))]));

        var (read, by) = TrustListSignature.Verify(signer.Sign(list), [signer.Pinned]);
        TrustListRules.Check(read, Now, "CN-AH");

        Assert.Equal(TrustListJson.Write(list), TrustListJson.Write(read));
        Assert.True(by.IsSame(signer.Pinned));
    }

    [Fact]
    public void A_changed_byte_anywhere_is_seen()
    {
        using var signer = new ListSigner(SignatureAlgorithm.Sm2);
        var jws = signer.Sign(ListSigner.List(ListSigner.Scheme()));

        for (var i = 0; i < jws.Length; i += 7)
        {
            var changed = jws.ToCharArray();
            changed[i] = changed[i] == 'A' ? 'B' : 'A';
            Assert.Throws<TrustListException>(() => TrustListSignature.Verify(new string(changed), [signer.Pinned]));
        }
    }

    [Fact]
    public void Only_a_pinned_certificate_may_sign()
    {
        using var signer = new ListSigner(SignatureAlgorithm.Es256);
        using var other = new ListSigner(SignatureAlgorithm.Es256);

        Refused("trustList.signer", () => TrustListSignature.Verify(signer.Sign(ListSigner.List(ListSigner.Scheme())), [other.Pinned]));
        Refused("trustList.signer", () => TrustListSignature.Verify(signer.Sign(ListSigner.List(ListSigner.Scheme() with { IssuedAt = Now.AddYears(9), NextUpdate = Now.AddYears(9).AddDays(1) })), [signer.Pinned]));
    }

    [Theory]
    [InlineData("""{"alg":"none"}""", "trustList.algorithm")]
    [InlineData("""{"alg":"HS256"}""", "trustList.algorithm")]
    [InlineData("""{"alg":"ES256","crit":["exp"]}""", "trustList.crit")]
    [InlineData("""{"alg":"ES256","b64":false}""", "trustList.crit")]
    [InlineData("""{"alg":"ES256","alg":"ES256"}""", "trustList.jws")]
    [InlineData("""{"alg":"ES256"}""", "trustList.member")]
    [InlineData("""{"alg":"ES256","x5c":[]}""", "trustList.member")]
    [InlineData("""{"alg":"ES256","x5c":[1]}""", "trustList.jws")]
    [InlineData("[]", "trustList.jws")]
    public void A_header_that_is_not_understood_is_refused(string header, string code)
    {
        using var signer = new ListSigner(SignatureAlgorithm.Es256);
        var parts = signer.Sign(ListSigner.List(ListSigner.Scheme())).Split('.');

        Refused(code, () => TrustListSignature.Verify($"{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(header))}.{parts[1]}.{parts[2]}", [signer.Pinned]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a.b")]
    [InlineData("a.b.c.d")]
    [InlineData("!.b.c")]
    public void What_is_no_compact_jws_is_refused(string jws) => Refused("trustList.jws", () => TrustListSignature.Verify(jws, []));

    [Theory]
    [InlineData("LoTEVersionIdentifier", "2")]
    [InlineData("LoTESequenceNumber", "0")]
    [InlineData("LoTESequenceNumber", "1.5")]
    [InlineData("LoTESequenceNumber", "\"1\"")]
    [InlineData("LoTEType", "\"no uri\"")]
    [InlineData("SchemeTerritory", "\"Anhui\"")]
    [InlineData("ListIssueDateTime", "\"2026-06-01\"")]
    [InlineData("ListIssueDateTime", "\"2026-06-01T00:00:00+08:00\"")]
    [InlineData("SchemeOperatorName", "[]")]
    [InlineData("SchemeOperatorName", "[{\"lang\":\"zh\"}]")]
    [InlineData("NextUpdate", "null")]
    [InlineData("PointersToOtherLoTE", "{}")]
    public void A_malformed_member_is_refused_by_its_name(string member, string value)
    {
        var json = JsonNode.Parse(TrustListJson.Write(ListSigner.List(ListSigner.Scheme())))!;
        json["LoTE"]!["ListAndSchemeInformation"]![member] = JsonNode.Parse(value);

        var refusal = Assert.Throws<TrustListException>(() => TrustListJson.Read(Encoding.UTF8.GetBytes(json.ToJsonString())));

        Assert.Equal("trustList.member", refusal.Code);
    }

    [Fact]
    public void Duplicates_critical_extensions_depth_and_size_are_refused()
    {
        var json = Encoding.UTF8.GetString(TrustListJson.Write(ListSigner.List(ListSigner.Scheme())));

        Refused("trustList.json", () => TrustListJson.Read(Encoding.UTF8.GetBytes(json.Replace("\"LoTESequenceNumber\":1", "\"LoTESequenceNumber\":1,\"LoTESequenceNumber\":2", StringComparison.Ordinal))));
        Refused("trustList.critical", () => TrustListJson.Read(Encoding.UTF8.GetBytes(json.Replace("\"LoTESequenceNumber\":1", "\"LoTESequenceNumber\":1,\"SchemeExtensions\":[{\"critical\":true}]", StringComparison.Ordinal))));
        Refused("trustList.json", () => TrustListJson.Read(Encoding.UTF8.GetBytes(new string('[', 100_000))));
        Refused("trustList.size", () => TrustListJson.Read(new byte[TrustListJson.Largest + 1]));
        Refused("trustList.limit", () => TrustListJson.Read(Encoding.UTF8.GetBytes(json.Replace("\"TrustedEntitiesList\":[]", $"\"TrustedEntitiesList\":[{string.Join(',', Enumerable.Repeat("{}", 1001))}]", StringComparison.Ordinal))));
        Assert.NotNull(TrustListJson.Read(Encoding.UTF8.GetBytes(json.Replace("\"LoTESequenceNumber\":1", "\"LoTESequenceNumber\":1,\"Unused\":{\"critical\":true},\"SchemeExtensions\":[{\"critical\":false}]", StringComparison.Ordinal))));
    }

    [Fact]
    public void Times_and_territory_are_checked()
    {
        var list = ListSigner.List(ListSigner.Scheme());

        TrustListRules.Check(list, Now, "CN-AH");
        Refused("trustList.territory", () => TrustListRules.Check(list, Now, "CN-JS"));
        Refused("trustList.future", () => TrustListRules.Check(list, ListSigner.Issued));
        Refused("trustList.expired", () => TrustListRules.Check(list, Now.AddDays(40)));
        Refused("trustList.period", () => TrustListRules.Check(ListSigner.List(ListSigner.Scheme() with { NextUpdate = Now.AddYears(1) }), Now));
    }

    [Fact]
    public void The_sequence_never_goes_back()
    {
        var first = ListSigner.List(ListSigner.Scheme(5));

        TrustListRules.CheckSuccession(first, first);
        TrustListRules.CheckSuccession(first, ListSigner.List(ListSigner.Scheme(6)));
        Refused("trustList.sequence", () => TrustListRules.CheckSuccession(first, ListSigner.List(ListSigner.Scheme(4))));
        Refused("trustList.sequence", () => TrustListRules.CheckSuccession(first, ListSigner.List(ListSigner.Scheme(5) with { Name = [new("zh", "另一个")] })));
        Refused("trustList.sequence", () => TrustListRules.CheckSuccession(first, ListSigner.List(ListSigner.Scheme(6) with { IssuedAt = ListSigner.Issued })));
        Refused("trustList.scheme", () => TrustListRules.CheckSuccession(first, ListSigner.List(ListSigner.Scheme(6, "CN-JS"))));
    }

    [Fact]
    public void The_next_signer_is_the_one_that_the_current_list_announces()
    {
        using var current = new ListSigner(SignatureAlgorithm.Es256);
        using var next = new ListSigner(SignatureAlgorithm.Sm2, "Next signer");
        using var stranger = new ListSigner(SignatureAlgorithm.Es256, "Stranger");
        var scheme = ListSigner.Scheme();
        var announcing = scheme with { Pointers = [Pointer(next, "CN-AH"), Pointer(stranger, "CN-JS")] };
        var (list, signer) = TrustListSignature.Verify(current.Sign(ListSigner.List(announcing)), [current.Pinned]);
        var pinned = TrustListRules.NextSigners(list, signer);

        Assert.Equal(2, pinned.Count);
        Assert.True(TrustListSignature.Verify(next.Sign(ListSigner.List(ListSigner.Scheme(2))), pinned).Signer.IsSame(next.Pinned));
        Refused("trustList.signer", () => TrustListSignature.Verify(stranger.Sign(ListSigner.List(ListSigner.Scheme(2))), pinned));
    }

    [Fact]
    public async Task Pointers_bring_in_the_lists_of_others_and_one_that_fails_harms_none()
    {
        using var own = new ListSigner(SignatureAlgorithm.Es256);
        using var other = new ListSigner(SignatureAlgorithm.Sm2, "Other");
        var list = ListSigner.List(ListSigner.Scheme(1, "CN-AH", Pointer(other, "CN-JS"), Pointer(other, "CN-ZJ"), Pointer(other, "CN-SH"), Pointer(own, "CN-AH")));

        var (lists, failures) = await RecognisedLists.FollowAsync(
            list,
            (at, _) => at.AbsolutePath switch
            {
                "/CN-JS" => Task.FromResult(other.Sign(ListSigner.List(ListSigner.Scheme(9, "CN-JS") with { IssuedAt = Now.AddDays(-1), NextUpdate = Now.AddDays(3) }))),
                "/CN-ZJ" => Task.FromResult(own.Sign(ListSigner.List(ListSigner.Scheme(9, "CN-ZJ")))),
                _ => throw new HttpRequestException("unreachable"),
            },
            Now, TestContext.Current.CancellationToken);

        Assert.Equal("CN-JS", Assert.Single(lists).List.Scheme.Territory);
        Assert.Equal(["trustList.signer", "trustList.fetch"], failures.Select(f => f.Code));
    }

    [Theory]
    [InlineData(SignatureSuite.Sm)]
    [InlineData(SignatureSuite.International)]
    public void The_status_at_the_best_signature_time_picks_the_anchor(SignatureSuite suite)
    {
        using var pki = new ValidationPki(suite);
        var withdrawn = new TrustService(
            TrustListTerms.DocumentSigner, [new("zh", "单位证书")], [PathCertificate.Of(pki.Ca)],
            new(TrustListTerms.Withdrawn, ValidationPki.Day(2026, 4, 1)), [new(TrustListTerms.Granted, ValidationPki.Day(2026, 2, 1))]);
        var stamping = new TrustService(TrustListTerms.Timestamping, [new("zh", "时间戳")], [PathCertificate.Of(pki.TsaCa)], new(TrustListTerms.Granted, ValidationPki.Day(2025, 2, 1)), []);
        var now = ValidationPki.Day(2026, 6, 1);
        var material = pki.Material(pki.Lists(now.AddDays(-1))) with { Anchors = RecognisedLists.Anchors([ListSigner.List(ListSigner.Scheme(), withdrawn, stamping)]) };

        Assert.True(pki.Validate(pki.SignAt(ValidationPki.Day(2026, 3, 1)), material, now).Conclusion.IsPassed);
        Assert.Equal(SubIndication.NoCertificateChainFoundNoPoe, pki.Validate(pki.SignAt(ValidationPki.Day(2026, 5, 1)), material, now).Conclusion.SubIndication);
        Assert.Equal(SubIndication.NoCertificateChainFoundNoPoe, pki.Validate(pki.SignAt(ValidationPki.Day(2026, 1, 15)), material, now).Conclusion.SubIndication);
    }

    [Fact]
    public void Kinds_of_service_and_statuses_that_are_not_used_give_no_anchor()
    {
        using var pki = new ValidationPki(SignatureSuite.International);
        var ca = PathCertificate.Of(pki.Ca);
        var list = ListSigner.List(
            ListSigner.Scheme(),
            new TrustService("urn:other", [new("zh", "其他")], [ca], new(TrustListTerms.Granted, Now), []),
            new TrustService(TrustListTerms.SealMaker, [new("zh", "印章")], [ca], new(TrustListTerms.Withdrawn, Now), []),
            new TrustService("http://uri.etsi.org/TrstSvc/Svctype/CA/QC", [new("en", "QC")], [ca], new("http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/recognisedatnationallevel", Now), []));

        Assert.Equal(AnchorPurposes.DocumentSigner, Assert.Single(TrustListAnchors.Of(list)).Purpose);
    }

    private static TrustListPointer Pointer(ListSigner signer, string territory) => new(
        new Uri($"https://lists.example/{territory}"), [signer.Pinned], TrustListTerms.ListType, ListSigner.Scheme().OperatorName, territory);

    private static void Refused(string code, Action action) => Assert.Equal(code, Assert.Throws<TrustListException>(action).Code);
}
