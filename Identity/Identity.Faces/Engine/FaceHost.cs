using System.Diagnostics;
using Microsoft.ClearScript;
using Microsoft.ClearScript.JavaScript;

namespace Yinxin.Identity.Faces.Engine;

/// <summary>All of the world that the script can reach.</summary>
internal sealed class FaceHost(FaceModels models)
{
    private const int MostNotes = 20;
    private readonly List<string> notes = [];

    /// <summary>What the script complained about.</summary>
    public string Notes => string.Join('\n', notes);

    public ITypedArray<byte> Read(string name, ScriptObject space)
    {
        var bytes = models.Read(name);
        var array = (ITypedArray<byte>)space.InvokeAsFunction(bytes.Length);
        array.WriteBytes(bytes, 0, (ulong)bytes.Length, 0);
        return array;
    }

#pragma warning disable CA1822 // The script sees instance members only.
    public double Now() => Stopwatch.GetTimestamp() * 1000.0 / Stopwatch.Frequency;
#pragma warning restore CA1822

    public void Note(string text)
    {
        if (notes.Count < MostNotes)
        {
            notes.Add(text);
        }
    }
}
