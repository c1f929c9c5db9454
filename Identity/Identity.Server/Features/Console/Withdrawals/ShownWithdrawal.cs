using Yinxin.Identity.Server.Data;

namespace Yinxin.Identity.Server.Features.Console.Withdrawals;

/// <summary>How far the withdrawal of evidence is.</summary>
/// <param name="Run">As it stands.</param>
/// <param name="Address">Where it moves by itself; null where what it stands in does.</param>
internal sealed record ShownWithdrawal(WithdrawalRun Run, string? Address)
{
    public bool IsRunning => Run.State == WithdrawalRunState.Running;

    /// <summary>100 only when it is done.</summary>
    public int Percent => !IsRunning ? 100 : (int)Math.Min(99, Run.Total == 0 ? 0 : Run.Seen * 100 / Run.Total);
}
