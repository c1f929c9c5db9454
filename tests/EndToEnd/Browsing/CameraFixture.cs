using System.Globalization;
using Yinxin.Identity.Faces;
using Yinxin.Launch.Platform;
using Yinxin.Testing.Faces;

namespace Yinxin.EndToEnd.Browsing;

/// <summary>A platform that compares faces by its own models, and a Chromium with a camera that shows a test picture: no face. Who is to be recognised comes as files.</summary>
public sealed class CameraFixture : BrowserFixture
{
    /// <summary>How long a busy machine may take over one picture: longer than people are made to wait.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly Lazy<Task<FaceActor>> actor = new(MakeActorAsync);

    /// <summary>Somebody who does what is asked before a camera; made when the first story wants one.</summary>
    public Task<FaceActor> ActorAsync() => actor.Value;

    protected override IReadOnlyList<string> Arguments => ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"];

    protected override async Task<PlatformOptions> OptionsAsync(PlatformOptions options)
    {
        var usual = await base.OptionsAsync(options);
        return usual with
        {
            Overrides =
            [
                .. usual.Overrides, ("identity", "RealPerson:Provider", "local"),
                ("identity", "Faces:LookLimit", Patience.ToString("c", CultureInfo.InvariantCulture)), ("identity", "Faces:Patience", Patience.ToString("c", CultureInfo.InvariantCulture)),
            ],
        };
    }

    private static async Task<FaceActor> MakeActorAsync()
    {
        using var reader = new FaceReader(Microsoft.Extensions.Options.Options.Create(new FaceSettings { LookLimit = Patience, Patience = Patience }));
        return await FaceActor.FirstAsync(reader);
    }
}
