using System.Buffers.Binary;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance.Evidences;
using Yinxin.Identity.Server.Features.Raising.RealPersons.Local;
using Yinxin.Identity.Tests.Accounts;
using Yinxin.Identity.Tests.Hosting;
using Yinxin.Identity.Tests.Presence;
using Yinxin.Identity.Tests.Sources;
using Yinxin.Testing.Faces;

namespace Yinxin.Identity.Tests.Faces;

/// <summary>Presence proven by models of our own: real pictures, real models, real HTTP.</summary>
public abstract class LocalFacesSuite(IdentityFixture identity, FaceStage stage)
{
    [Fact]
    public async Task The_person_on_file_does_what_is_asked_and_the_evidence_names_models_and_scores()
    {
        using var person = await Applicant.RegisteredAsync(identity);
        var ceremony = await FaceCeremony.BeginAsync(identity, person, stage.Person.Photo());
        Assert.Equal(4, ceremony.Asked.Count);
        Assert.Distinct(ceremony.Asked);
        var frames = stage.Person.Perform(ceremony.Asked);
        var tokens = await ceremony.TokensAsync(frames);
        var claims = Answer.Claims(tokens.AccessToken);
        Assert.Equal(Ceremony.Advanced, claims.GetProperty("acr").GetString());
        Assert.Contains("face", claims.GetProperty("amr").EnumerateArray().Select(m => m.GetString()));

        var receipt = await ReceiptAsync(identity, person);
        Assert.Equal("local", receipt.GetProperty("provider").GetString());
        Assert.Equal("@vladmandic/human 3.3.6", receipt.GetProperty("models").GetString());
        Assert.Matches("^[0-9a-f]{64}$", receipt.GetProperty("modelsDigest").GetString());
        Assert.Equal(ceremony.Nonce, receipt.GetProperty("nonce").GetString());
        Assert.Equal(5, receipt.GetProperty("frames").GetArrayLength());
        Assert.Equal(0.65, receipt.GetProperty("leastLikeness").GetDouble());
        var verdict = receipt.GetProperty("verdict");
        Assert.InRange(verdict.GetProperty("likeness").GetDouble(), 0.65, 1);
        Assert.Equal(ceremony.Asked, verdict.GetProperty("actions").EnumerateArray().Select(a => a.GetString()!));

        // The ceremony is over, and its frames are used up for any other: as pictures, whatever stands behind them in the file.
        Assert.Equal("faces.stale", (await ceremony.SendAsync(stage.Person.Perform(ceremony.Asked)))["code"]);
        var next = await FaceCeremony.BeginAsync(identity, person, photo: null);
        Assert.Equal("faces.replayed", (await next.SendAsync([[.. frames[0], 0], .. next.Asked.Select(stage.Person.Do)]))["code"]);
        Assert.Equal("faces.stale", (await next.SendAsync(stage.Person.Perform(next.Asked), ceremony.Nonce))["code"]);
        await next.TokensAsync(stage.Person.Perform(next.Asked));

        // Where the library takes its photo back, the comparison with it counts no more.
        var photo = (await ReceiptAsync(identity, person)).GetProperty("photoReceipt").GetString()!;
        Assert.Equal("withdrawn", await AuthorityEvents.WithdrawAsync(identity, "population", photo));
        Assert.Equal(1, await identity.RowsAsync(
            $"\"Evidence\" WHERE \"Method\" = 'withdrawn' AND \"Source\" = 'local-faces' AND \"SubjectId\" = '{await identity.KeyOfAsync(person.Person.IdNumber)}'"));
    }

