using System.Net;
using Microsoft.Extensions.Options;
using Yinxin.Identity.Server.Features.SignIn;

namespace Yinxin.Identity.Server.Features.Challenge;

/// <summary>
/// How much is tried on this node: for what was typed, from an address, in all. It knows what was typed and never whose it is, so a name with and one without an account are under
/// the same pressure, and asking costs neither a statement nor a hash.
/// </summary>
internal sealed class ChallengePressure(IOptions<ChallengeSettings> settings, TimeProvider time)
{
    private const string Everybody = "*";
    private readonly PressureGauge subjects = new(TimeSpan.FromHours(1), time);
    private readonly PressureGauge addresses = new(TimeSpan.FromHours(1), time);
    private readonly PressureGauge all = new(TimeSpan.FromMinutes(1), time);
    private readonly PressureGauge waits = new(TimeSpan.FromSeconds(settings.Value.WaitSeconds), time);

    /// <summary>Below one: nothing is asked for. Two means: twice the threshold.</summary>
    public double Of(string purpose, string subject, IPAddress? address)
    {
        var (perSubject, perAddress) = Thresholds(purpose);
        return Math.Max(
            Math.Max((double)subjects.Count(Key(purpose, subject)) / perSubject, (double)addresses.Count(Key(purpose, FailureWindow.Range(address))) / perAddress),
            (double)all.Count(Key(purpose, Everybody)) / settings.Value.PerMinute);
    }

    public void Add(string purpose, string subject, IPAddress? address)
    {
        subjects.Add(Key(purpose, subject));
        addresses.Add(Key(purpose, FailureWindow.Range(address)));
        all.Add(Key(purpose, Everybody));
    }

    /// <summary>The owner has come in: what was mistyped before is forgotten. The address keeps its count, else a stranger would clear it with an account of his own.</summary>
    public void Forget(string purpose, string subject) => subjects.Clear(Key(purpose, subject));

    /// <summary>
    /// One wait counts for each address at a time: whoever waits for a thousand proofs at once gets no further than whoever waits for one.
    /// </summary>
    public bool TryTakeWait(IPAddress? address)
    {
        lock (waits)
        {
            var range = FailureWindow.Range(address);
            if (waits.Count(range) > 0)
            {
                return false;
            }

            waits.Add(range);
            return true;
        }
    }

    private (int PerSubject, int PerAddress) Thresholds(string purpose) => purpose switch
    {
        ChallengePurposes.SignIn => (settings.Value.FailuresPerName, settings.Value.FailuresPerAddress),
        ChallengePurposes.Message => (settings.Value.MessagesPerPhone, settings.Value.MessagesPerAddress),
        _ => (settings.Value.ChecksPerNumber, settings.Value.ChecksPerAddress),
    };

    private static string Key(string purpose, string value) => purpose + ":" + value;
}
