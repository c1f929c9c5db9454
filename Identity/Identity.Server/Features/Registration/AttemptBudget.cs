namespace Yinxin.Identity.Server.Features.Registration;

/// <summary>
/// How often a subject may ask an authority within an hour. Without it the check would be a tool for trying out other people's particulars. In memory of this node, which is fixed:
/// no flood of keys fills it or makes a call dearer. Keys share slots by hashes that differ in each process; each has one in every row, and the smallest count is its own (a
/// count-min sketch), so that another's attempts reach it only where all are shared. One hour runs for all slots, begun by whoever comes first after the last: had each slot an hour of its own,
/// a key would be counted anew with each of them. So within an hour a key has its number twice at the most, around the turn of the common one.
/// </summary>
internal sealed class AttemptBudget(TimeProvider time)
{
    private const int Rows = 3;
    private const int SlotBits = 18;
    private static readonly TimeSpan Window = TimeSpan.FromHours(1);

    /// <summary>How far the clock may be set back without a new hour.</summary>
    private static readonly TimeSpan Trifle = TimeSpan.FromMinutes(5);

    /// <summary>The hour by its number keeps a slot at eight bytes: six megabytes in all.</summary>
    private readonly (int Hour, int Count)[] slots = new (int, int)[Rows << SlotBits];
    private DateTimeOffset began;
    private int hour;

    /// <summary>Counts one attempt; false when it is one too many.</summary>
    public bool TryTake(string key, int most)
    {
        var hashes = Hashes(key);
        var least = int.MaxValue;
        lock (slots)
        {
            var now = Hour();
            for (var row = 0; row < Rows; row++)
            {
                ref var slot = ref slots[Slot(hashes, row)];
                slot = slot.Hour == now ? (now, slot.Count + 1) : (now, 1);
                least = Math.Min(least, slot.Count);
            }
        }

        return least <= most;
    }

    /// <summary>Takes one attempt back: it was counted before it was known not to be one.</summary>
    public void GiveBack(string key)
    {
        var hashes = Hashes(key);
        lock (slots)
        {
            var now = Hour();
            for (var row = 0; row < Rows; row++)
            {
                ref var slot = ref slots[Slot(hashes, row)];
                slot = slot.Hour == now ? (now, Math.Max(0, slot.Count - 1)) : default;
            }
        }
    }

    private static (uint First, uint Second) Hashes(string key) =>
        unchecked(((uint)string.GetHashCode(key, StringComparison.Ordinal), (uint)string.GetHashCode("again:" + key, StringComparison.Ordinal)));

    /// <summary>Two hashes give as many as there are rows (Kirsch and Mitzenmacher 2006).</summary>
    private static int Slot((uint First, uint Second) hashes, int row) =>
        (row << SlotBits) | (int)(unchecked(hashes.First + ((uint)row * (hashes.Second | 1))) & ((1u << SlotBits) - 1));

    /// <summary>Turns the hour when it is over. Call it with the lock in hand.</summary>
    private int Hour()
    {
        var now = time.GetUtcNow();
        // One that begins in the future was begun by a clock that was wrong: left alone it would last until then.
        if (now - began > Window || began - now > Trifle)
        {
            (began, hour) = (now, hour + 1);
        }

        return hour;
    }
}
