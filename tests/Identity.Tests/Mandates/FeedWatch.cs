using System.Net;

namespace Yinxin.Identity.Tests.Mandates;

/// <summary>Counts how often an API has taken in what the feed of endings says. Its follower asks one question after the other: what one was answered has been taken in when the next one is asked.</summary>
internal sealed class FeedWatch
{
    private int answered;
    private int taken;

    /// <summary>Questions that were answered.</summary>
    public int Answered => Volatile.Read(ref answered);

    /// <summary>Questions whose answer was taken in.</summary>
    public int TakenIn => Volatile.Read(ref taken);

    /// <summary>Stands between the follower and Identity; a new one each time that the client is made anew.</summary>
    public DelegatingHandler Between() => new Handler(this);

    private sealed class Handler(FeedWatch watch) : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Volatile.Write(ref watch.taken, watch.Answered);
            var answer = await base.SendAsync(request, cancellationToken);
            if (answer.IsSuccessStatusCode || answer.StatusCode == HttpStatusCode.NotModified)
            {
                Interlocked.Increment(ref watch.answered);
            }

            return answer;
        }
    }
}
