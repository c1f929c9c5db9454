using Microsoft.Extensions.Options;
using Yinxin.ServiceDefaults.Settings;
using Yinxin.Trust.Log;
using Yinxin.Trust.Server.Features.Log;

namespace Yinxin.Trust.Server.Features.Witnessing;

/// <summary>The witness's key and the keys of the logs that it knows.</summary>
internal sealed class WitnessSigner(LogKeys keys, IOptions<WitnessSettings> settings, IOptions<AddressSettings> addresses, TimeProvider time)
{
    private readonly Dictionary<string, IReadOnlyList<NoteVerifier>> logs =
        settings.Value.Logs.ToDictionary(l => l.Origin, l => (IReadOnlyList<NoteVerifier>)[.. l.Keys.Select(NoteVerifier.Parse)], StringComparer.Ordinal);

    private readonly Lazy<Ed25519NoteSigner> signer = new(() =>
        Ed25519NoteSigner.ForWitness(settings.Value.Name ?? LogKeys.WithoutScheme(addresses.Value.Trust) + "/witness", keys.WitnessSeed, time));

    public NoteVerifier Verifier => signer.Value.Verifier;

    public NoteSignature Cosign(string text) => signer.Value.Sign(text);

    public IReadOnlyList<NoteVerifier>? KeysOf(string origin) => logs.GetValueOrDefault(origin);
}
