using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;
using Yinxin.ServiceDefaults.Endings;

namespace Yinxin.ServiceDefaults.Tokens;

/// <summary>
/// The keys that Identity publishes, by the clock of the app. The library's own manager keeps a set for twelve hours, goes on with one of before for one more, and fetches beside the request, which
/// is refused meanwhile. Here a set is fetched anew after <see cref="Kept"/>, and at once where a token names a key that is not in it or the feed of endings has told that one of its keys was
/// withdrawn; the request waits for it and goes on with what it says. While it cannot be fetched, the one of before stands, and after a question that failed nobody waits for the next: an outage of Identity must
/// not stop every service.
/// </summary>
public sealed class IssuerKeys : BaseConfigurationManager, IConfigurationManager<OpenIdConnectConfiguration>
{
    /// <summary>After this a withdrawn key is taken no more, also where the feed is not followed.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromMinutes(5);

    /// <summary>Between two questions: anybody may name a key that there is not.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>The same after one that failed.</summary>
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(10);

    /// <summary>For one question.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly HttpDocumentRetriever documents;
    private readonly TimeProvider time;
    private readonly EndedTokens ended;
    private readonly Lock gate = new();
    private volatile Fetched? current;
    private volatile bool asked;

    /// <summary>Whether this request met a key that is not in the set: only it waits for another set.</summary>
    private readonly AsyncLocal<bool> met = new();
    private Task<OpenIdConnectConfiguration>? running;
    private DateTimeOffset triedAt;
    private int withdrawnThen;
    private bool failed;

    /// <param name="metadataAddress">Of Identity's metadata.</param>
    /// <param name="http">Fetches it.</param>
    /// <param name="requireHttps">Whether to fetch by HTTPS only.</param>
    /// <param name="time">The clock of the app.</param>
    /// <param name="ended">Knows the keys that were withdrawn.</param>
    public IssuerKeys(string metadataAddress, HttpClient http, bool requireHttps, TimeProvider time, EndedTokens ended)
    {
        MetadataAddress = metadataAddress;
        UseLastKnownGoodConfiguration = false;
        documents = new HttpDocumentRetriever(http) { RequireHttps = requireHttps };
        (this.time, this.ended) = (time, ended);
    }

    /// <summary>The set of this moment.</summary>
    /// <param name="cancel">Ends the wait; others may wait for the same answer.</param>
    public async Task<OpenIdConnectConfiguration> GetConfigurationAsync(CancellationToken cancel)
    {
        var known = current;
        if (known is not null && !IsStale(known))
        {
            return known.Set;
        }

        Task<OpenIdConnectConfiguration> fetching;
        lock (gate)
        {
            known = current;
            if (known is not null && running is null && (!IsStale(known) || IsTooSoon()))
            {
                return known.Set;
            }

            if (running is null)
            {
                (asked, triedAt, withdrawnThen) = (false, time.GetUtcNow(), ended.WithdrawnKeys);
                running = FetchAsync();
            }

            fetching = running;
            if (known is not null && failed)
            {
                // It failed before: this try goes on beside the requests.
                _ = fetching.ContinueWith(static t => _ = t.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
                return known.Set;
            }
        }

        try
        {
            return await fetching.WaitAsync(cancel);
        }
        catch (Exception) when (known is not null && !cancel.IsCancellationRequested)
        {
            return known.Set;
        }
    }

    /// <summary>The same, for the library.</summary>
    /// <param name="cancel">Ends the wait.</param>
    public override async Task<BaseConfiguration> GetBaseConfigurationAsync(CancellationToken cancel) => await GetConfigurationAsync(cancel);

    /// <summary>A token did not verify: the library looks again afterwards.</summary>
    public override void RequestRefresh() => asked = met.Value = true;

    private bool IsStale(Fetched known) => (asked && met.Value) || Since(known.At) >= Kept || known.Set.SigningKeys.Any(key => ended.IsWithdrawn(key.KeyId));

    /// <summary>What was told since the last question is not put off: a request with the next key may be here already.</summary>
    private bool IsTooSoon() => withdrawnThen == ended.WithdrawnKeys && Since(triedAt) < (failed ? PauseAfterFailure : Pause);

    /// <summary>A clock that was set back must not prolong anything.</summary>
    private TimeSpan Since(DateTimeOffset at)
    {
        var now = time.GetUtcNow();
        return now < at ? TimeSpan.MaxValue : now - at;
    }

    private async Task<OpenIdConnectConfiguration> FetchAsync()
    {
        // Who starts it holds the gate.
        await Task.Yield();
        var at = time.GetUtcNow();
        OpenIdConnectConfiguration? set = null;
        try
        {
            using var patience = new CancellationTokenSource(Patience);
            set = await OpenIdConnectConfigurationRetriever.GetAsync(MetadataAddress, documents, patience.Token);
            current = new Fetched(set, at);
            return set;
        }
        finally
        {
            lock (gate)
            {
                (running, failed) = (null, set is null);
            }
        }
    }

    private sealed record Fetched(OpenIdConnectConfiguration Set, DateTimeOffset At);
}
