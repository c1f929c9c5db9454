using Yinxin.Launch.Platform;

namespace Yinxin.EndToEnd.Browsing;

/// <summary>A platform that compares faces by its own models, and a Chromium with a camera that shows a test picture: no face, which is what a test may show without a person.</summary>
public sealed class CameraFixture : BrowserFixture
{
    protected override IReadOnlyList<string> Arguments => ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"];

    protected override async Task<PlatformOptions> OptionsAsync(PlatformOptions options)
    {
        var usual = await base.OptionsAsync(options);
        return usual with { Overrides = [.. usual.Overrides, ("identity", "RealPerson:Provider", "local")] };
    }
}
