using System.Runtime.InteropServices;

namespace Yinxin.Trust.Clocks;

/// <summary>
/// What Linux knows of its own clock (adjtimex(2)): whether a daemon such as chronyd keeps it, and the largest error that the daemon states.
/// It knows the clock's error, not another time, so the offset is zero.
/// </summary>
public sealed class KernelClock : IClockSource
{
    /// <summary>TIME_ERROR: the clock is not synchronised.</summary>
    private const int TimeError = 5;

    /// <summary>STA_UNSYNC.</summary>
    private const int Unsynchronised = 0x40;

    private const int Size = 208, MaximumErrorAt = 24, StatusAt = 40;

    /// <inheritdoc/>
    public string Name => "kernel";

    /// <inheritdoc/>
    public Task<ClockComparison> CompareAsync(CancellationToken cancellationToken) => Task.FromResult(Compare());

    private ClockComparison Compare()
    {
        if (!OperatingSystem.IsLinux() || !Environment.Is64BitProcess)
        {
            return ClockComparison.Failed(Name, "this system does not tell");
        }

        try
        {
            // All zeros: modes 0 only reads.
            var timex = new byte[Size];
            var state = AdjustTime(timex);
            return state < 0 ? ClockComparison.Failed(Name, "the system call is refused")
                : state == TimeError || (BitConverter.ToInt32(timex, StatusAt) & Unsynchronised) != 0 ? ClockComparison.Failed(Name, "nothing keeps the kernel's clock synchronised")
                : new ClockComparison(Name, TimeSpan.Zero, TimeSpan.FromMicroseconds(BitConverter.ToInt64(timex, MaximumErrorAt)));
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            return ClockComparison.Failed(Name, "this system does not tell");
        }
    }

    /// <summary>struct timex of 64-bit Linux. Bytes rather than a struct: generated marshalling would need unsafe code in the whole library.</summary>
    [DllImport("libc", EntryPoint = "adjtimex")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int AdjustTime([In, Out] byte[] buffer);
}
