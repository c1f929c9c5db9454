namespace Yinxin.Identity.Server.Features.Challenge;

/// <summary>
/// Counts events by key within a window. The memory is fixed, so no flood of made-up names fills it: keys share slots by a hash that differs in each process. Each key has a slot in
/// two rows and the smaller count is its own (a count-min sketch), so that another's tries reach it only where both are shared: then a proof is asked for too early, and no more.
/// </summary>
internal sealed class PressureGauge(TimeSpan window, TimeProvider time)
{
    private const int SlotBits = 16;
    private readonly (long Start, int Count)[][] rows = [new (long, int)[1 << SlotBits], new (long, int)[1 << SlotBits]];

    public int Count(string key)
    {
        var hash = Hash(key);
        lock (rows)
        {
            return Math.Min(Count(rows[0][Slot(hash, 0)]), Count(rows[1][Slot(hash, 1)]));
        }
    }

    public void Add(string key)
    {
        var (hash, now) = (Hash(key), time.GetUtcNow().UtcTicks);
        lock (rows)
        {
            for (var row = 0; row < rows.Length; row++)
            {
                ref var slot = ref rows[row][Slot(hash, row)];
                slot = now - slot.Start > window.Ticks ? (now, 1) : (slot.Start, slot.Count + 1);
            }
        }
    }

    public void Clear(string key)
    {
        var hash = Hash(key);
        lock (rows)
        {
            for (var row = 0; row < rows.Length; row++)
            {
                rows[row][Slot(hash, row)] = default;
            }
        }
    }

    private int Count((long Start, int Count) slot) => time.GetUtcNow().UtcTicks - slot.Start <= window.Ticks ? slot.Count : 0;

    private static uint Hash(string key) => unchecked((uint)string.GetHashCode(key, StringComparison.Ordinal));

    /// <summary>The lower half of the hash in one row, the upper half in the other.</summary>
    private static int Slot(uint hash, int row) => (int)((hash >> (row * SlotBits)) & ((1u << SlotBits) - 1));
}
