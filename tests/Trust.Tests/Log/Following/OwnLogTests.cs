using Xunit;
using static Yinxin.Trust.Tests.Log.Following.CheckLog;

namespace Yinxin.Trust.Tests.Log.Following;

/// <summary>Our own server's log, followed from outside over HTTP while it grows.</summary>
public sealed class OwnLogTests
{
    [Fact]
    public async Task Our_own_log_is_proved_with_the_keys_of_both_suites_and_still_holds_what_was_kept()
    {
        await using var node = await LogNode.StartAsync();
        var first = await node.AppendAsync(300);
        string[] keys = [.. (await node.Client.GetStringAsync(node.Log + "/keys", TestContext.Current.CancellationToken)).Split('\n', StringSplitOptions.RemoveEmptyEntries).SelectMany(k => new[] { "--key", k })];
        var kept = Path.Combine(node.DataDirectory, "kept");
        await File.WriteAllTextAsync(kept, await node.Client.GetStringAsync(node.Log + "/checkpoint", TestContext.Current.CancellationToken), TestContext.Current.CancellationToken);
        var size = await node.AppendAsync(700);
        Assert.True(size > first);

        var checkedLog = await RunAsync(node.Log.ToString(), [.. keys, "--checkpoint", kept]);
        Assert.Equal((0, ""), (checkedLog.Exit, checkedLog.Errors));
        Assert.True(checkedLog.Log.GetProperty("entries").GetInt64() >= size);
        Assert.Equal((2, 2), (checkedLog.Of("checkpoint").GetProperty("signedBy").GetArrayLength(), checkedLog.Of("kept").GetProperty("signedBy").GetArrayLength()));
        // The directory beneath is a log of its own: any web server can serve it.
        Assert.Equal(0, (await RunAsync(Path.Combine(node.DataDirectory, "log"), keys)).Exit);
    }
}
