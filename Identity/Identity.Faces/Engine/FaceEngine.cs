using System.Text.Json;
using Microsoft.ClearScript;
using Microsoft.ClearScript.JavaScript;
using Microsoft.ClearScript.V8;
using Yinxin.Identity.Faces.Pictures;

namespace Yinxin.Identity.Faces.Engine;

/// <summary>One script engine with its own models in memory; looks at one picture at a time.</summary>
internal sealed class FaceEngine : IDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Runs nothing and stays for the life of the process. When the last native object of a process is finalized, the callbacks from native code into this
    /// program are torn down, while a timer of that native code may still call: the process would die of it. Engines come and go, so one object must stay.
    /// </summary>
    private static readonly V8Runtime Keep = new("faces-keep");

    private readonly V8ScriptEngine script;
    private readonly FaceHost host;
    private readonly TimeSpan limit;

    private FaceEngine(FaceModels models, FaceSettings settings)
    {
        // A static field comes into being with its first use, which must be before the first engine.
        GC.KeepAlive(Keep);
        limit = settings.LookLimit;
        host = new FaceHost(models);
        script = new V8ScriptEngine(
            "faces", new V8RuntimeConstraints { MaxOldSpaceSize = settings.HeapMegabytes },
            V8ScriptEngineFlags.EnableTaskPromiseConversion | V8ScriptEngineFlags.HideHostExceptions)
        { AccessContext = typeof(FaceHost) };
    }

    /// <summary>Loads script and models: about a second.</summary>
    public static async Task<FaceEngine> StartAsync(FaceModels models, FaceSettings settings)
    {
        var engine = new FaceEngine(models, settings);
        try
        {
            engine.script.AddHostObject("host", engine.host);
            engine.script.Execute("boot.js", Own("boot.js"));
            engine.script.Execute("human.js", File.ReadAllText(Path.Combine(models.Root, "human.js")));
            engine.script.Execute("look.js", Own("look.js"));
            using var started = JsonDocument.Parse((string)await engine.WithinAsync("startLooking", StartLimit));
            return started.RootElement.GetProperty("backend").GetString() == "wasm" && started.RootElement.GetProperty("loaded").GetArrayLength() == 6
                ? engine : throw new InvalidOperationException("The face models did not load: " + engine.host.Notes);
        }
        catch
        {
            engine.Dispose();
            throw;
        }
    }

    /// <summary>The faces of a picture.</summary>
    /// <exception cref="ScriptEngineException">The engine is not to be used again.</exception>
    /// <exception cref="TimeoutException">As above.</exception>
    public async Task<IReadOnlyList<SeenFace>> LookAsync(FacePicture picture)
    {
        var pixels = (ITypedArray<byte>)script.Invoke("space", picture.Pixels.Length);
        pixels.WriteBytes(picture.Pixels, 0, (ulong)picture.Pixels.Length, 0);
        return JsonSerializer.Deserialize<List<SeenFace>>((string)await WithinAsync("look", limit, pixels, picture.Width, picture.Height), JsonSerializerOptions.Web)!;
    }

    /// <summary>Which points of the mesh make triangles, three by three.</summary>
    public IReadOnlyList<int> Triangles() => JsonSerializer.Deserialize<List<int>>((string)script.Invoke("triangles"))!;

    /// <summary>Whatever still runs in it ends first: an engine must not be taken down under a running script.</summary>
    public void Dispose()
    {
        try
        {
            script.Interrupt();
            script.Execute("0");
        }
        catch (Exception e) when (e is ScriptEngineException or ScriptInterruptedException)
        {
            // It was interrupted, as asked.
        }

        script.Dispose();
    }

    private static string Own(string name)
    {
        using var reader = new StreamReader(typeof(FaceEngine).Assembly.GetManifestResourceStream("engine/" + name)!);
        return reader.ReadToEnd();
    }

    /// <summary>A loop in the script is broken off, not waited for.</summary>
    private async Task<object> WithinAsync(string function, TimeSpan time, params object[] arguments)
    {
        using var stop = new CancellationTokenSource(time);
        await using var breaking = stop.Token.Register(script.Interrupt);
        return await ((Task<object>)script.Invoke(function, arguments)).WaitAsync(time);
    }
}
