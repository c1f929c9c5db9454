using System.Diagnostics;
using Microsoft.Extensions.Options;
using Yinxin.Identity.Faces;
using Yinxin.Testing.Faces;

namespace Yinxin.Bench.Faces;

/// <summary>The local comparison of faces: one picture, a whole ceremony (photo on file, one frame at rest, four actions), and what an engine holds in memory.</summary>
internal static class FaceBench
{
    private const int Rounds = 10;
    private const double CeremonyLimit = 3000;
    private const double Megabyte = 1_000_000;

    public static async Task<IReadOnlyList<Figure>> RunAsync(Workplace workplace)
    {
        var settings = Options.Create(new FaceSettings());
        using var reader = new FaceReader(settings);
        using var process = Process.GetCurrentProcess();
        var before = process.WorkingSet64;
        var started = Stopwatch.GetTimestamp();
        using var actor = await FaceActor.FirstAsync(reader);
        var start = Stopwatch.GetElapsedTime(started).TotalMilliseconds;

        List<double> pictures = [];
        List<double> ceremonies = [];
        List<double> work = [];
        var judge = new FaceJudge(settings);
        string[] asked = [FaceActions.TurnLeft, FaceActions.Nod, FaceActions.OpenMouth, FaceActions.Blink];
        var right = 0;
        for (var round = 0; round < Rounds; round++)
        {
            var photo = actor.Photo();
            var frames = actor.Perform(asked);
            var begun = Stopwatch.GetTimestamp();
            var used = Processor(process);
            var seen = new List<Face>();
            foreach (var frame in frames.Prepend(photo))
            {
                var one = Stopwatch.GetTimestamp();
                seen.Add(await reader.ReadAsync(frame, CancellationToken.None));
                pictures.Add(Stopwatch.GetElapsedTime(one).TotalMilliseconds);
            }

            var verdict = judge.Judge(seen[0], seen[1], seen[2..]);
            ceremonies.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
            work.Add(Processor(process) - used);
            right += verdict is { IsOnFile: true, IsOnePerson: true, SeemsAlive: true } && verdict.Actions.SequenceEqual(asked) ? 1 : 0;
        }

        process.Refresh();
        var ceremony = Median(ceremonies);
        return
        [
            new("start of an engine, with its first picture", start, "ms"),
            new("one picture", Median(pictures), "ms"),
            new("one ceremony of six pictures", ceremony, "ms", ceremony / CeremonyLimit, "< 1 (limit 3,000 ms)"),
            new("the same in time of the processor", Median(work), "ms", Median(work) / CeremonyLimit, "< 1"),
            new("the slowest of ten ceremonies", ceremonies.Max(), "ms", ceremonies.Max() / CeremonyLimit, "< 1"),
            new("ceremonies judged right, of ten", right, ""),
            new("memory for one engine", (process.WorkingSet64 - before) / Megabyte, "MB"),
        ];
    }

    /// <summary>What others do on the machine meanwhile is not in it.</summary>
    private static double Processor(Process process)
    {
        process.Refresh();
        return process.TotalProcessorTime.TotalMilliseconds;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
