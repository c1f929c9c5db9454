using System.Runtime.InteropServices;
using Yinxin.Trust.Keys.Pkcs11;

namespace Yinxin.Testing;

/// <summary>
/// A SoftHSM2 token for one test. The library reads SOFTHSM2_CONF of the process once it starts, so every token of a test program lies in
/// one directory, and tests that take tokens away run one after the other.
/// </summary>
public sealed partial class SoftToken : IDisposable
{
    public const string Pin = "486214";
    private static readonly Lazy<DirectoryInfo> Home = new(Prepare);
    private static int count;
    private readonly string label;
    private readonly string pinFile;
    private string place = "";

    private SoftToken(string label)
    {
        this.label = label;
        pinFile = Path.Combine(Home.Value.FullName, label + ".pin");
    }

    public static string Library { get; } = FindLibrary();

    public string PinFile => pinFile;

    public Pkcs11Settings Settings => new() { Library = Library, TokenLabel = label, PinFile = pinFile };

    public static async Task<SoftToken> CreateAsync()
    {
        var token = new SoftToken(FormattableString.Invariant($"yinxin-{Environment.ProcessId}-{Interlocked.Increment(ref count)}"));
        await File.WriteAllTextAsync(token.pinFile, Pin + "\n");
        var before = Tokens();
        var (code, output) = await Judge.RunAsync("softhsm2-util", "--init-token", "--free", "--label", token.label, "--so-pin", "73519826", "--pin", Pin);
        if (code != 0)
        {
            throw new InvalidOperationException(output);
        }

        token.place = Tokens().Except(before, StringComparer.Ordinal).Single();
        return token;
    }

    /// <summary>Pulls the token out.</summary>
    public void Remove() => Directory.Move(place, Away);

    /// <summary>Puts it back.</summary>
    public void PutBack() => Directory.Move(Away, place);

    public void Dispose()
    {
        foreach (var directory in new[] { place, Away }.Where(Directory.Exists))
        {
            Directory.Delete(directory, recursive: true);
        }

        File.Delete(pinFile);
    }

    private string Away => Path.Combine(Home.Value.FullName, Path.GetFileName(place));

    private static string[] Tokens() => Directory.GetDirectories(Path.Combine(Home.Value.FullName, "tokens"));

    private static string FindLibrary() => new[] { "/usr/lib/softhsm/libsofthsm2.so", "/usr/lib64/pkcs11/libsofthsm2.so", "/opt/homebrew/lib/softhsm/libsofthsm2.so" }
        .FirstOrDefault(File.Exists) ?? throw new InvalidOperationException("libsofthsm2.so is missing: install the Debian package softhsm2.");

    private static DirectoryInfo Prepare()
    {
        var home = Directory.CreateTempSubdirectory("yinxin-token-");
        home.CreateSubdirectory("tokens");
        var configuration = Path.Combine(home.FullName, "softhsm2.conf");
        File.WriteAllText(configuration, $"directories.tokendir = {home.FullName}/tokens\nobjectstore.backend = file\nlog.level = ERROR\nslots.removable = true\n");
        // For the programs that we start, and for the library inside this process, which asks the C library.
        Environment.SetEnvironmentVariable("SOFTHSM2_CONF", configuration);
        SetNative("SOFTHSM2_CONF", configuration, 1);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => home.Delete(recursive: true);
        return home;
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetNative(string name, string value, int overwrite);
}