    [Fact]
    public async Task Another_person_a_swapped_film_and_other_actions_are_refused_in_the_same_words()
    {
        using var person = await Applicant.RegisteredAsync(identity);
        var ceremony = await FaceCeremony.BeginAsync(identity, person, stage.Person.Photo());
        var stranger = await ceremony.RefusedAsync(stage.Stranger.Perform(ceremony.Asked));
        var receipt = (await ReceiptAsync(identity, person)).GetProperty("verdict");
        Assert.InRange(receipt.GetProperty("likeness").GetDouble(), 0, 0.6);
        Assert.False(receipt.GetProperty("isOnFile").GetBoolean());

        // The right person begins, somebody else goes on.
        await ceremony.AgainAsync();
        var swapped = await ceremony.RefusedAsync([stage.Person.Rest(), stage.Person.Do(ceremony.Asked[0]), .. ceremony.Asked.Skip(1).Select(stage.Stranger.Do)]);
        receipt = (await ReceiptAsync(identity, person)).GetProperty("verdict");
        Assert.True(receipt.GetProperty("isOnFile").GetBoolean());
        Assert.False(receipt.GetProperty("isOnePerson").GetBoolean());

        await ceremony.AgainAsync();
        List<string> others = [.. ceremony.Asked.Skip(1), ceremony.Asked[0]];
        var disordered = await ceremony.RefusedAsync(stage.Person.Perform(others));
        receipt = (await ReceiptAsync(identity, person)).GetProperty("verdict");
        Assert.True(receipt.GetProperty("isOnFile").GetBoolean());
        Assert.Equal(others, receipt.GetProperty("actions").EnumerateArray().Select(a => a.GetString()!));

        // Nobody learns which rule held them up.
        foreach (var text in (string[])[stranger, swapped, disordered])
        {
            Assert.Contains("未能确认是您本人在场", text, StringComparison.Ordinal);
            Assert.DoesNotContain("0.", text.Split("<main")[1].Split("</main>")[0], StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Giant_pictures_repeated_frames_and_a_sixth_try_are_refused()
    {
        using var person = await Applicant.RegisteredAsync(identity);
        var ceremony = await FaceCeremony.BeginAsync(identity, person, photo: null);
        var rest = stage.Person.Rest();
        IReadOnlyList<byte[]> acted = [.. ceremony.Asked.Select(stage.Person.Do)];
        Assert.Equal("faces.tooLarge", (await ceremony.SendAsync([new byte[(4 * 1024 * 1024) + 1], .. acted]))["code"]);
        Assert.Equal("faces.tooLarge", (await ceremony.SendAsync([Bomb(), .. acted]))["code"]);
        Assert.Equal("faces.replayed", (await ceremony.SendAsync([rest, acted[0], acted[0], .. acted.Skip(2)]))["code"]);

        // One picture too many, and one too few: nothing was looked at, and it is no try.
        Assert.Equal("faces.incomplete", (await ceremony.SendAsync([rest, .. acted, stage.Person.Rest()]))["code"]);
        Assert.Equal("faces.incomplete", (await ceremony.SendAsync(acted))["code"]);

        // There is nothing on file to compare with: the window helps.
        Assert.Equal("faces.noPhoto", (await ceremony.SendAsync([rest, .. acted]))["code"]);
        Assert.Equal("faces.replayed", (await ceremony.SendAsync([rest, [.. rest, 0], .. acted.Skip(1)]))["code"]);
        Assert.Equal("faces.noPhoto", (await ceremony.SendAsync([rest, .. acted]))["code"]);
        Assert.Equal("faces.stale", (await ceremony.SendAsync([rest, .. acted]))["code"]);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await person.Browser.GetAsync(ceremony.Capture)).StatusCode);
    }

    [Fact]
    public async Task A_challenge_is_stale_after_its_time_and_in_another_session()
    {
        using var person = await Applicant.RegisteredAsync(identity);
        var ceremony = await FaceCeremony.BeginAsync(identity, person, photo: null);
        using (var other = await Applicant.RegisteredAsync(identity))
        {
            var seen = await other.Browser.GetAsync(ceremony.Capture);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, seen.StatusCode);
            Assert.DoesNotContain(ceremony.Nonce, await seen.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        identity.Time.Advance(TimeSpan.FromMinutes(11));
        Assert.Equal("faces.stale", (await ceremony.SendAsync(stage.Person.Perform(ceremony.Asked)))["code"]);
    }

    [Fact]
    public async Task Of_two_tries_at_once_one_is_put_off_and_pays_nothing()
    {
        using var person = await Applicant.RegisteredAsync(identity);
        var ceremony = await FaceCeremony.BeginAsync(identity, person, photo: null);
        var frames = stage.Person.Perform(ceremony.Asked);
        var held = new TaskCompletionSource<int>();
        var holding = stage.Reader.WithEngineAsync(_ => held.Task, CancellationToken.None);
        Task<Answer>[] tries = [ceremony.SendAsync(frames), ceremony.SendAsync(frames)];
        var answered = await Task.WhenAny(tries);
        held.SetResult(1);
        await holding;
        Assert.Equal("faces.crowded", (await answered)["code"]);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await answered).Status);
        Assert.Equal("10", (await answered).Response.Headers.GetValues("Retry-After").Single());
        Assert.Equal("faces.noPhoto", (await tries.Single(t => t != answered))["code"]);
        Assert.Equal(1, await identity.RowsAsync($"\"FaceChecks\" WHERE \"Nonce\" = '{ceremony.Nonce}' AND \"Tries\" = 1"));

        // The next one may come.
        Assert.Equal("faces.noPhoto", (await ceremony.SendAsync(frames))["code"]);
    }

