using System.Net;
using Xunit;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Testing.Faces;

namespace Yinxin.Identity.Tests.Faces;

/// <summary>Beside the suite, what asks more of the models than of the database: once is enough.</summary>
[Collection(FaceStage.Name)]
public sealed class LocalFacesOnSqlite(LocalFacesIdentity identity, FaceStage stage) : LocalFacesSuite(identity, stage), IClassFixture<LocalFacesIdentity>
{
    private readonly LocalFacesIdentity identity = identity;
    private readonly FaceStage stage = stage;

    [Fact]
    public async Task A_picture_that_cannot_be_judged_costs_a_try_and_the_ceremony_stays_open()
    {
        using var person = await Applicant.RegisteredAsync(identity);
        var ceremony = await FaceCeremony.BeginAsync(identity, person, stage.Person.Photo());
        // The register cannot be asked: not even a try is lost.
        await identity.Sandbox.FailAsync("/population/v1/photos", "forged", 1);
        Assert.Equal("identity.population.unavailable", (await ceremony.SendAsync(stage.Person.Perform(ceremony.Asked)))["code"]);
        await RefusedAsync("faces.noFace", FaceActor.Nobody());
        await RefusedAsync("faces.several", FaceActor.Company());
        await RefusedAsync("faces.notAPicture", "<script>alert(1)</script> is no picture"u8.ToArray());
        var kept = await ceremony.PostAsync([stage.Person.Rest()]);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, kept.StatusCode);
        var page = await Applicant.TextAsync(kept);
        Assert.Contains("请为每一步拍摄一张照片", page, StringComparison.Ordinal);
        Assert.Contains(ceremony.Nonce, page, StringComparison.Ordinal);
        await ceremony.TokensAsync(stage.Person.Perform(ceremony.Asked));

        async Task RefusedAsync(string code, byte[] first)
        {
            var refused = await ceremony.SendAsync([first, .. ceremony.Asked.Select(stage.Person.Do)]);
            Assert.Equal(code, refused["code"]);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.Status);
        }
    }
}
