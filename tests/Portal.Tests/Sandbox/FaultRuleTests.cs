using System.Net;
using System.Net.Http.Json;
using Xunit;

namespace Yinxin.Portal.Tests.Sandbox;

/// <summary>A rule that makes calls fail, when they come all at once.</summary>
public sealed class FaultRuleTests(SandboxFixture sandbox) : IClassFixture<SandboxFixture>
{
    [Fact]
    public async Task Of_calls_that_come_at_once_as_many_fail_as_the_rule_says()
    {
        const int calls = 3000;
        using var set = await sandbox.Http.PostAsJsonAsync("/faults/v1/rules", new { path = "/directory", fault = "status=500", count = calls });
        Assert.Equal(HttpStatusCode.OK, set.StatusCode);
        var failed = 0;
        await Parallel.ForEachAsync(Enumerable.Range(0, calls), new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (_, cancellationToken) =>
        {
            if (await StatusAsync(cancellationToken) == HttpStatusCode.InternalServerError)
            {
                Interlocked.Increment(ref failed);
            }
        });
        Assert.Equal(calls, failed);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(TestContext.Current.CancellationToken));
    }

    private async Task<HttpStatusCode> StatusAsync(CancellationToken cancellationToken)
    {
        using var answer = await sandbox.Http.GetAsync(new Uri("/directory/v1/persons?take=1", UriKind.Relative), cancellationToken);
        return answer.StatusCode;
    }
}
