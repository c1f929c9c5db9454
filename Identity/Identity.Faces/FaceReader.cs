using System.Threading.Channels;
using Microsoft.ClearScript;
using Microsoft.Extensions.Options;
using Yinxin.Identity.Faces.Engine;
using Yinxin.Identity.Faces.Pictures;

namespace Yinxin.Identity.Faces;

/// <summary>
/// Looks for the one face of a picture, by a small pool of engines. They start when the first picture comes and stay; one that failed is replaced, since
/// nobody knows in what state it is.
/// </summary>
public sealed class FaceReader : IDisposable
{
    /// <summary>For an engine to be broken off after its limit.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    private readonly FaceSettings settings;
    private readonly Lazy<FaceModels> models = new(FaceModels.Load);

    /// <summary>Seats: a null is one whose engine has yet to be started.</summary>
    private readonly Channel<FaceEngine?> seats;

    private int disposed;

    public FaceReader(IOptions<FaceSettings> options)
    {
        settings = options.Value;
        seats = Channel.CreateBounded<FaceEngine?>(settings.Engines);
        for (var n = 0; n < settings.Engines; n++)
        {
            seats.Writer.TryWrite(null);
        }
    }

    /// <summary>What the scores are of.</summary>
    public FaceModels Models => models.Value;

    /// <summary>The face in a JPEG or PNG of unknown origin.</summary>
    /// <exception cref="FaceException">There is not exactly one that can be compared, or nobody could look.</exception>
    public async Task<Face> ReadAsync(byte[] file, CancellationToken cancellationToken)
    {
        FacePicture.Check(file);
        var (digest, faces) = await WithEngineAsync(
            async engine =>
            {
                // Only who has a seat unpacks: as many large pictures at once as people send would exhaust the memory.
                var picture = FacePicture.Read(file);
                return (picture.Digest, await engine.LookAsync(picture));
            },
            cancellationToken);
        return faces switch
        {
            [] => throw new FaceException(FaceFault.NoFace),
            [var face] when face.Description.Count == 0 || face.Mesh.Count < 478 * 3 => throw new FaceException(FaceFault.NoFace),
            [var face] => face.Box[2] >= settings.LeastFaceWidth ? new Face(face, digest) : throw new FaceException(FaceFault.TooSmall),
            _ => throw new FaceException(FaceFault.SeveralFaces),
        };
    }

    /// <summary>Waits for engines that still look at something, as long as a look may take: native code must not run into the end of the process.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref disposed, 1) == 1)
        {
            return;
        }

        using var limit = new CancellationTokenSource(settings.LookLimit + Grace);
        try
        {
            for (var n = 0; n < settings.Engines; n++)
            {
                seats.Reader.ReadAsync(limit.Token).AsTask().GetAwaiter().GetResult()?.Dispose();
            }
        }
        catch (OperationCanceledException)
        {
            // An engine that looks for longer still finds no seat to come back to, and is taken down then.
        }

        seats.Writer.TryComplete();
        while (seats.Reader.TryRead(out var engine))
        {
            engine?.Dispose();
        }
    }

    internal async Task<T> WithEngineAsync<T>(Func<FaceEngine, Task<T>> work, CancellationToken cancellationToken)
    {
        var engine = await SeatAsync(cancellationToken);
        try
        {
            // The script keeps its thread busy: not one that serves requests.
            return await Task.Run(async () => await work(engine ??= await FaceEngine.StartAsync(Models, settings)), CancellationToken.None);
        }
        catch (Exception e) when (e is ScriptEngineException or ScriptInterruptedException or TimeoutException)
        {
            engine?.Dispose();
            engine = null;
            throw new FaceException(FaceFault.Failed, e);
        }
        finally
        {
            if (!seats.Writer.TryWrite(engine))
            {
                engine?.Dispose();
            }
        }
    }

    private async Task<FaceEngine?> SeatAsync(CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(settings.Patience);
        try
        {
            return await seats.Reader.ReadAsync(patience.Token);
        }
        catch (Exception e) when (e is ChannelClosedException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new FaceException(FaceFault.Busy, e);
        }
    }
}
