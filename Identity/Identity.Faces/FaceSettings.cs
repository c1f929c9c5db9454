using System.ComponentModel.DataAnnotations;

namespace Yinxin.Identity.Faces;

/// <summary>Limits of the recognition. The thresholds are of these very models and say nothing about others. Section <c>Faces</c>.</summary>
public sealed class FaceSettings
{
    public const string Section = "Faces";

    /// <summary>Engines that look at pictures side by side; each takes about 300 MB and one core.</summary>
    [Range(1, 16)]
    public int Engines { get; set; } = 1;

    /// <summary>Who waits longer for a free engine is told to come again.</summary>
    public TimeSpan Patience { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>One picture takes a quarter of a second; an engine that needs longer than this is thrown away.</summary>
    public TimeSpan LookLimit { get; set; } = TimeSpan.FromSeconds(8);

    /// <summary>Heap of the script of one engine, in MiB; the models' own memory lies outside.</summary>
    [Range(64, 2048)]
    public int HeapMegabytes { get; set; } = 384;

    /// <summary>
    /// From this likeness on two faces count as one person's. Measured on the few public pictures that can be had: one person under other light, mirrored or
    /// with less contrast 0.77 and more (a turned head 0.68), different persons 0.58 and less. Who takes it to production measures it anew on faces of its own people.
    /// </summary>
    [Range(0.5, 1)]
    public double LeastLikeness { get; set; } = 0.65;

    /// <summary>The same between two frames of one ceremony: a turned head or closed eyes look less like the frame before.</summary>
    [Range(0.4, 1)]
    public double LeastContinuity { get; set; } = 0.6;

    /// <summary>Passive scores are weak: genuine photos had 0.38 to 0.83. This stops the coarse only; the random actions carry the weight.</summary>
    [Range(0, 1)]
    public double LeastReal { get; set; } = 0.3;

    /// <summary>As <see cref="LeastReal"/>: a still photo played to a camera was called alive with 0.93.</summary>
    [Range(0, 1)]
    public double LeastLive { get; set; } = 0.5;

    /// <summary>A face narrower than this, in pixels of the picture as it is looked at, cannot be compared.</summary>
    [Range(32, 400)]
    public int LeastFaceWidth { get; set; } = 80;
}
