using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Xunit;
using Yinxin.Launch.Demo;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.Testing;

namespace Yinxin.Portal.Tests.Audit;

/// <summary>An app that has its audit stamped wrote records for days, and no stamp is there.</summary>
public sealed class AuditGapTests
{
    [Theory]
    [InlineData(1, 0)]
    [InlineData(5, 1)]
    public async Task Days_of_work_without_an_anchor_are_named(int days, int exit)
    {
        var directory = Directory.CreateTempSubdirectory("yinxin-audit-");
        try
        {
            var file = Path.Combine(directory.FullName, "database.sqlite");
            var time = new AdjustableTime { Ahead = TimeSpan.FromDays(-days) };
            await using (var context = new StampedContext(new DbContextOptionsBuilder().UseSqlite($"Data Source={file};Pooling=False").Options))
            {
                await context.Database.EnsureCreatedAsync(TestContext.Current.CancellationToken);
                for (var hour = 0; hour <= days * 24; hour += 6)
                {
                    time.Ahead = TimeSpan.FromHours(hour - (days * 24));
                    AuditNotes.Add(context, new AuditEntry("sample.done", SubjectId: null, ActorId: null), http: null, time);
                    await context.SaveChangesAsync(TestContext.Current.CancellationToken);
                }
            }

            var (code, output) = await Judge.RunAsync("dotnet", [typeof(DemoException).Assembly.Location, "audit", "verify", "--json", "--without-head", "--data", file]);
            Assert.True(code == exit, output);
            var faults = JsonSerializer.Deserialize<JsonElement>(output).GetProperty("faults").EnumerateArray().Select(f => f.GetProperty("kind").GetString()!).ToList();
            string[] expected = exit == 0 ? [] : ["gap"];
            Assert.Equal(expected, faults);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }
}
