namespace Yinxin.Trust.Server.Features.Witnessing;

/// <summary>The logs that this node witnesses. Section <c>Witness</c>; without logs it witnesses none.</summary>
internal sealed class WitnessSettings
{
    public const string Section = "Witness";

    /// <summary>Name on the cosignatures; by default the public address without its scheme, and <c>/witness</c>.</summary>
    public string? Name { get; set; }

    public List<KnownLog> Logs { get; set; } = [];

    internal sealed class KnownLog
    {
        public string Origin { get; set; } = "";

        /// <summary>Each <c>name+hash+base64</c>; one of them must have signed.</summary>
        public List<string> Keys { get; set; } = [];
    }
}
