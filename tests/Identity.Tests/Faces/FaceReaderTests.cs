using System.Diagnostics;
using Microsoft.Extensions.Options;
using SkiaSharp;
using Xunit;
using Yinxin.Identity.Faces;

namespace Yinxin.Identity.Tests.Faces;

/// <summary>Engines and pictures by themselves.</summary>
[Collection(FaceStage.Name)]
public sealed class FaceReaderTests(FaceStage stage)
{
    [Fact]
    public async Task Who_finds_no_engine_free_is_told_and_an_engine_that_takes_too_long_is_replaced()
    {
        using var reader = new FaceReader(Options.Create(new FaceSettings { LookLimit = TimeSpan.FromMilliseconds(5), Patience = TimeSpan.FromMilliseconds(50) }));
        var picture = stage.Person.Rest();
        var held = new TaskCompletionSource<int>();
        var holding = reader.WithEngineAsync(_ => held.Task, TestContext.Current.CancellationToken);
        Assert.Equal(FaceFault.Busy, (await Assert.ThrowsAsync<FaceException>(() => reader.ReadAsync(picture, CancellationToken.None))).Fault);

        // What is no picture for it needs no engine to be refused.
        Assert.Equal(FaceFault.NotAPicture, (await Assert.ThrowsAsync<FaceException>(() => reader.ReadAsync(InAnotherFormat(), CancellationToken.None))).Fault);
        held.SetResult(1);
        await holding;

        Assert.Equal(FaceFault.Failed, (await Assert.ThrowsAsync<FaceException>(() => reader.ReadAsync(picture, CancellationToken.None))).Fault);
        Assert.Equal(2640, await reader.WithEngineAsync(engine => Task.FromResult(engine.Triangles().Count), CancellationToken.None));
    }

    [Fact]
    public async Task Who_takes_the_reader_down_waits_for_a_running_engine_and_not_for_ever()
    {
        using var reader = new FaceReader(Options.Create(new FaceSettings { LookLimit = TimeSpan.FromMilliseconds(1) }));
        var running = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var held = new TaskCompletionSource<int>();
        var holding = reader.WithEngineAsync(
            _ =>
            {
                running.SetResult();
                return held.Task;
            },
            CancellationToken.None);
        await running.Task;
        var begun = Stopwatch.GetTimestamp();
        reader.Dispose();
        Assert.InRange(Stopwatch.GetElapsedTime(begun), TimeSpan.FromSeconds(1.5), TimeSpan.FromSeconds(30));
        Assert.Equal(FaceFault.Busy, (await Assert.ThrowsAsync<FaceException>(() => reader.ReadAsync(stage.Person.Rest(), CancellationToken.None))).Fault);
        held.SetResult(1);
        Assert.Equal(1, await holding);
    }

    [Fact]
    public async Task A_file_with_a_byte_more_is_no_other_picture()
    {
        var file = stage.Person.Rest();
        var picture = (await stage.Reader.ReadAsync(file, CancellationToken.None)).PictureDigest;
        Assert.Equal(picture, (await stage.Reader.ReadAsync([.. file, 0], CancellationToken.None)).PictureDigest);
        Assert.NotEqual(picture, (await stage.Reader.ReadAsync(stage.Person.Rest(), CancellationToken.None)).PictureDigest);
    }

    [Fact]
    public async Task A_picture_is_looked_at_as_the_phone_was_held()
    {
        var upright = await stage.Reader.ReadAsync(stage.Person.Rest(), CancellationToken.None);
        var sideways = await stage.Reader.ReadAsync(HeldSideways(stage.Person.Rest()), CancellationToken.None);
        Assert.Equal(upright.Seen.Roll, sideways.Seen.Roll, tolerance: 0.2);
        Assert.InRange(sideways.LikenessTo(upright), 0.8, 1);
    }

    [Fact]
    public async Task Another_face_is_another_person()
    {
        var person = await stage.Reader.ReadAsync(stage.Person.Rest(), CancellationToken.None);
        var photo = await stage.Reader.ReadAsync(stage.Person.Photo(), CancellationToken.None);
        var stranger = await stage.Reader.ReadAsync(stage.Stranger.Rest(), CancellationToken.None);
        Assert.InRange(person.LikenessTo(photo), 0.77, 1);
        Assert.InRange(person.LikenessTo(stranger), 0, 0.58);
    }

    private static byte[] InAnotherFormat()
    {
        using var picture = new SKBitmap(200, 200);
        using var data = picture.Encode(SKEncodedImageFormat.Webp, 90);
        return data.ToArray();
    }

    /// <summary>Turned by a quarter, with the note (EXIF orientation 6) that says how to turn it back.</summary>
    private static byte[] HeldSideways(byte[] jpeg)
    {
        using var picture = SKImage.FromEncodedData(jpeg);
        using var turned = new SKBitmap(picture.Height, picture.Width);
        using (var canvas = new SKCanvas(turned))
        {
            canvas.Translate(0, picture.Width);
            canvas.RotateDegrees(-90);
            canvas.DrawImage(picture, 0, 0, SKSamplingOptions.Default);
        }

        using var data = turned.Encode(SKEncodedImageFormat.Jpeg, 90);
        byte[] note =
        [
            0xFF, 0xE1, 0x00, 0x22, .. "Exif\0\0MM\0*"u8, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0,
        ];
        return [.. data.ToArray()[..2], .. note, .. data.ToArray()[2..]];
    }
}
