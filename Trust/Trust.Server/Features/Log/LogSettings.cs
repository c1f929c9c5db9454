using System.ComponentModel.DataAnnotations;

namespace Yinxin.Trust.Server.Features.Log;

/// <summary>The transparency log of this node. Section <c>Log</c>.</summary>
internal sealed class LogSettings
{
    public const string Section = "Log";

    /// <summary>Name on every checkpoint; by default the public address without its scheme, and <c>/log</c>. It never changes.</summary>
    public string? Origin { get; set; }

    /// <summary>Where tiles and bundles lie; by default <c>log</c> in the data directory. Several nodes of one database share it.</summary>
    public string? Directory { get; set; }

    /// <summary>How long a writer of tiles keeps its turn without a sign of life. Only liveness depends on it, and on the clocks.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:05:00")]
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long an append waits for its inclusion proof before it answers without.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan AppendWait { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Who is asked to cosign each checkpoint.</summary>
    public List<WitnessAddress> Witnesses { get; set; } = [];

    /// <summary>Cosignatures without which a checkpoint is not published.</summary>
    [Range(0, 16)]
    public int Quorum { get; set; }

    /// <summary>How long the witnesses are waited for.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:01:00")]
    public TimeSpan WitnessWait { get; set; } = TimeSpan.FromSeconds(2);

    internal sealed class WitnessAddress
    {
        /// <summary>Prefix of <c>/add-checkpoint</c>.</summary>
        public string Address { get; set; } = "";

        /// <summary><c>name+hash+base64</c> of type 0x04.</summary>
        public string Key { get; set; } = "";
    }
}
