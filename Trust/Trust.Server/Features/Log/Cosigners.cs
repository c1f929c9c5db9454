using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Yinxin.Trust.Log;

namespace Yinxin.Trust.Server.Features.Log;

/// <summary>Asks the witnesses for their cosignatures (C2SP tlog-witness, add-checkpoint), all at once, for a bounded time.</summary>
internal sealed class Cosigners(IHttpClientFactory clients, IOptions<LogSettings> settings, ITileStore files, ILogger<Cosigners> log)
{
    public const string ClientName = "witness";
    private const int LargestAnswer = 16 * 1024;
    private readonly List<Witness> witnesses = [.. settings.Value.Witnesses.Select(w => new Witness(new Uri(w.Address.TrimEnd('/') + "/add-checkpoint"), NoteVerifier.Parse(w.Key)))];

    /// <summary>The note with the cosignatures that came in time; null when they are fewer than the quorum.</summary>
    /// <param name="note">Signed by the log.</param>
    /// <param name="size">Size of its tree, whose tiles are stored.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public async Task<SignedNote?> CosignAsync(SignedNote note, long size, CancellationToken cancellationToken)
    {
        if (witnesses.Count == 0)
        {
            return note;
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(settings.Value.WitnessWait);
        var answers = await Task.WhenAll(witnesses.Select(w => AskAsync(w, note, size, limit.Token)));
        cancellationToken.ThrowIfCancellationRequested();
        List<NoteSignature> cosignatures = [.. answers.OfType<NoteSignature>()];
        if (cosignatures.Count < settings.Value.Quorum)
        {
            log.LogWarning("{Count} cosignatures of the {Quorum} needed: the tree of {Size} entries is not published yet", cosignatures.Count, settings.Value.Quorum, size);
            return null;
        }

        return note with { Signatures = [.. note.Signatures, .. cosignatures] };
    }

    private async Task<NoteSignature?> AskAsync(Witness witness, SignedNote note, long size, CancellationToken cancellationToken)
    {
        try
        {
            // Twice: a witness that knows another size says which.
            return await SendAsync(witness, note, size, cancellationToken) ?? await SendAsync(witness, note, size, cancellationToken);
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or CryptographicException or IOException)
        {
            log.LogWarning("The witness {Witness} did not cosign: {Reason}", witness.Key.Name, e.Message);
            return null;
        }
    }

    private async Task<NoteSignature?> SendAsync(Witness witness, SignedNote note, long size, CancellationToken cancellationToken)
    {
        if (witness.Size > size)
        {
            throw new CryptographicException($"It has seen {witness.Size} entries.");
        }

        using var response = await clients.CreateClient(ClientName).PostAsync(witness.Address, new StringContent(Body(witness.Size, size, note)), cancellationToken);
        var answer = await ReadAsync(response, cancellationToken);
        if (response.StatusCode == HttpStatusCode.Conflict && Checkpoint.TrySize(answer.TrimEnd('\n'), out var known) && known != witness.Size)
        {
            witness.Size = known;
            return null;
        }

        response.EnsureSuccessStatusCode();
        var signature = SignedNote.ParseLines(answer).FirstOrDefault(witness.Key.Made);
        if (signature is null || !witness.Key.Verify(note.Text, signature.Signature.Span))
        {
            throw new CryptographicException("Its cosignature does not verify.");
        }

        witness.Size = size;
        return signature;
    }

    private string Body(long from, long size, SignedNote note)
    {
        IReadOnlyList<byte[]> proof = from is 0 || from == size ? [] : new ProofBuilder(files, size).Consistency(from);
        return $"old {from}\n{string.Concat(proof.Select(h => Convert.ToBase64String(h) + "\n"))}\n{Encoding.UTF8.GetString(note.Encode())}";
    }

    private static async Task<string> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await response.Content.LoadIntoBufferAsync(LargestAnswer, cancellationToken);
        return await response.Content.ReadAsStringAsync(cancellationToken);
    }

    private sealed class Witness(Uri address, NoteVerifier key)
    {
        public Uri Address => address;

        public NoteVerifier Key => key;

        /// <summary>What it cosigned last, as far as this process knows.</summary>
        public long Size { get; set; }
    }
}
