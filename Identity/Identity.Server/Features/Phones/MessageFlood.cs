using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Phones;

/// <summary>So many codes were asked for within a minute that no more are sent: what whoever asks is told, and what the operators read, once a minute on each node.</summary>
internal sealed class MessageFlood(ILogger<MessageFlood> log, TimeProvider time)
{
    public static readonly Problem Refused = new(
        "identity.sms.tooManyNow", 503,
        "目前短信发送量过大，请一分钟后再试。您填写的内容没有丢失。",
        "Too many text messages are asked for at the moment. Please try again in a minute; nothing you typed is lost.");

    private long said;

    /// <summary>A code was refused.</summary>
    /// <param name="most">The limit that was reached.</param>
    public void Note(int most)
    {
        var (now, before) = (time.GetUtcNow().UtcTicks, Interlocked.Read(ref said));

        // Of many at once one says it; a clock that was set back does not keep it silent.
        if (Math.Abs(now - before) >= TimeSpan.TicksPerMinute && Interlocked.CompareExchange(ref said, now, before) == before)
        {
            log.LogWarning("Codes by text message have reached their limit of {Most} a minute (PhoneCodes:PerMinute); further ones are refused for the moment", most);
        }
    }
}