    [Fact]
    public async Task Pictures_of_a_few_people_at_most_are_held_at_once_and_whoever_comes_on_top_is_told_so_in_words()
    {
        List<Applicant> people = [];
        List<FaceCeremony> ceremonies = [];
        var held = new TaskCompletionSource<int>();
        var holding = Task.FromResult(0);
        try
        {
            for (var n = 0; n < 5; n++)
            {
                people.Add(await Applicant.RegisteredAsync(identity));
                ceremonies.Add(await FaceCeremony.BeginAsync(identity, people[n], photo: null));
            }

            var frames = ceremonies.Select(c => stage.Person.Perform(c.Asked)).ToList();
            holding = stage.Reader.WithEngineAsync(_ => held.Task, CancellationToken.None);
            var sendings = ceremonies.Select((c, n) => c.PostAsync(frames[n])).ToList();
            var refused = await await Task.WhenAny(sendings);
            Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
            var page = await Applicant.TextAsync(refused);
            Assert.Contains("本次核验没有作废", page, StringComparison.Ordinal);
            Assert.Contains("href=\"/face-check/", page, StringComparison.Ordinal);
            held.SetResult(1);
            var answers = await Task.WhenAll(sendings);
            Assert.Equal(4, answers.Count(a => a.StatusCode == HttpStatusCode.UnprocessableEntity));
        }
        finally
        {
            held.TrySetResult(1);
            await holding;
            people.ForEach(p => p.Dispose());
        }
    }

    [Fact]
    public async Task Who_leaves_or_sends_no_picture_has_not_failed_and_loses_no_try()
    {
        using var person = await Applicant.RegisteredAsync(identity);
        var ceremony = await FaceCeremony.BeginAsync(identity, person, photo: null);
        for (var n = 0; n < 6; n++)
        {
            Assert.Equal("faces.incomplete", (await ceremony.SendAsync([]))["code"]);
        }

        Assert.Equal(1, await identity.RowsAsync($"\"FaceChecks\" WHERE \"Nonce\" = '{ceremony.Nonce}' AND \"Tries\" = 0"));
        for (var n = 0; n < 4; n++)
        {
            var left = await person.Browser.GetAsync(ceremony.Leave);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, left.StatusCode);
            var text = await Applicant.TextAsync(left);
            Assert.Contains("不计入次数", text, StringComparison.Ordinal);
            Assert.Contains("href=\"/presence?ReturnUrl=", text, StringComparison.Ordinal);
            await ceremony.AgainAsync();
        }

