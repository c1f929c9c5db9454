using Yinxin.Trust.Certificates.Paths;
using Yinxin.Trust.Validation;

namespace Yinxin.Trust.TrustLists;

/// <summary>A list that is relied on.</summary>
/// <param name="List">The list.</param>
/// <param name="Signer">Who signed it.</param>
/// <param name="Jws">As it came.</param>
/// <param name="Location">Where it came from; null for one that was handed in.</param>
public sealed record RecognisedList(TrustList List, PathCertificate Signer, string Jws, Uri? Location);

/// <summary>A pointer that could not be followed.</summary>
/// <param name="Location">Where.</param>
/// <param name="Code">Code of <see cref="TrustListException"/>, or <c>trustList.fetch</c>.</param>
/// <param name="Message">What was wrong.</param>
public sealed record PointerFailure(Uri Location, string Code, string Message);

/// <summary>Follows pointers from a list that is relied on to those that it recognises, one step: whom they recognise in turn is their affair.</summary>
public static class RecognisedLists
{
    private const int MostPointers = 100;

    /// <summary>Fetches and verifies what a list points to. One that fails does not harm the others.</summary>
    /// <param name="list">A list that is relied on.</param>
    /// <param name="fetch">Gets a list; the caller's limits on address, size and time hold.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static async Task<(IReadOnlyList<RecognisedList> Lists, IReadOnlyList<PointerFailure> Failures)> FollowAsync(
        TrustList list, Func<Uri, CancellationToken, Task<string>> fetch, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var lists = new List<RecognisedList>();
        var failures = new List<PointerFailure>();
        foreach (var pointer in list.Scheme.Pointers.Where(p => p.Territory != list.Scheme.Territory || p.Type != list.Scheme.Type).Take(MostPointers))
        {
            try
            {
                var jws = await fetch(pointer.Location, cancellationToken).ConfigureAwait(false);
                var (found, signer) = TrustListSignature.Verify(jws, pointer.Signers);
                TrustListRules.Check(found, now, pointer.Territory);
                lists.Add(new RecognisedList(found, signer, jws, pointer.Location));
            }
            catch (TrustListException e)
            {
                failures.Add(new PointerFailure(pointer.Location, e.Code, e.Message));
            }
            catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                failures.Add(new PointerFailure(pointer.Location, "trustList.fetch", e.Message));
            }
        }

        return (lists, failures);
    }

    /// <summary>The anchors of several lists together. The same certificate for the same purpose is trusted when one of them trusts it.</summary>
    public static IReadOnlyList<TrustedAnchor> Anchors(IEnumerable<TrustList> lists) => [.. lists.SelectMany(TrustListAnchors.Of)];
}
