using System.CommandLine;

namespace Yinxin.Launch.Demo;

/// <summary><c>yinxin demo</c>: the whole chain over real HTTP against a fresh platform.</summary>
internal static class DemoCommand
{
    public static Command Create()
    {
        var output = new Option<string>("--out") { Description = "Directory for the licence and its reports.", DefaultValueFactory = _ => "./artifacts/demo" };
        var command = new Command("demo", "Walk the whole chain over HTTP against a fresh platform.") { output };
        return command;
    }
}
