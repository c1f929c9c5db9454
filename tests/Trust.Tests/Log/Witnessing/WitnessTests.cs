using System.Globalization;
using System.Net;
using System.Text;
using Xunit;
using Yinxin.Trust.Log;
using Yinxin.Trust.Tests.Log.Following;

namespace Yinxin.Trust.Tests.Log.Witnessing;

/// <summary>C2SP tlog-witness, <c>add-checkpoint</c>: each answer that the specification knows, over HTTP.</summary>
public sealed class WitnessTests : IAsyncLifetime
{
    private readonly SampleLog log = new();
    private LogNode? node;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => node = await LogNode.StartAsync([new("Witness:Logs:0:Origin", SampleLog.Origin), new("Witness:Logs:0:Keys:0", SampleLog.Key.Verifier.ToString())]);

    public async ValueTask DisposeAsync()
    {
        await node!.DisposeAsync();
        log.Dispose();
    }

    [Fact]
    public async Task A_log_that_grows_honestly_is_cosigned_at_each_size_and_again_at_the_same()
    {
        var key = NoteVerifier.Parse((await node!.Client.GetStringAsync(new Uri(node.Address, "witness/key"), Cancellation)).Trim());
        var old = 0L;
        foreach (var size in new[] { 1, 256, 700, 700 })
        {
            var (status, body, _) = await SendAsync(Body(old, Proof(old, size), Signed(size)));
            Assert.Equal(HttpStatusCode.OK, status);
            var cosignature = Assert.Single(SignedNote.ParseLines(body));
            Assert.True(key.Made(cosignature) && key.Verify(Head(size).Text, cosignature.Signature.Span));
            Assert.InRange(NoteVerifier.CosignedAt(cosignature.Signature.Span)!.Value, DateTimeOffset.UtcNow.ToUnixTimeSeconds() - 300, DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 1);
            old = size;
        }
    }

    [Fact]
    public async Task A_wrong_old_size_conflicts_and_the_answer_says_the_right_one()
    {
        await DemandAsync(HttpStatusCode.OK, Body(0, [], Signed(256)));
        foreach (var old in new[] { 0, 1, 257 })
        {
            var (status, body, type) = await SendAsync(Body(old, Proof(old, 512), Signed(512)));
            Assert.Equal((HttpStatusCode.Conflict, "256\n", "text/x.tlog.size"), (status, body, type));
        }
    }

    [Fact]
    public async Task Another_root_of_the_same_size_conflicts_and_another_history_has_no_proof()
    {
        await DemandAsync(HttpStatusCode.OK, Body(0, [], Signed(256)));
        var fork = new Checkpoint(SampleLog.Origin, 256, SampleLog.Root32(i => SampleLog.Entry(i + 1), 256));
        await DemandAsync(HttpStatusCode.Conflict, Body(256, [], Note(fork)));
        var longer = new Checkpoint(SampleLog.Origin, 512, SampleLog.Root32(i => SampleLog.Entry(i + 1), 512));
        await DemandAsync(HttpStatusCode.UnprocessableEntity, Body(256, Proof(256, 512), Note(longer)));
        await DemandAsync(HttpStatusCode.UnprocessableEntity, Body(256, [], Signed(512)));
        await DemandAsync(HttpStatusCode.UnprocessableEntity, Body(256, [.. Proof(256, 512), new byte[32]], Signed(512)));
        await DemandAsync(HttpStatusCode.OK, Body(256, Proof(256, 512), Signed(512)));
    }

    [Fact]
    public async Task A_first_checkpoint_comes_without_a_proof_and_an_empty_tree_has_its_own_root()
    {
        await DemandAsync(HttpStatusCode.UnprocessableEntity, Body(0, [new byte[32]], Signed(256)));
        await DemandAsync(HttpStatusCode.UnprocessableEntity, Body(0, [], Note(new Checkpoint(SampleLog.Origin, 0, new byte[32]))));
        await DemandAsync(HttpStatusCode.OK, Body(0, [], Signed(0)));
    }

