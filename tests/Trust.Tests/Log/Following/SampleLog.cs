using System.Text;
using Yinxin.Testing;
using Yinxin.Trust.Log;
using Yinxin.Trust.Suites;

namespace Yinxin.Trust.Tests.Log.Following;

/// <summary>A log in a directory, larger than two tiles, with checkpoints of several sizes, signed in both suites and cosigned by two witnesses; and the ways to spoil it.</summary>
internal sealed class SampleLog : IDisposable
{
    public const string Origin = "log.example/sample";
    public const int Size = 700;
    public static readonly int[] Sizes = [0, 1, 255, 256, 257, 512, 699, Size];
    private static readonly SoftwareSigner Sm2Key = SoftwareSigner.Generate(SignatureSuite.Sm);
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("yinxin-sample-log-");

    /// <param name="entry">What stands at each place.</param>
    /// <param name="sizes">Sizes of its checkpoints, ascending.</param>
    public SampleLog(Func<long, byte[]>? entry = null, int[]? sizes = null)
    {
        var (tail, files) = (new TreeTail(), new TileDirectory(Root));
        foreach (var size in sizes ?? Sizes)
        {
            while (tail.Size < size)
            {
                tail.Append((entry ?? Entry)(tail.Size));
            }

            files.Write(tail.TakeFiles());
            var note = Note(new Checkpoint(Origin, size, tail.Edge().Root()));
            File.WriteAllBytes(PathOf($"checkpoint.{size}"), note);
            File.WriteAllBytes(PathOf("checkpoint"), note);
        }
    }

    public static Ed25519NoteSigner Key { get; } = Ed25519NoteSigner.ForLog(Origin, new byte[32]);

    public static Sm2NoteSigner Sm2 { get; } = new(Origin, Sm2Key);

    public static Ed25519NoteSigner Stranger { get; } = Ed25519NoteSigner.ForLog(Origin, [.. Enumerable.Repeat((byte)9, 32)]);

    public static IReadOnlyList<Ed25519NoteSigner> Witnesses { get; } =
        [.. Enumerable.Range(1, 3).Select(i => Ed25519NoteSigner.ForWitness($"witness.example/{i}", [.. Enumerable.Repeat((byte)i, 32)], new AdjustableTime()))];

    public string Root => directory.FullName;

    public string PathOf(string file) => Path.Combine(Root, file);

    public static byte[] Entry(long place) => Encoding.UTF8.GetBytes($"entry {place}");

    /// <summary>Signed by the log in both suites, cosigned by the first two witnesses.</summary>
    public static byte[] Note(Checkpoint head) => SignedNote.Sign(head.Text, [Key, Sm2, Witnesses[0], Witnesses[1]]).Encode();

    public static byte[] Root32(Func<long, byte[]> entry, long size)
    {
        var range = new CompactRange();
        for (var i = 0L; i < size; i++)
        {
            range.Append(MerkleHash.Leaf(entry(i)));
        }

        return range.Root();
    }

    public void Flip(string file, Index at)
    {
        var bytes = File.ReadAllBytes(PathOf(file));
        bytes[at] ^= 1;
        File.WriteAllBytes(PathOf(file), bytes);
    }

    public void Cut(string file) => File.WriteAllBytes(PathOf(file), File.ReadAllBytes(PathOf(file))[..^1]);

    public void Dispose() => directory.Delete(recursive: true);
}