        var raising = await FaceCeremony.RaisingAsync(identity, person, photo: null);
        Assert.Contains("不计入次数", await person.ReadAsync(raising.Leave), StringComparison.Ordinal);
        var key = await identity.KeyOfAsync(person.Person.IdNumber);
        Assert.Equal(0, await identity.RowsAsync($"\"Evidence\" WHERE \"Kind\" IN ('transaction-proof', 'real-person') AND \"SubjectId\" = '{key}'"));
        Assert.Equal("faces.noPhoto", (await ceremony.SendAsync(stage.Person.Perform(ceremony.Asked)))["code"]);
    }

    [Fact]
    public async Task A_photo_that_is_taken_back_before_the_person_comes_back_raises_nobody_and_proves_nothing()
    {
        using var person = await Applicant.RegisteredAsync(identity);
        var key = await identity.KeyOfAsync(person.Person.IdNumber);
        foreach (var raising in (bool[])[true, false])
        {
            var ceremony = raising ? await FaceCeremony.RaisingAsync(identity, person, stage.Person.Photo()) : await FaceCeremony.BeginAsync(identity, person, photo: null);
            var back = await ceremony.JudgedAsync(stage.Person.Perform(ceremony.Asked));
            Assert.Equal("nobody", await AuthorityEvents.WithdrawAsync(identity, "population", await ceremony.PhotoAsync(identity)));
            var refused = await person.Browser.GetAsync(back);
            Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
            Assert.Contains("来源撤回了这次答复", await Applicant.TextAsync(refused), StringComparison.Ordinal);
        }

        Assert.Contains("id=\"level\">初级", await person.ReadAsync("/account"), StringComparison.Ordinal);
        Assert.Equal(0, await identity.RowsAsync($"\"Evidence\" WHERE \"Source\" = 'local-faces' AND \"SubjectId\" = '{key}'"));
        Assert.Equal(0, await identity.RowsAsync($"\"PresenceProofs\" WHERE \"AccountId\" = '{key}'"));
        Assert.Equal(2, await identity.RowsAsync(
            $"\"AuditRecords\" WHERE \"Action\" IN ('person.realPerson', 'presence.proof') AND \"Result\" = 'identity.raise.changedMeanwhile' AND \"SubjectId\" = '{key.ToLowerInvariant()}'"));

        // With a photo that stands it goes on.
        var again = await FaceCeremony.RaisingAsync(identity, person, photo: null);
        Assert.Equal("/account", (await person.Browser.GetAsync(await again.JudgedAsync(stage.Person.Perform(again.Asked)))).Headers.Location?.OriginalString);
        Assert.Contains("id=\"level\">中级", await person.ReadAsync("/account"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_try_for_which_no_engine_is_free_is_given_back()
    {
        using var person = await Applicant.RegisteredAsync(identity);
        var ceremony = await FaceCeremony.BeginAsync(identity, person, photo: null);
        var frames = stage.Person.Perform(ceremony.Asked);
        var patience = stage.Settings.Patience;
        var held = new TaskCompletionSource<int>();
        var holding = stage.Reader.WithEngineAsync(_ => held.Task, CancellationToken.None);
        stage.Settings.Patience = TimeSpan.FromMilliseconds(50);
        try
        {
            var busy = await ceremony.SendAsync(frames);
            Assert.Equal("faces.busy", busy["code"]);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, busy.Status);
        }
        finally
        {
            stage.Settings.Patience = patience;
            held.SetResult(1);
            await holding;
        }

        Assert.Equal(1, await identity.RowsAsync($"\"FaceChecks\" WHERE \"Nonce\" = '{ceremony.Nonce}' AND \"Tries\" = 0"));
    }

    [Fact]
    public async Task Old_frames_are_forgotten_however_many_there_are()
    {
        await using var scope = identity.Services.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<IdentityContext>();
        var old = identity.Time.GetUtcNow().AddDays(-91);
        database.FaceFrames.AddRange(Enumerable.Range(0, 1001).Select(_ => new FaceFrame { Digest = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)), SeenAt = old }));
        await database.SaveChangesAsync();
        await scope.ServiceProvider.GetRequiredService<FaceChecks>().SweepAsync(CancellationToken.None);
        Assert.Equal(0, await database.FaceFrames.CountAsync(f => f.SeenAt <= old));
    }

    /// <summary>A JPEG of a few kilobytes whose header claims 900 megapixels.</summary>
    private static byte[] Bomb()
    {
        var jpeg = FaceActor.Nobody();
        var header = jpeg.AsSpan().IndexOf([(byte)0xFF, (byte)0xC0]);
        BinaryPrimitives.WriteUInt16BigEndian(jpeg.AsSpan(header + 5), 30_000);
        BinaryPrimitives.WriteUInt16BigEndian(jpeg.AsSpan(header + 7), 30_000);
        return jpeg;
    }

    /// <summary>What the newest evidence of a person's presence says.</summary>
    internal static async Task<JsonElement> ReceiptAsync(IdentityFixture identity, Applicant person)
    {
        await using var scope = identity.Services.CreateAsyncScope();
        var database = scope.ServiceProvider.GetRequiredService<IdentityContext>();
        var personal = scope.ServiceProvider.GetRequiredService<PersonalData>();
        var indexes = personal.Indexes(Purposes.IdNumber, person.Person.IdNumber);
        var id = await database.Persons.Where(p => indexes.Contains(p.IdNumberIndex)).Select(p => p.Id).SingleAsync();
        var evidence = await database.Evidence.AsNoTracking().Where(e => e.SubjectId == id && e.Kind == EvidenceKinds.TransactionProof).OrderByDescending(e => e.Place).FirstAsync();
        Assert.Equal("local-faces", evidence.Source);
        using var receipt = JsonDocument.Parse(EvidenceReceipt.Read(evidence, personal)!);
        return receipt.RootElement.Clone();
    }
}

[Collection(FaceStage.Name)]
public sealed class LocalFacesOnPostgres(LocalFacesPostgres identity, FaceStage stage) : LocalFacesSuite(identity, stage), IClassFixture<LocalFacesPostgres>;
