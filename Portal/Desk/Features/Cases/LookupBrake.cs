using Microsoft.Extensions.Caching.Memory;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Desk.Features.Cases;

/// <summary>
/// Counts wrong query codes for each case number, from whatever address they come: six digits must not be guessed by many machines together.
/// Numbers that do not exist are counted alike, so that the brake tells nobody which do. The count is this node's; a restart forgets it.
/// </summary>
internal sealed class LookupBrake(IMemoryCache cache, TimeProvider time)
{
    private const int MostWrong = 10;
    private static readonly TimeSpan Window = TimeSpan.FromHours(1);
    private static readonly Problem Braked = new(
        "case.lookupBraked", 429, "该办件编号的查询码多次输入错误，请稍后再试，或登录后在“我的办件”查看。", "Too many wrong codes for this case number. Try again later, or sign in and see My cases.");

    /// <exception cref="ProblemException"><c>case.lookupBraked</c>, with the time to wait.</exception>
    public void Check(string caseNumber)
    {
        if (cache.TryGetValue(Key(caseNumber), out Wrong? wrong) && wrong!.Count >= MostWrong && wrong.Until > time.GetUtcNow())
        {
            throw Braked.Exception(retryAfter: wrong.Until - time.GetUtcNow());
        }
    }

    public void CountWrong(string caseNumber)
    {
        var now = time.GetUtcNow();
        if (!cache.TryGetValue(Key(caseNumber), out Wrong? wrong) || wrong!.Until <= now)
        {
            wrong = cache.Set(Key(caseNumber), new Wrong(now + Window), Window);
        }

        wrong.Add();
    }

    private static (Type Owner, string CaseNumber) Key(string caseNumber) => (typeof(LookupBrake), caseNumber);

    private sealed class Wrong(DateTimeOffset until)
    {
        private int count;

        public DateTimeOffset Until { get; } = until;

        public int Count => Volatile.Read(ref count);

        public void Add() => Interlocked.Increment(ref count);
    }
}