    [Fact]
    public async Task An_unknown_log_is_not_found_and_an_unsigned_or_wrongly_signed_checkpoint_is_forbidden()
    {
        await DemandAsync(HttpStatusCode.NotFound, Body(0, [], Note(Head(256) with { Origin = "other.example/log" })));
        await DemandAsync(HttpStatusCode.Forbidden, Body(0, [], SignedNote.Sign(Head(256).Text, [SampleLog.Stranger]).Encode()));
        await DemandAsync(HttpStatusCode.Forbidden, Body(0, [], (SignedNote.Sign(Head(255).Text, [SampleLog.Key]) with { Text = Head(256).Text }).Encode()));
    }

    public static TheoryData<string> Malformed => new()
    {
        "", "old 0", "old 0\n\n", "old 00\n\n{note}", "old -1\n\n{note}", "old 0 \n\n{note}", "new 0\n\n{note}", "old 300\n\n{note}", "old 0\nAAAA\n\n{note}", "old 0\nno base64\n\n{note}", "old 0\n\n{text}",
        "old 0\r\n\r\n{note}", "old 99999999999999999999\n\n{note}", "old 1\n{hashes}\n{note}",
    };

    [Theory]
    [MemberData(nameof(Malformed))]
    public async Task Another_form_is_a_bad_request(string body) => await DemandAsync(HttpStatusCode.BadRequest, Encoding.UTF8.GetBytes(
        body.Replace("{note}", Encoding.UTF8.GetString(Signed(256)), StringComparison.Ordinal).Replace("{text}", Head(256).Text, StringComparison.Ordinal)
            .Replace("{hashes}", string.Concat(Enumerable.Repeat(Convert.ToBase64String(new byte[32]) + "\n", 64)), StringComparison.Ordinal)));

    [Fact]
    public async Task A_body_beyond_every_checkpoint_is_too_large() => await DemandAsync(HttpStatusCode.RequestEntityTooLarge, new byte[65 * 1024]);

    [Fact]
    public async Task Of_two_histories_at_once_one_is_cosigned()
    {
        var fork = new Checkpoint(SampleLog.Origin, 256, SampleLog.Root32(i => SampleLog.Entry(i + 1), 256));
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => SendAsync(Body(0, [], i % 2 == 0 ? Signed(256) : Note(fork)))));
        Assert.Single(answers, a => a.Status == HttpStatusCode.OK);
        Assert.All(answers.Where(a => a.Status != HttpStatusCode.OK), a => Assert.Equal((HttpStatusCode.Conflict, "256\n"), (a.Status, a.Body)));
    }

    private static Checkpoint Head(int size) => new(SampleLog.Origin, size, SampleLog.Root32(SampleLog.Entry, size));

    private static byte[] Signed(int size) => Note(Head(size));

    private static byte[] Note(Checkpoint head) => SignedNote.Sign(head.Text, [SampleLog.Key, SampleLog.Sm2]).Encode();

    private IReadOnlyList<byte[]> Proof(long old, long size) => old == 0 || old >= size ? [] : new ProofBuilder(new TileDirectory(log.Root), size).Consistency(old);

    private static byte[] Body(long old, IEnumerable<byte[]> proof, byte[] note) =>
        [.. Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"old {old}\n{string.Concat(proof.Select(h => Convert.ToBase64String(h) + "\n"))}\n")), .. note];

    private async Task DemandAsync(HttpStatusCode expected, byte[] body)
    {
        var (status, answer, _) = await SendAsync(body);
        Assert.True(status == expected, $"{status}: {answer}");
    }

    private async Task<(HttpStatusCode Status, string Body, string? Type)> SendAsync(byte[] body)
    {
        using var content = new ByteArrayContent(body);
        using var response = await node!.Client.PostAsync(new Uri(node.Address, "add-checkpoint"), content, Cancellation);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(Cancellation), response.Content.Headers.ContentType?.MediaType);
    }
}
